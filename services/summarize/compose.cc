#include "services/summarize/compose.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "libs/events/topics.h"
#include "libs/stage/stage.h"
#include "services/summarize/compose_llm.h"
#include "services/summarize/handler.h"
#include "services/summarize/part_model.h"
#include "services/summarize/role_model.h"
#include "services/summarize/upgrade.h"

namespace paperwire::summarize {
namespace {

stage::Options StageOf(const Config& config) {
  return {.service = "summarize",
          .topic = std::string(events::kNewPaper),
          .workers = static_cast<int>(config.workers),
          .kafka = config.kafka,
          .redis_url = config.redis_url};
}

absl::Status ServeWithModels(service::Context& context, const Config& config) {
  absl::StatusOr<std::unique_ptr<LlmRoom>> room = LlmRoom::Create(context, config);
  if (!room.ok()) return room.status();
  LlmRoom& llm = **room;
  const Handler handler(context.clock, context.metrics, &llm.summarizer());
  const auto handle = [&handler](const bus::Message& message, std::vector<bus::Message>& emit,
                                 bus::Attempt& attempt) {
    return handler.Handle(message, emit, attempt);
  };
  // A worker for every call that may be under way: it waits for it.
  stage::Options options = StageOf(config);
  options.workers = static_cast<int>(std::max(config.workers, config.llm.concurrency));
  options.slow = true;
  if (llm.window() == nullptr) return stage::Run(context, options, handle);

  const Upgrader upgrader({.summarizer = llm.summarizer(),
                           .window = *llm.window(),
                           .handler = handler,
                           .clock = context.clock,
                           .metrics = context.metrics});
  return stage::Run(
      context, options, handle,
      {.name = "upgrade",
       .topic = std::string(events::kUpgrade),
       .workers = static_cast<int>(config.llm.concurrency),
       .gate = [&llm] { return llm.Healthy(); },
       .handler = [&upgrader](
                      const bus::Message& message, std::vector<bus::Message>& emit,
                      bus::Attempt& attempt) { return upgrader.Handle(message, emit, attempt); }});
}

}  // namespace

absl::Status Serve(service::Context& context, const Config& config) {
  // Weights that do not fit stop the program here, and not with a record in hand.
  RoleModel::Trained();
  PartModel::Trained();
  if (config.AsksModels()) return ServeWithModels(context, config);
  const Handler handler(context.clock, context.metrics);
  return stage::Run(context, StageOf(config),
                    [&handler](const bus::Message& message, std::vector<bus::Message>& emit) {
                      return handler.Handle(message, emit);
                    });
}

}  // namespace paperwire::summarize
