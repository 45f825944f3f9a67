#include "services/summarize/llm_summarizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "libs/events/trace.h"
#include "libs/llm/either_stop.h"
#include "libs/telemetry/log.h"
#include "services/summarize/card.h"
#include "services/summarize/prompt.h"
#include "services/summarize/source.h"

namespace paperwire::summarize {
namespace {

constexpr std::array<const char*, 13> kOutcomes = {
    "answered",         "repaired",       "trimmed", "cached",    "endpoint-unavailable",
    "budget-exhausted", "budget-unknown", "refused", "truncated", "invalid-output",
    "ungrounded",       "not-asked",      "stopped"};

const char* OutcomeOf(v1::FallbackReason reason) {
  switch (reason) {
    case v1::FALLBACK_REASON_BUDGET_EXHAUSTED:
      return "budget-exhausted";
    case v1::FALLBACK_REASON_BUDGET_UNKNOWN:
      return "budget-unknown";
    case v1::FALLBACK_REASON_REFUSED:
      return "refused";
    case v1::FALLBACK_REASON_TRUNCATED:
      return "truncated";
    case v1::FALLBACK_REASON_INVALID_OUTPUT:
      return "invalid-output";
    case v1::FALLBACK_REASON_UNGROUNDED:
      return "ungrounded";
    default:
      return "endpoint-unavailable";
  }
}

const char* OutcomeOf(CardOutcome outcome) {
  switch (outcome) {
    case CardOutcome::kAnswered:
      return "answered";
    case CardOutcome::kRepaired:
      return "repaired";
    default:
      return "trimmed";
  }
}

// Chance grows with every try that failed: without it an answer would come back word by word.
double TemperatureOf(int tries) { return std::min(0.3 * tries, 0.9); }

// A text that says nothing of the paper: asking would be paid for, and bring an invention.
bool CanBeAsked(const v1::Paper& paper, const Material& material) {
  const AbstractKind kind = KindOf(ReadableAbstract(paper.abstract()));
  return (kind == AbstractKind::kProse || kind == AbstractKind::kOtherLanguage) &&
         LettersOutsideMath(material.abstract) > 0;
}

void AddAttempt(v1::Provenance& provenance, v1::SummarizerKind kind, const std::string& model,
                v1::FallbackReason failure) {
  v1::SummarizerAttempt& attempt = *provenance.add_attempts();
  attempt.set_kind(kind);
  attempt.set_model(model);
  attempt.set_failure(failure);
}

// The asker of a model, out of hand while it waits for the answer.
class OutsideAsker final : public Asker {
 public:
  OutsideAsker(Asker& asker, const Patience& patience) : asker_(asker), patience_(patience) {}

  Asked Ask(const llm::ChatRequest& request, bool first, const Stops& stops) override {
    if (!patience_.outside) return asker_.Ask(request, first, stops);
    Asked asked;
    patience_.outside([&] { asked = asker_.Ask(request, first, stops); });
    return asked;
  }

 private:
  Asker& asker_;
  const Patience& patience_;
};

LlmCard StoppedCard() {
  LlmCard card;
  card.outcome = CardOutcome::kStopped;
  return card;
}

}  // namespace

// What is asked of every model.
struct LlmSummarizer::Question {
  const v1::Paper& paper;
  const Material& material;
  const v1::Summary& embedded;
  int tries;
  const Patience& patience;
};

LlmSummarizer::LlmSummarizer(std::vector<Model> models, llm::ResultCache& cache,
                             llm::LeaseKeeper& leases, const Options& options,
                             const clock::Clock& clock, prometheus::Registry& metrics)
    : models_(std::move(models)),
      cache_(cache),
      leases_(leases),
      options_(options),
      clock_(clock),
      failing_(new std::atomic<bool>[models_.size()] {}) {
  auto& family = prometheus::BuildCounter()
                     .Name("paperwire_summarize_llm_cards_total")
                     .Help("Cards that language models were wanted for, by what became of them.")
                     .Register(metrics);
  for (const char* outcome : kOutcomes) outcomes_[outcome] = &family.Add({{"outcome", outcome}});
}

void LlmSummarizer::Count(const char* outcome) const {
  outcomes_.find(std::string_view(outcome))->second->Increment();
}

void LlmSummarizer::Tell(size_t model, const LlmCard& card) const {
  const bool failing = card.outcome == CardOutcome::kFailed && !card.own_account;
  if (failing_[model].exchange(failing) == failing) return;
  if (failing) {
    telemetry::Log(
        telemetry::Level::kWarning, "a language model cannot be asked",
        {{"model", models_[model].name}, {"reason", OutcomeOf(card.failure)}, {"error", card.why}});
  } else {
    telemetry::Log(telemetry::Level::kInfo, "a language model can be asked again",
                   {{"model", models_[model].name}});
  }
}

LlmCard LlmSummarizer::StoreAway(size_t model, const absl::Status& status) const {
  LlmCard card;
  card.failure = v1::FALLBACK_REASON_BUDGET_UNKNOWN;
  card.why = fmt::format("what is left of the budget is unknown: {}", status.ToString());
  Tell(model, card);
  return card;
}

absl::StatusOr<std::optional<LlmCard>> LlmSummarizer::Kept(const std::string& key) const {
  const absl::StatusOr<std::optional<std::string>> kept = cache_.Get(key);
  if (!kept.ok()) return kept.status();
  LlmCard card;
  if (!kept->has_value() || !card.summary.ParseFromString(**kept)) {
    return std::optional<LlmCard>();
  }
  card.failure = card.summary.provenance().fallback_reason();
  card.own_account = true;
  card.outcome = card.failure == v1::FALLBACK_REASON_UNSPECIFIED ? CardOutcome::kAnswered
                                                                 : CardOutcome::kFailed;
  return std::optional<LlmCard>(std::move(card));
}

LlmCard LlmSummarizer::AskUnderLease(size_t model, const Question& question,
                                     const std::string& key) const {
  OutsideAsker asker(models_[model].asker, question.patience);
  LlmCard card = MakeLlmCard({.paper = question.paper,
                              .material = question.material,
                              .embedded = question.embedded,
                              .model = models_[model].name,
                              .max_output_tokens = options_.max_output_tokens,
                              .temperature = TemperatureOf(question.tries)},
                             asker, {question.patience.abandoned, question.patience.ending});
  if (card.outcome == CardOutcome::kStopped) return card;
  Tell(model, card);
  if (card.outcome == CardOutcome::kFailed) {
    telemetry::Log(telemetry::Level::kDebug, "no card from a language model",
                   {{"paper", question.paper.arxiv_id()},
                    {"model", models_[model].name},
                    {"reason", OutcomeOf(card.failure)},
                    {"error", card.why}});
    if (!card.own_account) return card;
    card.summary.Clear();
    card.summary.mutable_provenance()->set_fallback_reason(card.failure);
  }
  // Not kept means paid for again at worst.
  cache_.Put(key, card.summary.SerializeAsString()).IgnoreError();
  return card;
}

LlmCard LlmSummarizer::AskModel(size_t model, const Question& question) const {
  // Everything that an answer depends on.
  const std::string tokens = std::to_string(options_.max_output_tokens);
  const std::string tries = std::to_string(question.tries);
  const std::string key =
      "card:" + events::HashParts({kPromptVersion, options_.judge_version, PromptSchema(),
                                   models_[model].name, models_[model].endpoint_key, tokens, tries,
                                   question.material.title, question.material.abstract},
                                  32);
  for (;;) {
    if (question.patience.abandoned.stop_requested()) return StoppedCard();
    absl::StatusOr<std::optional<llm::LeaseKeeper::Held>> lease = leases_.Take(key);
    if (!lease.ok()) return StoreAway(model, lease.status());
    // Looked at with the lease in hand: whoever had it before has left its card.
    absl::StatusOr<std::optional<LlmCard>> kept = Kept(key);
    if (!kept.ok()) return StoreAway(model, kept.status());
    if (kept->has_value()) {
      Count("cached");
      LlmCard card = **std::move(kept);
      // Another version may have the same abstract.
      card.summary.mutable_provenance()->set_paper_version(question.paper.version());
      return card;
    }
    if (lease->has_value()) {
      LlmCard card = AskUnderLease(model, question, key);
      if (card.outcome != CardOutcome::kFailed && card.outcome != CardOutcome::kStopped) {
        Count(OutcomeOf(card.outcome));
      }
      return card;
    }
    const auto wait = [&] { clock_.SleepFor(options_.look_again, question.patience.abandoned); };
    question.patience.outside ? question.patience.outside(wait) : wait();
  }
}

LlmSummarizer::Card LlmSummarizer::Make(const v1::Paper& paper, int tries,
                                        const Patience& patience) const {
  Card made;
  made.summary = Summarize(paper, made.removed);
  const Material material = MaterialOf(paper);
  if (!CanBeAsked(paper, material)) {
    Count("not-asked");
    return made;
  }
  v1::Provenance attempts;
  made.fallback = options_.without_models;
  bool of_others = false;
  // Whoever stops hands its papers over; they are not bought before that.
  const llm::EitherStop leaving(patience.abandoned, options_.leaving);
  const Patience waits{leaving.token(), patience.ending, patience.outside};
  const Question question{paper, material, made.summary, tries, waits};
  for (size_t i = 0; i < models_.size(); ++i) {
    LlmCard card = AskModel(i, question);
    made.calls += card.calls;
    made.reached = made.reached || card.reached;
    if (card.outcome == CardOutcome::kStopped) {
      Count("stopped");
      return {.stopped = true};
    }
    AddAttempt(attempts, v1::SUMMARIZER_KIND_LLM, models_[i].name, card.failure);
    if (card.outcome != CardOutcome::kFailed) {
      *card.summary.mutable_provenance()->mutable_attempts() = attempts.attempts();
      return {.summary = std::move(card.summary), .is_llm = true};
    }
    // The first was the one that was wanted.
    if (i == 0) made.fallback = card.failure;
    // A budget is used up for the rest of the day; an answer that failed does not wait for it.
    if (card.own_account) {
      made.own_account = true;
    } else if (card.failure != v1::FALLBACK_REASON_BUDGET_EXHAUSTED) {
      of_others = true;
    }
    if (card.failure == v1::FALLBACK_REASON_BUDGET_UNKNOWN) break;
  }
  made.own_account = made.own_account && !of_others;
  Count(OutcomeOf(made.fallback));
  AddAttempt(attempts, v1::SUMMARIZER_KIND_EMBEDDED, kModel, v1::FALLBACK_REASON_UNSPECIFIED);
  made.summary.mutable_provenance()->set_fallback_reason(made.fallback);
  *made.summary.mutable_provenance()->mutable_attempts() = attempts.attempts();
  return made;
}

}  // namespace paperwire::summarize
