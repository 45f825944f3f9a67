#include "services/summarize/caller_asker.h"

#include <utility>

#include "libs/llm/either_stop.h"

namespace paperwire::summarize {
namespace {

v1::FallbackReason ReasonOf(llm::Refusal refusal) {
  switch (refusal) {
    case llm::Refusal::kNone:
    case llm::Refusal::kStopped:
      return v1::FALLBACK_REASON_UNSPECIFIED;
    case llm::Refusal::kBudgetSoft:
    case llm::Refusal::kBudgetHard:
      return v1::FALLBACK_REASON_BUDGET_EXHAUSTED;
    case llm::Refusal::kStoreAway:
      return v1::FALLBACK_REASON_BUDGET_UNKNOWN;
    case llm::Refusal::kBreakerOpen:
    case llm::Refusal::kBlocked:
      return v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE;
  }
  return v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE;
}

}  // namespace

Asked CallerAsker::Ask(const llm::ChatRequest& request, bool first, const Stops& stops) {
  const llm::EitherStop leaving(stops.leaving, stops.ending);
  if (!places_.Take(leaving.token())) {
    Asked stopped;
    stopped.stopped = true;
    stopped.why = "stopped while it waited for its turn";
    return stopped;
  }
  const llm::Purpose purpose = first ? llm::Purpose::kNewPaper : llm::Purpose::kContinue;
  llm::CallResult result = caller_.Call(request, purpose, stops.ending, stops.leaving);
  places_.GiveBack();
  Asked asked;
  asked.not_asked = ReasonOf(result.refusal);
  asked.stopped = result.refusal == llm::Refusal::kStopped;
  asked.why = result.why.empty() ? result.answer.detail : std::move(result.why);
  asked.calls = result.calls;
  asked.answer = std::move(result.answer);
  return asked;
}

}  // namespace paperwire::summarize
