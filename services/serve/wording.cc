#include "services/serve/wording.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "libs/calendar/calendar.h"

namespace paperwire::serve {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

std::string_view MonthOf(absl::CivilDay day) {
  return kMonths[static_cast<size_t>(day.month() - 1)];
}

std::string_view WeekdayOf(absl::CivilDay day) {
  return kDays[static_cast<size_t>(absl::GetWeekday(day))];
}

std::string_view FallbackInWords(v1::FallbackReason reason) {
  switch (reason) {
    case v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE:
      return "could not be reached";
    case v1::FALLBACK_REASON_BUDGET_EXHAUSTED:
      return "had no budget left for the day";
    case v1::FALLBACK_REASON_BUDGET_UNKNOWN:
      return "was not asked, because its budget was unknown";
    case v1::FALLBACK_REASON_REFUSED:
      return "refused to answer";
    case v1::FALLBACK_REASON_TRUNCATED:
      return "did not finish its answer";
    case v1::FALLBACK_REASON_INVALID_OUTPUT:
      return "gave an answer that is not a card";
    case v1::FALLBACK_REASON_UNGROUNDED:
      return "wrote what the source does not say";
    default:
      return "was not used";
  }
}

std::string GroundingInWords(const v1::Provenance& provenance) {
  if (provenance.grounding().empty()) return "";
  const auto any = [&provenance](v1::GroundingOutcome outcome) {
    return std::any_of(
        provenance.grounding().begin(), provenance.grounding().end(),
        [outcome](const v1::GroundingVerdict& verdict) { return verdict.outcome() == outcome; });
  };
  if (any(v1::GROUNDING_OUTCOME_REMOVED)) return " What its source did not bear out was removed.";
  return any(v1::GROUNDING_OUTCOME_FLAGGED)
             ? " Every number on it occurs in its source or follows from it."
             : " Every number on it occurs in its source.";
}

}  // namespace

std::string LongDate(std::string_view date) {
  const auto day = calendar::ParseDate(date);
  if (!day) return std::string(date);
  return fmt::format("{} {} {} {}", WeekdayOf(*day), day->day(), MonthOf(*day), day->year());
}

std::string ShortDate(std::string_view date) {
  const auto day = calendar::ParseDate(date);
  if (!day) return std::string(date);
  return fmt::format("{} {} {}", WeekdayOf(*day).substr(0, 3), day->day(), MonthOf(*day));
}

std::string TimeInWords(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  const absl::CivilMinute minute =
      absl::ToCivilMinute(absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
  return fmt::format("{} {} {}, {:02}:{:02} UTC", minute.day(), MonthOf(absl::CivilDay(minute)),
                     minute.year(), minute.hour(), minute.minute());
}

std::string Counted(uint32_t count, std::string_view one, std::string_view many) {
  std::string digits = std::to_string(count);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return fmt::format("{} {}", digits, count == 1 ? one : many);
}

std::string LedgerLine(const v1::LedgerDay& day) {
  std::string line = fmt::format("{} of {}", day.served(),
                                 Counted(day.declared(), "announced paper", "announced papers"));
  const auto add = [&](uint32_t count, std::string_view what) {
    if (count > 0) line += fmt::format(" · {} {}", count, what);
  };
  add(day.pending(), "pending");
  add(day.dead_lettered(), "dead-lettered");
  add(day.missing(), "missing");
  add(day.excluded(), "left out");
  return line;
}

std::string_view StateSlug(v1::FeedState state) {
  switch (state) {
    case v1::FEED_STATE_FRESH:
      return "fresh";
    case v1::FEED_STATE_WAITING:
      return "waiting";
    case v1::FEED_STATE_QUIET:
      return "quiet";
    case v1::FEED_STATE_STALLED:
      return "stalled";
    case v1::FEED_STATE_DEGRADED:
      return "degraded";
    case v1::FEED_STATE_FAILED:
      return "failed";
    case v1::FEED_STATE_RECORDED:
      return "recorded";
    default:
      return "unknown";
  }
}

std::string_view StateName(v1::FeedState state) {
  switch (state) {
    case v1::FEED_STATE_FRESH:
      return "Up to date.";
    case v1::FEED_STATE_WAITING:
      return "Waiting for arXiv.";
    case v1::FEED_STATE_QUIET:
      return "A quiet day.";
    case v1::FEED_STATE_STALLED:
      return "Overdue.";
    case v1::FEED_STATE_DEGRADED:
      return "Incomplete.";
    case v1::FEED_STATE_FAILED:
      return "Not updating.";
    case v1::FEED_STATE_RECORDED:
      return "A recording.";
    default:
      return "";
  }
}

std::string_view StageName(v1::Stage stage) {
  switch (stage) {
    case v1::STAGE_DECLARED:
      return "declared";
    case v1::STAGE_INGESTED:
      return "ingested";
    case v1::STAGE_SUMMARIZED:
      return "summarized";
    case v1::STAGE_TAGGED:
      return "tagged";
    case v1::STAGE_SERVED:
      return "served";
    default:
      return "unknown";
  }
}

std::string PrecisionInWords(const v1::TagDescription& tag) {
  const auto percent = [](float share) { return std::lround(share * 100); };
  return fmt::format(
      "Held against a language model's labels under our guideline: it agreed in {} of the {} "
      "papers "
      "that got the tag, {} % (95 % interval {}–{} %).",
      std::lround(tag.precision() * static_cast<float>(tag.measured_on())), tag.measured_on(),
      percent(tag.precision()), percent(tag.precision_low()), percent(tag.precision_high()));
}

std::string ProvenanceInWords(const v1::Entry& entry) {
  const v1::Provenance& provenance = entry.summary().provenance();
  std::string words = provenance.summarizer() == v1::SUMMARIZER_KIND_LLM
                          ? "Written by a language model"
                          : "Made by the embedded summarizer";
  if (!provenance.model().empty()) words += fmt::format(" ({})", provenance.model());
  if (!provenance.prompt_version().empty()) {
    words += fmt::format(", prompt {},", provenance.prompt_version());
  }
  words += provenance.source() == v1::SUMMARY_SOURCE_FULL_TEXT ? " from the full text"
                                                               : " from the abstract";
  if (provenance.paper_version() > 0) words += fmt::format(" of v{}", provenance.paper_version());
  const std::string when = TimeInWords(provenance.create_time());
  if (!when.empty()) words += " on " + when;
  words += ".";
  words += GroundingInWords(provenance);
  if (provenance.fallback_reason() != v1::FALLBACK_REASON_UNSPECIFIED) {
    words += fmt::format(" It stands in because the language model {}.",
                         FallbackInWords(provenance.fallback_reason()));
  }
  if (!entry.tag_provenance().model().empty()) {
    words += fmt::format(" Tags by {}{}.", entry.tag_provenance().model(),
                         entry.tag_provenance().low_confidence() ? ", with low confidence" : "");
  }
  return words;
}

}  // namespace paperwire::serve
