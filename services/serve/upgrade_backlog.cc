#include "services/serve/upgrade_backlog.h"

#include <utility>

namespace paperwire::serve {

UpgradeBacklog::UpgradeBacklog(Ask ask, prometheus::Registry& metrics)
    : ask_(std::move(ask)),
      records_(prometheus::BuildGauge()
                   .Name("paperwire_serve_upgrade_backlog_records")
                   .Help("Cards that are served and wait to be made again by a language model.")
                   .Register(metrics)
                   .Add({})) {}

void UpgradeBacklog::Step() {
  const absl::StatusOr<int64_t> records = ask_();
  if (records.ok()) records_.Set(static_cast<double>(*records));
}

void UpgradeBacklog::Run(std::stop_token stop, const clock::Clock& clock,
                         std::chrono::milliseconds every) {
  while (!stop.stop_requested()) {
    Step();
    clock.SleepFor(every, stop);
  }
}

}  // namespace paperwire::serve
