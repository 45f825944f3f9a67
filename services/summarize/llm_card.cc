#include "services/summarize/llm_card.h"

#include <utility>
#include <vector>

#include "services/summarize/answer.h"
#include "services/summarize/judge.h"

namespace paperwire::summarize {
namespace {

// How much more an answer may have that was cut short: models that think aloud need it.
constexpr int kMoreRoom = 4;

struct Reaction {
  v1::FallbackReason failure = v1::FALLBACK_REASON_UNSPECIFIED;
  bool own_account = false;
};

// What a call means that brought nothing to read.
Reaction ReactionTo(llm::CallOutcome outcome) {
  switch (outcome) {
    case llm::CallOutcome::kAnswered:
      return {};
    case llm::CallOutcome::kRefused:
    case llm::CallOutcome::kFiltered:
      return {v1::FALLBACK_REASON_REFUSED, true};
    case llm::CallOutcome::kTruncated:
      return {v1::FALLBACK_REASON_TRUNCATED, true};
    case llm::CallOutcome::kEmpty:
    case llm::CallOutcome::kTooLarge:
      return {v1::FALLBACK_REASON_INVALID_OUTPUT, true};
    case llm::CallOutcome::kBadRequest:
      return {v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE, true};
    default:
      return {v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE, false};
  }
}

// Whether asking once more may bring what is wanted.
bool MayAskAgain(llm::CallOutcome outcome) {
  return outcome == llm::CallOutcome::kAnswered || outcome == llm::CallOutcome::kTruncated ||
         outcome == llm::CallOutcome::kEmpty;
}

// One answer, as far as it goes.
struct Tried {
  llm::CallOutcome call = llm::CallOutcome::kUnreachable;
  bool stopped = false;
  Reaction reaction;
  // Readable.
  std::optional<Judged> judged;
  std::string content;
  std::vector<std::string> faults;
  std::string why;

  bool IsCard() const {
    return judged.has_value() && judged->failure == v1::FALLBACK_REASON_UNSPECIFIED;
  }
};

Tried Try(const llm::ChatRequest& request, bool first, Asker& asker, const Judge& judge,
          const Stops& stops, LlmCard& card) {
  Asked asked = asker.Ask(request, first, stops);
  card.calls += asked.calls;
  if (asked.calls > 0 && asked.answer.outcome != llm::CallOutcome::kUnreachable) {
    card.reached = true;
  }
  Tried tried;
  tried.call = asked.answer.outcome;
  tried.stopped = asked.stopped || tried.call == llm::CallOutcome::kCancelled;
  tried.why = asked.why.empty() ? asked.answer.detail : asked.why;
  if (asked.not_asked != v1::FALLBACK_REASON_UNSPECIFIED) {
    tried.call = llm::CallOutcome::kUnreachable;
    tried.reaction.failure = asked.not_asked;
    return tried;
  }
  tried.reaction = ReactionTo(tried.call);
  if (tried.call != llm::CallOutcome::kAnswered) return tried;
  tried.content = std::move(asked.answer.content);
  absl::StatusOr<v1::Summary> answer = ReadAnswer(tried.content);
  if (!answer.ok()) {
    tried.reaction = {v1::FALLBACK_REASON_INVALID_OUTPUT, true};
    tried.faults.emplace_back(answer.status().message());
    tried.why = tried.faults.back();
    return tried;
  }
  tried.judged = judge.Look(*answer);
  tried.faults = tried.judged->faults;
  tried.reaction = {tried.judged->failure, true};
  if (!tried.faults.empty()) tried.why = tried.faults.front();
  return tried;
}

llm::ChatRequest Again(const llm::ChatRequest& request, const Tried& first) {
  if (first.call != llm::CallOutcome::kAnswered) {
    llm::ChatRequest longer = request;
    longer.max_output_tokens *= kMoreRoom;
    return longer;
  }
  return AskAgain(request, MakeMark(first.content), first.content, first.faults);
}

// Sections that the first answer was refused for and the second tells well.
void TellOfTheFirst(const Judged& first, v1::Summary& card) {
  for (v1::GroundingVerdict& verdict : *card.mutable_provenance()->mutable_grounding()) {
    if (verdict.outcome() != v1::GROUNDING_OUTCOME_GROUNDED &&
        verdict.outcome() != v1::GROUNDING_OUTCOME_FLAGGED) {
      continue;
    }
    for (const v1::GroundingVerdict& before : first.summary.provenance().grounding()) {
      if (before.section() != verdict.section() ||
          before.outcome() != v1::GROUNDING_OUTCOME_REMOVED) {
        continue;
      }
      verdict.set_outcome(v1::GROUNDING_OUTCOME_ASKED_AGAIN);
    }
  }
}

LlmCard Finish(const CardQuestion& question, CardOutcome outcome, v1::Summary summary, int calls) {
  LlmCard card;
  card.outcome = outcome;
  card.calls = calls;
  card.summary = std::move(summary);
  v1::Provenance& provenance = *card.summary.mutable_provenance();
  provenance.set_summarizer(v1::SUMMARIZER_KIND_LLM);
  provenance.set_model(question.model);
  provenance.set_prompt_version(std::string(kPromptVersion));
  provenance.set_source(v1::SUMMARY_SOURCE_ABSTRACT);
  provenance.set_paper_version(question.paper.version());
  return card;
}

}  // namespace

LlmCard MakeLlmCard(const CardQuestion& question, Asker& asker, const Stops& stops) {
  const Judge judge(question.material, question.embedded);
  llm::ChatRequest request = MakeRequest(question.material, MakeMark(question.material.All()));
  request.temperature = question.temperature;
  request.max_output_tokens = question.max_output_tokens;
  LlmCard card;
  const Tried first = Try(request, true, asker, judge, stops, card);
  if (first.IsCard() && first.faults.empty()) {
    return Finish(question, CardOutcome::kAnswered, first.judged->summary, card.calls);
  }
  Tried second;
  const bool again = !first.stopped && MayAskAgain(first.call);
  if (again) {
    second = Try(Again(request, first), false, asker, judge, stops, card);
    if (second.IsCard() && second.faults.empty()) {
      if (first.judged.has_value()) TellOfTheFirst(*first.judged, second.judged->summary);
      return Finish(question, CardOutcome::kRepaired, second.judged->summary, card.calls);
    }
  }
  if (first.stopped || (second.stopped && !first.IsCard())) {
    card.outcome = CardOutcome::kStopped;
    return card;
  }
  // What was paid for is used; asking was to make it better.
  const bool take_second =
      second.IsCard() && (!first.IsCard() || second.faults.size() <= first.faults.size());
  if (take_second || first.IsCard()) {
    return Finish(question, CardOutcome::kTrimmed,
                  take_second ? second.judged->summary : first.judged->summary, card.calls);
  }
  // Twice the room may be more than the model has: what it said before is what is wrong.
  const bool of_second = again && second.call != llm::CallOutcome::kBadRequest;
  const Tried& last = of_second ? second : first;
  card.failure = last.reaction.failure;
  card.own_account = last.reaction.own_account;
  card.why = last.why;
  return card;
}

}  // namespace paperwire::summarize
