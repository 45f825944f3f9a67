#include "services/classify/compose.h"

#include <string>
#include <vector>

#include "libs/events/topics.h"
#include "libs/stage/stage.h"
#include "services/classify/handler.h"
#include "services/classify/tag_model.h"

namespace paperwire::classify {

absl::Status Serve(service::Context& context, const Config& config) {
  const absl::Status fits = TagModel::Fits(tags::Catalogue());
  if (!fits.ok()) return fits;
  const Handler handler(context.clock, context.metrics);
  return stage::Run(context,
                    {.service = "classify",
                     .topic = std::string(events::kSummarized),
                     .workers = static_cast<int>(config.workers),
                     .kafka = config.kafka,
                     .redis_url = config.redis_url},
                    [&handler](const bus::Message& message, std::vector<bus::Message>& emit) {
                      return handler.Handle(message, emit);
                    });
}

}  // namespace paperwire::classify
