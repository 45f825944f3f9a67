#include "services/summarize/upgrade.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "libs/events/event.h"
#include "libs/telemetry/log.h"
#include "services/summarize/records.h"

namespace paperwire::summarize {
namespace {

constexpr std::array<const char*, 7> kOutcomes = {"upgraded", "outranked", "left",     "given-up",
                                                  "again",    "waiting",   "not-asked"};
// A card takes a moment from here to the window; until then its wish knows the paper best.
constexpr std::chrono::minutes kOnItsWay{10};

// Seconds.
const prometheus::Histogram::BucketBoundaries kWaits = {1,    5,     30,    120,   600,
                                                        3600, 14400, 43200, 86400, 259200};

// Whether a card fell back because of what a model wrote.
bool IsOfTheAnswer(v1::FallbackReason reason) {
  return reason == v1::FALLBACK_REASON_REFUSED || reason == v1::FALLBACK_REASON_TRUNCATED ||
         reason == v1::FALLBACK_REASON_INVALID_OUTPUT || reason == v1::FALLBACK_REASON_UNGROUNDED;
}

}  // namespace

Upgrader::Upgrader(const Parts& parts)
    : summarizer_(parts.summarizer),
      window_(parts.window),
      handler_(parts.handler),
      clock_(parts.clock),
      wait_(prometheus::BuildHistogram()
                .Name("paperwire_summarize_upgrade_wait_seconds")
                .Help("From the card that fell back to the one that replaces it.")
                .Register(parts.metrics)
                .Add({}, kWaits)) {
  auto& family = prometheus::BuildCounter()
                     .Name("paperwire_summarize_upgrades_total")
                     .Help("Wishes for better cards, by what became of them.")
                     .Register(parts.metrics);
  for (const char* outcome : kOutcomes) outcomes_[outcome] = &family.Add({{"outcome", outcome}});
}

absl::Status Upgrader::Finish(const v1::NewPaper& wish, const char* outcome) const {
  outcomes_.find(std::string_view(outcome))->second->Increment();
  telemetry::Log(telemetry::Level::kDebug, "a card's upgrade is done with",
                 {{"paper", wish.paper().arxiv_id()},
                  {"outcome", outcome},
                  {"reason", v1::FallbackReason_Name(wish.upgrade_reason())}});
  return absl::OkStatus();
}

absl::StatusOr<Upgrader::Found> Upgrader::Find(const v1::NewPaper& wish, int64_t since_ms) const {
  const std::vector<std::string> ids = {wish.paper().arxiv_id()};
  const auto stored = window_.Get(ids);
  if (!stored.ok()) return stored.status();
  Found found{.event = wish};
  if (!stored->empty()) {
    const v1::Entry& entry = stored->front().entry;
    // A version that the wish is newer than is about to be replaced.
    if (entry.paper().version() < wish.paper().version()) return found;
    if (entry.revision().rank() >= kLlmRank) found.pointless = "outranked";
    *found.event.mutable_paper() = entry.paper();
    *found.event.mutable_revision() = entry.revision();
    return found;
  }
  const std::chrono::milliseconds age =
      std::chrono::floor<std::chrono::milliseconds>(clock_.Now().time_since_epoch()) -
      std::chrono::milliseconds(since_ms);
  if (since_ms == 0 || age < kOnItsWay) return found;
  const absl::StatusOr<window::State> state = window_.GetState();
  if (!state.ok()) return state.status();
  if (wish.paper().announced() < state->oldest) found.pointless = "left";
  return found;
}

absl::Status Upgrader::Handle(const bus::Message& message, std::vector<bus::Message>& emit,
                              bus::Attempt& attempt) const {
  v1::NewPaper wish;
  if (const absl::Status status = events::Decode(message, wish); !status.ok()) return status;
  UpgradeTries tries = TriesOf(message);
  const absl::StatusOr<Found> found = Find(wish, tries.since_ms);
  // Whatever the store says, the wish can wait.
  if (!found.ok()) return absl::UnavailableError(found.status().message());
  if (found->pointless != nullptr) return Finish(wish, found->pointless);

  LlmSummarizer::Card card =
      summarizer_.Make(found->event.paper(), tries.failed + IsOfTheAnswer(wish.upgrade_reason()),
                       PatienceOf(attempt));
  if (card.stopped) return absl::UnavailableError("abandoned while a language model was asked");
  if (card.is_llm) {
    const auto summarized = WithCard(found->event, std::move(card.summary), kLlmRank, clock_);
    if (!summarized.ok()) return summarized.status();
    emit.push_back(SummarizedRecord(*summarized, message, clock_));
    handler_.Count(*summarized, card.removed);
    if (tries.since_ms > 0) {
      const std::chrono::duration<double> waited =
          clock_.Now().time_since_epoch() - std::chrono::milliseconds(tries.since_ms);
      wait_.Observe(waited.count());
    }
    return Finish(wish, "upgraded");
  }
  if (card.fallback == v1::FALLBACK_REASON_UNSPECIFIED) return Finish(wish, "not-asked");
  // Read again at once it would come to nothing again, and use up its rounds in a moment.
  if (!card.own_account && card.calls == 0) {
    outcomes_.find(std::string_view("waiting"))->second->Increment();
    return absl::UnavailableError("no language model can be asked");
  }
  // An endpoint may well break down, or seem to, over this one question: then waiting for it to be
  // well is waiting for ever. One that is not there has not seen it.
  if (card.own_account) ++tries.failed;
  if (!card.own_account && card.reached) ++tries.waited;
  if (tries.failed >= kMostFailed || tries.waited >= kMostWaited) return Finish(wish, "given-up");
  // To the end of the line: others need not wait behind it.
  emit.push_back(UpgradeRecord(wish, wish.upgrade_reason(), tries, message, clock_));
  return Finish(wish, "again");
}

}  // namespace paperwire::summarize
