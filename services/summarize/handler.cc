#include "services/summarize/handler.h"

#include <utility>

#include "libs/events/event.h"
#include "libs/telemetry/log.h"
#include "paperwire/v1/events.pb.h"
#include "services/summarize/card.h"
#include "services/summarize/records.h"
#include "services/summarize/source.h"

namespace paperwire::summarize {
namespace {

prometheus::Family<prometheus::Counter>& Cards(prometheus::Registry& metrics) {
  return prometheus::BuildCounter()
      .Name("paperwire_summarize_cards_total")
      .Help("Cards made, by what became of them.")
      .Register(metrics);
}

}  // namespace

Patience PatienceOf(bus::Attempt& attempt) {
  return {.abandoned = attempt.abandoned(),
          .ending = attempt.ending(),
          .outside = [&attempt](const std::function<void()>& wait) { attempt.Outside(wait); }};
}

Handler::Handler(const clock::Clock& clock, prometheus::Registry& metrics,
                 const LlmSummarizer* summarizer)
    : clock_(clock),
      summarizer_(summarizer),
      complete_(Cards(metrics).Add({{"outcome", "complete"}})),
      partial_(Cards(metrics).Add({{"outcome", "partial"}})),
      empty_(Cards(metrics).Add({{"outcome", "empty"}})),
      withdrawn_(Cards(metrics).Add({{"outcome", "withdrawn"}})),
      other_language_(Cards(metrics).Add({{"outcome", "other-language"}})),
      not_text_(Cards(metrics).Add({{"outcome", "not-text"}})),
      invalid_(Cards(metrics).Add({{"outcome", "invalid"}})),
      ungrounded_(prometheus::BuildCounter()
                      .Name("paperwire_summarize_ungrounded_sentences_total")
                      .Help("Sentences that the grounding gate took out of cards.")
                      .Register(metrics)
                      .Add({})),
      grounding_(metrics) {}

prometheus::Counter& Handler::OutcomeOf(const v1::SummarizedPaper& summarized) const {
  const v1::Summary& summary = summarized.summary();
  if (!summary.methodology().empty() && !summary.results().empty() &&
      !summary.implications().empty()) {
    return complete_;
  }
  switch (KindOf(ReadableAbstract(summarized.paper().abstract()))) {
    case AbstractKind::kWithdrawn:
      return withdrawn_;
    case AbstractKind::kOtherLanguage:
      return other_language_;
    case AbstractKind::kNotText:
      return not_text_;
    case AbstractKind::kEmpty:
      return empty_;
    case AbstractKind::kProse:
      break;
  }
  return summary.summary().empty() ? empty_ : partial_;
}

void Handler::Count(const v1::SummarizedPaper& summarized, int removed) const {
  OutcomeOf(summarized).Increment();
  if (removed > 0) ungrounded_.Increment(removed);
  grounding_.Count(summarized.summary().provenance());
}

absl::Status Handler::Handle(const bus::Message& message, std::vector<bus::Message>& emit) const {
  bus::PlainAttempt attempt;
  return Handle(message, emit, attempt);
}

absl::Status Handler::Handle(const bus::Message& message, std::vector<bus::Message>& emit,
                             bus::Attempt& attempt) const {
  v1::NewPaper event;
  if (const absl::Status status = events::Decode(message, event); !status.ok()) {
    invalid_.Increment();
    return status;
  }
  LlmSummarizer::Card card;
  if (summarizer_ == nullptr) {
    card.summary = Summarize(event.paper(), card.removed);
  } else {
    card = summarizer_->Make(event.paper(), 0, PatienceOf(attempt));
  }
  if (card.stopped) return absl::UnavailableError("abandoned while a language model was asked");
  const auto summarized =
      WithCard(event, std::move(card.summary), card.is_llm ? kLlmRank : kEmbeddedRank, clock_);
  if (!summarized.ok()) {
    invalid_.Increment();
    return summarized.status();
  }
  emit.push_back(SummarizedRecord(*summarized, message, clock_));
  if (card.fallback != v1::FALLBACK_REASON_UNSPECIFIED) {
    emit.push_back(UpgradeRecord(event, card.fallback, {}, message, clock_));
  }
  Count(*summarized, card.removed);
  telemetry::Log(telemetry::Level::kDebug, "summarized",
                 {{"paper", event.paper().arxiv_id()},
                  {"traceparent", emit.front().FindHeader("traceparent")},
                  {"model", summarized->summary().provenance().model()},
                  {"highlights", summarized->summary().highlights_size()},
                  {"ungrounded_sentences", card.removed}});
  return absl::OkStatus();
}

}  // namespace paperwire::summarize
