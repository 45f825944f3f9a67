#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace paperwire::serve {

// Shows how many upgrades wait: cards that are served and are to be made again when the language
// model's endpoint answers. They are no part of the ledger. One thread calls it.
class UpgradeBacklog {
 public:
  // Asks the broker how many records of `new-paper.upgrade` nobody has worked off.
  using Ask = std::function<absl::StatusOr<int64_t>()>;

  UpgradeBacklog(Ask ask, prometheus::Registry& metrics);

  // Keeps the figure it had when the broker does not answer.
  void Step();
  void Run(std::stop_token stop, const clock::Clock& clock, std::chrono::milliseconds every);

 private:
  const Ask ask_;
  prometheus::Gauge& records_;
};

}  // namespace paperwire::serve
