#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace paperwire::bus {

// The metrics of one subscriber or follower. Thread-safe.
class BusMetrics {
 public:
  // `registry` must outlive it.
  BusMetrics(std::string_view service, prometheus::Registry& registry);

  void CountRecord(const std::string& topic, std::string_view fate);
  void CountDeadLetter(const std::string& topic, const std::string& error_class);
  void CountRetry(const std::string& topic, const std::string& tier);
  void CountCommitFailure() { commit_failures_.Increment(); }
  void ObserveHandling(double seconds) { handling_.Observe(seconds); }
  void AddInFlight(double records) { in_flight_.Increment(records); }
  void SetLag(const std::string& topic, double records);

 private:
  prometheus::Family<prometheus::Counter>& records_;
  // What `records_` has: to ask it costs more than all else that a record does here.
  std::mutex counters_mutex_;
  std::map<std::string, std::map<std::string, prometheus::Counter*, std::less<>>> counters_
      ABSL_GUARDED_BY(counters_mutex_);
  prometheus::Family<prometheus::Counter>& dead_letters_;
  prometheus::Family<prometheus::Counter>& retries_;
  prometheus::Counter& commit_failures_;
  prometheus::Family<prometheus::Gauge>& lag_;
  prometheus::Gauge& in_flight_;
  prometheus::Histogram& handling_;
};

}  // namespace paperwire::bus
