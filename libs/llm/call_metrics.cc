#include "libs/llm/call_metrics.h"

#include <chrono>

namespace paperwire::llm {
namespace {

prometheus::Family<prometheus::Counter>& Counters(prometheus::Registry& registry,
                                                  const std::string& name,
                                                  const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Gauge>& Gauges(prometheus::Registry& registry,
                                              const std::string& name, const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

prometheus::Counter& Tokens(prometheus::Registry& registry, const std::string& endpoint,
                            const std::string& direction) {
  return Counters(registry, "paperwire_summarize_llm_tokens_total",
                  "Tokens paid for, or that may have been.")
      .Add({{"endpoint", endpoint}, {"direction", direction}});
}

}  // namespace

CallMetrics::CallMetrics(prometheus::Registry& registry, const std::string& endpoint,
                         const std::vector<std::string>& reasons)
    : registry_(registry),
      input_tokens_(Tokens(registry, endpoint, "input")),
      output_tokens_(Tokens(registry, endpoint, "output")),
      cost_(Counters(registry, "paperwire_summarize_llm_cost_dollars_total",
                     "What the calls cost, by the prices that are set.")
                .Add({{"endpoint", endpoint}})),
      seconds_(prometheus::BuildHistogram()
                   .Name("paperwire_summarize_llm_call_seconds")
                   .Help("How long one call took, whatever became of it.")
                   .Register(registry)
                   .Add({{"endpoint", endpoint}},
                        prometheus::Histogram::BucketBoundaries{0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20,
                                                                30, 60, 120, 300})),
      in_flight_(Gauges(registry, "paperwire_summarize_llm_in_flight",
                        "Calls of this worker that are under way.")
                     .Add({{"endpoint", endpoint}})),
      limit_(Gauges(registry, "paperwire_summarize_llm_limit",
                    "Calls that all workers together may have under way.")
                 .Add({{"endpoint", endpoint}})),
      retries_(Counters(registry, "paperwire_summarize_llm_retries_total",
                        "Calls made again in place after one failed.")
                   .Add({{"endpoint", endpoint}})) {
  auto& calls = Counters(registry, "paperwire_summarize_llm_calls_total",
                         "Calls made, by what became of them.");
  for (int i = 0; i <= static_cast<int>(CallOutcome::kCancelled); ++i) {
    const auto outcome = static_cast<CallOutcome>(i);
    calls_[outcome] =
        &calls.Add({{"endpoint", endpoint}, {"outcome", std::string(OutcomeName(outcome))}});
  }
  auto& refusals = Counters(registry, "paperwire_summarize_llm_refusals_total",
                            "Calls that were not made, by the reason.");
  for (const std::string& reason : reasons) {
    refusals_[reason] = &refusals.Add({{"endpoint", endpoint}, {"reason", reason}});
  }
  auto& breaker = Gauges(registry, "paperwire_summarize_llm_breaker_state",
                         "1 for the state that this worker's breaker is in.");
  for (const auto state :
       {Breaker::State::kClosed, Breaker::State::kOpen, Breaker::State::kHalfOpen}) {
    breaker_[state] =
        &breaker.Add({{"endpoint", endpoint}, {"state", std::string(BreakerStateName(state))}});
  }
  ShowBreaker(Breaker::State::kClosed);
}

void CallMetrics::Begin(int limit) {
  limit_.Set(limit);
  in_flight_.Increment();
}

void CallMetrics::End(const ChatAnswer& answer, const Usage& billed, const Spend& spent) {
  in_flight_.Decrement();
  calls_.at(answer.outcome)->Increment();
  seconds_.Observe(std::chrono::duration<double>(answer.latency).count());
  input_tokens_.Increment(static_cast<double>(billed.input_tokens));
  output_tokens_.Increment(static_cast<double>(billed.output_tokens));
  cost_.Increment(static_cast<double>(spent.microdollars) / 1e6);
}

void CallMetrics::ShowBreaker(Breaker::State state) {
  for (const auto& [which, gauge] : breaker_) gauge->Set(which == state ? 1 : 0);
}

void CallMetrics::ShowBudget(const Grant& grant) {
  if (grant.tokens_left) {
    Gauges(registry_, "paperwire_summarize_llm_budget_tokens_left",
           "Tokens left of today's budget of all workers.")
        .Add({})
        .Set(static_cast<double>(*grant.tokens_left));
  }
  if (grant.microdollars_left) {
    Gauges(registry_, "paperwire_summarize_llm_budget_dollars_left",
           "US dollars left of today's budget of all workers.")
        .Add({})
        .Set(static_cast<double>(*grant.microdollars_left) / 1e6);
  }
}

}  // namespace paperwire::llm
