#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>

#include "libs/llm/breaker.h"
#include "libs/llm/chat.h"
#include "libs/llm/daily_budget.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace paperwire::llm {

// The metrics of the calls of one endpoint; docs/operations.md names them. Thread-safe.
class CallMetrics {
 public:
  // `endpoint` is its label: "1", "2", …; `registry` must outlive it. `reasons`: the names of all
  // refusals that there are.
  CallMetrics(prometheus::Registry& registry, const std::string& endpoint,
              const std::vector<std::string>& reasons);

  void Begin(int limit);
  void End(const ChatAnswer& answer, const Usage& billed, const Spend& spent);
  void CountRetry() { retries_.Increment(); }
  void CountRefusal(const std::string& reason) { refusals_.at(reason)->Increment(); }
  void ShowBreaker(Breaker::State state);
  // The budget's gauges are there once a limit is known.
  void ShowBudget(const Grant& grant);

 private:
  prometheus::Registry& registry_;
  std::map<CallOutcome, prometheus::Counter*> calls_;
  prometheus::Counter& input_tokens_;
  prometheus::Counter& output_tokens_;
  prometheus::Counter& cost_;
  prometheus::Histogram& seconds_;
  prometheus::Gauge& in_flight_;
  prometheus::Gauge& limit_;
  prometheus::Counter& retries_;
  std::map<std::string, prometheus::Counter*> refusals_;
  std::map<Breaker::State, prometheus::Gauge*> breaker_;
};

}  // namespace paperwire::llm
