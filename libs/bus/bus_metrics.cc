#include "libs/bus/bus_metrics.h"

#include "libs/bus/metric_name.h"

namespace paperwire::bus {

BusMetrics::BusMetrics(std::string_view service, prometheus::Registry& registry)
    : records_(prometheus::BuildCounter()
                   .Name(MetricName(service, "records_total"))
                   .Help("Records by what became of them")
                   .Register(registry)),
      dead_letters_(prometheus::BuildCounter()
                        .Name(MetricName(service, "dead_letters_total"))
                        .Help("Records written to a dead-letter topic")
                        .Register(registry)),
      retries_(prometheus::BuildCounter()
                   .Name(MetricName(service, "retries_total"))
                   .Help("Records written to a retry topic")
                   .Register(registry)),
      commit_failures_(prometheus::BuildCounter()
                           .Name(MetricName(service, "commit_failures_total"))
                           .Help("Commits of offsets that failed; they are repeated")
                           .Register(registry)
                           .Add({})),
      lag_(prometheus::BuildGauge()
               .Name(MetricName(service, "lag_records"))
               .Help("Records not yet committed")
               .Register(registry)),
      in_flight_(prometheus::BuildGauge()
                     .Name(MetricName(service, "in_flight_records"))
                     .Help("Records read and not yet complete")
                     .Register(registry)
                     .Add({})),
      handling_(prometheus::BuildHistogram()
                    .Name(MetricName(service, "handle_seconds"))
                    .Help("Time that handling one record, or one batch, takes")
                    .Register(registry)
                    .Add({}, prometheus::Histogram::BucketBoundaries{0.0001, 0.001, 0.01, 0.1, 0.5,
                                                                     1, 5, 15, 60})) {}

void BusMetrics::CountRecord(const std::string& topic, std::string_view fate) {
  prometheus::Counter* counter = nullptr;
  {
    const std::lock_guard lock(counters_mutex_);
    auto& by_fate = counters_[topic];
    auto found = by_fate.find(fate);
    if (found == by_fate.end()) {
      const std::string name(fate);
      found = by_fate.emplace(name, &records_.Add({{"topic", topic}, {"fate", name}})).first;
    }
    counter = found->second;
  }
  counter->Increment();
}

void BusMetrics::CountDeadLetter(const std::string& topic, const std::string& error_class) {
  dead_letters_.Add({{"topic", topic}, {"class", error_class}}).Increment();
}

void BusMetrics::CountRetry(const std::string& topic, const std::string& tier) {
  retries_.Add({{"topic", topic}, {"tier", tier}}).Increment();
}

void BusMetrics::SetLag(const std::string& topic, double records) {
  lag_.Add({{"topic", topic}}).Set(records);
}

}  // namespace paperwire::bus
