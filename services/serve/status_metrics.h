#pragma once

#include "absl/time/time.h"
#include "paperwire/v1/feed_service.pb.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace paperwire::serve {

// Every figure of the status as a metric; docs/operations.md says when to look at which. Not
// thread-safe.
class StatusMetrics {
 public:
  explicit StatusMetrics(prometheus::Registry& metrics);

  // `fallbacks`: cards of the newest date that are not what was asked for.
  void Show(const v1::GetStatusResponse& status, uint32_t fallbacks, absl::Time now);

 private:
  prometheus::Gauge& papers_;
  prometheus::Gauge& today_;
  prometheus::Gauge& fallbacks_;
  prometheus::Gauge& age_;
  prometheus::Gauge& stale_;
  prometheus::Gauge& unbalanced_;
  prometheus::Gauge& newest_;
  prometheus::Gauge& last_cycle_;
  prometheus::Family<prometheus::Gauge>& ledger_papers_;
  prometheus::Family<prometheus::Gauge>& newest_papers_;
  prometheus::Family<prometheus::Gauge>& oldest_;
  prometheus::Family<prometheus::Gauge>& feed_state_;
};

}  // namespace paperwire::serve
