#include "libs/calendar/feed_state.h"

#include "libs/calendar/calendar.h"

namespace paperwire::calendar {
namespace {

constexpr int kFailedInARow = 3;
constexpr absl::Duration kSilent = absl::Hours(24);
constexpr absl::Duration kOverdue = absl::Hours(12);

std::string WeekdayName(absl::CivilDay day) {
  return absl::FormatTime("%A", absl::FromCivil(day, absl::UTCTimeZone()), absl::UTCTimeZone());
}

std::string Batch(absl::CivilDay day) {
  return WeekdayName(day) + "'s batch (" + FormatDate(day) + ")";
}

std::string Utc(absl::Time time) {
  return absl::FormatTime("%H:%M UTC", time, absl::UTCTimeZone());
}

// "the next is due on Monday at 04:00 UTC".
std::string NextDue(absl::CivilDay today) {
  absl::CivilDay next = today + 1;
  while (!IsAnnouncementDate(next)) ++next;
  return "the next is due on " + WeekdayName(next) + " at " + Utc(FeedTurn(next));
}

std::string WhyQuietInWords(absl::CivilDay today) {
  const std::string_view why = WhyQuiet(today);
  if (why == "holiday") return "arXiv announces nothing today because of a holiday";
  return "arXiv announces nothing on " + std::string(why) + "s";
}

absl::Time EndOf(const v1::Cycle& cycle) {
  const auto& end = cycle.has_end_time() ? cycle.end_time() : cycle.start_time();
  return absl::FromUnixSeconds(end.seconds());
}

std::string WhyFailed(const FeedFacts& facts) {
  if (facts.failed_cycles >= kFailedInARow) {
    std::string sentence =
        "The last " + std::to_string(facts.failed_cycles) + " looks at arXiv failed";
    if (facts.last_cycle && !facts.last_cycle->error().empty()) {
      sentence += ": " + facts.last_cycle->error();
    }
    return sentence + ".";
  }
  if (facts.last_cycle && facts.now - EndOf(*facts.last_cycle) >= kSilent) {
    return "Nobody has looked at arXiv since " +
           absl::FormatTime("%Y-%m-%d %H:%M UTC", EndOf(*facts.last_cycle), absl::UTCTimeZone()) +
           ".";
  }
  return "";
}

}  // namespace

FeedVerdict DecideFeedState(const FeedFacts& facts) {
  if (facts.sample) {
    return {v1::FEED_STATE_RECORDED, "This is the invented sample day that comes with Paperwire."};
  }
  if (facts.recorded) {
    std::string sentence = "This is a replay of recorded answers";
    if (facts.newest_batch) sentence += " up to " + FormatDate(*facts.newest_batch);
    return {v1::FEED_STATE_RECORDED, sentence + "."};
  }
  if (std::string why = WhyFailed(facts); !why.empty()) return {v1::FEED_STATE_FAILED, why};

  const absl::CivilDay today = DateInNewYork(facts.now);
  const absl::CivilDay due = NewestDue(facts.now);
  const bool missing = !facts.newest_batch || *facts.newest_batch < due;
  const bool quiet_today = !IsAnnouncementDate(today);
  // A first start on a Saturday has missed nothing that the feeds still hold.
  const bool first_and_quiet = !facts.newest_batch && quiet_today;
  if (missing && !first_and_quiet && facts.now - FeedTurn(due) >= kOverdue) {
    return {v1::FEED_STATE_STALLED, Batch(due) + " was due on " + WeekdayName(due) + " at " +
                                        Utc(FeedTurn(due)) + " and is still not out."};
  }
  if (facts.last_cycle && facts.last_cycle->outcome() == v1::CYCLE_OUTCOME_PARTIAL) {
    return {v1::FEED_STATE_DEGRADED,
            "A part of arXiv's answer is missing: " + facts.last_cycle->error() + "."};
  }
  if (facts.declared > 0 && facts.troubled * 10 > facts.declared) {
    return {v1::FEED_STATE_DEGRADED,
            std::to_string(facts.troubled) + " of " + std::to_string(facts.declared) +
                " papers of the newest batch are incomplete, waiting or given up."};
  }
  if (missing && !first_and_quiet) {
    return {v1::FEED_STATE_WAITING,
            Batch(due) + " is due since " + Utc(FeedTurn(due)) + " and not out yet."};
  }
  std::string sentence;
  if (facts.newest_batch) sentence = Batch(*facts.newest_batch) + " is served; ";
  if (quiet_today) {
    sentence += WhyQuietInWords(today) + "; " + NextDue(today) + ".";
    return {v1::FEED_STATE_QUIET, sentence};
  }
  return {v1::FEED_STATE_FRESH, sentence + NextDue(today) + "."};
}

}  // namespace paperwire::calendar
