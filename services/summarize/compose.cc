#include "services/summarize/compose.h"

#include <string>
#include <vector>

#include "libs/events/topics.h"
#include "libs/stage/stage.h"
#include "services/summarize/handler.h"
#include "services/summarize/part_model.h"
#include "services/summarize/role_model.h"

namespace paperwire::summarize {

absl::Status Serve(service::Context& context, const Config& config) {
  // Weights that do not fit stop the program here, and not with a record in hand.
  RoleModel::Trained();
  PartModel::Trained();
  const Handler handler(context.clock, context.metrics);
  return stage::Run(context,
                    {.service = "summarize",
                     .topic = std::string(events::kNewPaper),
                     .workers = static_cast<int>(config.workers),
                     .kafka = config.kafka,
                     .redis_url = config.redis_url},
                    [&handler](const bus::Message& message, std::vector<bus::Message>& emit) {
                      return handler.Handle(message, emit);
                    });
}

}  // namespace paperwire::summarize
