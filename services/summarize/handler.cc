#include "services/summarize/handler.h"

#include <utility>

#include "libs/events/event.h"
#include "libs/events/timestamp.h"
#include "libs/events/topics.h"
#include "libs/paper/revision.h"
#include "libs/telemetry/log.h"
#include "paperwire/v1/events.pb.h"
#include "services/summarize/card.h"
#include "services/summarize/source.h"

namespace paperwire::summarize {
namespace {

constexpr uint8_t kEmbeddedRank = 1;

prometheus::Family<prometheus::Counter>& Cards(prometheus::Registry& metrics) {
  return prometheus::BuildCounter()
      .Name("paperwire_summarize_cards_total")
      .Help("Cards made, by what became of them.")
      .Register(metrics);
}

}  // namespace

Handler::Handler(const clock::Clock& clock, prometheus::Registry& metrics)
    : clock_(clock),
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

absl::Status Handler::Handle(const bus::Message& message, std::vector<bus::Message>& emit) const {
  v1::NewPaper event;
  if (const absl::Status status = events::Decode(message, event); !status.ok()) {
    invalid_.Increment();
    return status;
  }
  const auto revision =
      paper::MakeRevision(event.paper().version(), event.revision().generation(), kEmbeddedRank);
  if (!revision.ok()) {
    invalid_.Increment();
    return absl::InvalidArgumentError(revision.status().message());
  }
  v1::SummarizedPaper summarized;
  events::CarryOver(event, summarized);
  // Field by field: what a later version adds to the message stays in it.
  summarized.mutable_revision()->MergeFrom(events::ToProto(*revision));
  int removed = 0;
  *summarized.mutable_summary() = Summarize(event.paper(), removed);
  const v1::Summary& summary = summarized.summary();
  *summarized.mutable_summary()->mutable_provenance()->mutable_create_time() =
      events::ToTimestamp(clock_.Now());

  emit.push_back(
      events::Encode(events::kSummarized, summarized,
                     {.service = "summarize", .configuration = kModel, .cause = &message}, clock_));
  OutcomeOf(summarized).Increment();
  if (removed > 0) ungrounded_.Increment(removed);
  grounding_.Count(summary.provenance());
  telemetry::Log(telemetry::Level::kDebug, "summarized",
                 {{"paper", event.paper().arxiv_id()},
                  {"traceparent", emit.back().FindHeader("traceparent")},
                  {"highlights", summary.highlights_size()},
                  {"ungrounded_sentences", removed}});
  return absl::OkStatus();
}

}  // namespace paperwire::summarize
