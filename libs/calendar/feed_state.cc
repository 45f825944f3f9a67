#include "libs/calendar/feed_state.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "fmt/format.h"
#include "libs/calendar/calendar.h"
#include "libs/calendar/feed_words.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/volume.h"

namespace paperwire::calendar {
namespace {

constexpr int kFailedInARow = 3;
// A cycle may take an hour, and starts a little after its time.
constexpr absl::Duration kGrace = absl::Minutes(90);
constexpr absl::Duration kOverdue = absl::Hours(12);
constexpr absl::Duration kRefusal = absl::Hours(24);
// Until then papers on their way are no trouble.
constexpr absl::Duration kOnTheWay = absl::Hours(1);

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds());
}

absl::Time EndOf(const v1::Cycle& cycle) {
  return TimeOf(cycle.has_end_time() ? cycle.end_time() : cycle.start_time());
}

bool Refused(const v1::Cycle& cycle) {
  return std::any_of(
      cycle.sources().begin(), cycle.sources().end(),
      [](const v1::SourceOutcome& source) { return source.outcome() == "forbidden"; });
}

// What follows from the facts before anything is judged.
struct View {
  explicit View(const FeedFacts& facts)
      : today(DateInNewYork(facts.now)), due(NewestDue(facts.now)) {
    if (!facts.batch_dates.empty()) newest = *facts.batch_dates.rbegin();
    missing = !newest || *newest < due;
    late = facts.now - FeedTurn(due);
    asked = facts.last_cycle && EndOf(*facts.last_cycle) >= FeedTurn(due);
    told = asked && facts.last_cycle->outcome() != v1::CYCLE_OUTCOME_FAILED;
    quiet_start = !newest && !IsAnnouncementDate(today);
  }

  const absl::CivilDay today;
  const absl::CivilDay due;
  std::optional<absl::CivilDay> newest;
  // The newest batch due is not in.
  bool missing = false;
  // For how long it has been due.
  absl::Duration late;
  // ingest has asked since it was due; and the last time it was answered.
  bool asked = false;
  bool told = false;
  // A first start on a Saturday has missed nothing that is still to come.
  bool quiet_start = false;
};

std::string WhyFailed(const FeedFacts& facts) {
  if (!facts.last_cycle) {
    const absl::Duration watched = facts.now - facts.watching_since;
    if (watched < facts.every + kGrace) return "";
    return fmt::format("ingest has not ended a look at arXiv in the {} that this feed is watched.",
                       HowLong(watched));
  }
  const absl::Time end = EndOf(*facts.last_cycle);
  const absl::Duration silent = facts.now - end;
  if (Refused(*facts.last_cycle) && silent < kRefusal) {
    return fmt::format("arXiv refused us (403) at {} and is not asked again before {}.",
                       TimeInUtc(end), TimeInUtc(end + kRefusal));
  }
  if (silent >= facts.every + kGrace) {
    return fmt::format("ingest has not ended a look at arXiv since {}, for {}.", TimeInUtc(end),
                       HowLong(silent));
  }
  if (facts.failed_cycles < kFailedInARow) return "";
  return fmt::format("The last {} looks at arXiv failed: {}.", facts.failed_cycles,
                     WhyNotWhole(*facts.last_cycle));
}

// Whether the batch may be missing only because of a holiday that the table cannot know of.
std::string MayBeAHoliday(absl::CivilDay date) {
  const absl::CivilDay eve = date - 1;
  if (eve <= HolidaysKnownUntil()) return "";
  return fmt::format(" arXiv's holidays of {} are not known here: this may be one.", eve.year());
}

std::string WhyStalled(const View& view) {
  if (!view.missing || view.quiet_start || view.late < kOverdue) return "";
  // Just started: nobody knows yet whether it is out.
  if (!view.asked && !view.newest) return "";
  return fmt::format("{} was due on {} at {}, {} ago, and {}.{}", BatchName(view.due),
                     WeekdayName(view.due), HourInUtc(FeedTurn(view.due)), HowLong(view.late),
                     view.told ? "is still not out" : "is still not in", MayBeAHoliday(view.due));
}

// What the last cycle did not get.
struct Gaps {
  // The categories that no earlier cycle got either: "stat.ML (truncated)".
  std::string categories;
  // Something of no category, or nothing that has to do with a source.
  bool other = false;
};

Gaps FindGaps(const FeedFacts& facts, const View& view) {
  const auto is_in_batch = [&](const std::string& category) {
    if (view.missing || facts.newest_batch == nullptr) return false;
    const auto& counts = facts.newest_batch->declared();
    return std::any_of(counts.begin(), counts.end(), [&](const v1::DeclaredCount& count) {
      return count.category() == category;
    });
  };
  Gaps gaps;
  bool any = false;
  std::set<std::string> named;
  for (const v1::SourceOutcome& source : facts.last_cycle->sources()) {
    const std::string& category = source.category();
    if (IsWholeAnswer(source.outcome())) continue;
    any = true;
    if (category.empty()) gaps.other = true;
    const bool entries_lost =
        source.outcome() == "incomplete" || source.outcome() == "entries-missing";
    if (is_in_batch(category) && !entries_lost) continue;
    if (category.empty() || !named.insert(category).second) continue;
    gaps.categories += fmt::format("{}{} ({})", gaps.categories.empty() ? "" : ", ",
                                   AsPart(category), AsPart(source.outcome()));
  }
  if (!any) gaps.other = true;
  return gaps;
}

bool IsPartial(const FeedFacts& facts) {
  return facts.last_cycle && facts.last_cycle->outcome() == v1::CYCLE_OUTCOME_PARTIAL;
}

std::string WhyPartial(const FeedFacts& facts, const View& view) {
  if (!IsPartial(facts)) return "";
  const Gaps gaps = FindGaps(facts, view);
  if (!gaps.categories.empty()) {
    return fmt::format("arXiv's last answer lacks {}.", gaps.categories);
  }
  if (!gaps.other) return "";
  return fmt::format("A part of the last look at arXiv failed: {}.",
                     WhyNotWhole(*facts.last_cycle));
}

std::string WhyTooSmall(const FeedFacts& facts) {
  if (facts.newest_batch == nullptr) return "";
  const auto shortfall = FindShortfall(*facts.newest_batch, facts.categories);
  if (!shortfall) return "";
  const auto date = ParseDate(facts.newest_batch->announced());
  return fmt::format("{} has {} new {}{}; {} to {} are usual.", BatchName(*date), shortfall->papers,
                     shortfall->papers == 1 ? "paper" : "papers",
                     shortfall->category.empty() ? "" : " in " + shortfall->category,
                     shortfall->usual.low, shortfall->usual.high);
}

bool StillArriving(const FeedFacts& facts) {
  return facts.newest_batch != nullptr &&
         facts.now - TimeOf(facts.newest_batch->create_time()) < kOnTheWay;
}

std::string WhyTroubled(const FeedFacts& facts, const View& view) {
  const int waiting = StillArriving(facts) ? 0 : facts.pending;
  const int troubled = facts.fallbacks + facts.lost + waiting;
  if (facts.declared <= 0 || troubled * 10 <= facts.declared) return "";
  std::string parts;
  const auto add = [&parts](int count, std::string_view what) {
    if (count > 0) parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", count, what);
  };
  add(facts.fallbacks, "with a simpler summary than asked for");
  add(waiting, "still on their way");
  add(facts.lost, "given up or missing");
  return fmt::format("Of the {} papers of {} too many are in trouble: {}.", facts.declared,
                     view.newest ? BatchName(*view.newest) : "the newest batch", parts);
}

// A date between two batches without one.
std::string WhyAHole(const FeedFacts& facts) {
  if (facts.batch_dates.empty()) return "";
  const absl::CivilDay newest = *facts.batch_dates.rbegin();
  const absl::CivilDay oldest = std::max(*facts.batch_dates.begin(), OldestInWindow(newest));
  for (absl::CivilDay date = newest - 1; date > oldest; --date) {
    if (!IsAnnouncementDate(date) || facts.batch_dates.contains(date)) continue;
    return fmt::format("{} is not here: it was missed, or arXiv put it off.{}", BatchName(date),
                       MayBeAHoliday(date));
  }
  return "";
}

std::string WhyDegraded(const FeedFacts& facts, const View& view) {
  // A batch that comes in the evening carries the next day's date.
  if (view.newest && *view.newest > view.today + 1) {
    return fmt::format("{} is dated in the future: a clock or arXiv's answer is wrong.",
                       BatchName(*view.newest));
  }
  if (std::string why = WhyPartial(facts, view); !why.empty()) return why;
  if (std::string why = WhyTooSmall(facts); !why.empty()) return why;
  if (std::string why = WhyTroubled(facts, view); !why.empty()) return why;
  return WhyAHole(facts);
}

std::string WhyWaiting(const FeedFacts& facts, const View& view) {
  if (!view.missing) return "";
  if (!facts.last_cycle && !view.newest) {
    return fmt::format("Nothing has come from arXiv yet; {} is the newest that is due.",
                       BatchName(view.due));
  }
  if (view.quiet_start) return "";
  std::string sentence = fmt::format("{} has been due since {}, for {}, and ", BatchName(view.due),
                                     HourInUtc(FeedTurn(view.due)), HowLong(view.late));
  if (view.told) return sentence + "is not out yet." + MayBeAHoliday(view.due);
  return sentence + (view.asked ? "is not in yet." : "has not been asked for yet.");
}

// What does not change the state but should be known.
std::string Notes(const FeedFacts& facts, const View& view) {
  std::string notes;
  if (facts.failed_cycles > 0 && facts.last_cycle) {
    notes += fmt::format(" The last look at arXiv failed: {}.", WhyNotWhole(*facts.last_cycle));
  }
  // All that it lacked is here since an earlier one.
  if (IsPartial(facts)) {
    notes += fmt::format(" A part of the last look at arXiv failed: {}.",
                         WhyNotWhole(*facts.last_cycle));
  }
  if (facts.pending > 0 && StillArriving(facts)) {
    notes += fmt::format(" {} of {} papers are still on their way.", facts.pending, facts.declared);
  }
  if (view.newest) {
    const absl::CivilDay oldest = *facts.batch_dates.begin();
    int earlier = 0;
    for (absl::CivilDay date = OldestInWindow(std::max(view.today, *view.newest)); date < oldest;
         ++date) {
      if (IsAnnouncementDate(date)) ++earlier;
    }
    if (earlier > 0) {
      notes += earlier == 1 ? " An earlier batch of these seven days is not in yet."
                            : fmt::format(" {} earlier batches of these seven days are not in yet.",
                                          earlier);
    }
  }
  return notes;
}

}  // namespace

bool IsWholeAnswer(std::string_view outcome) {
  static constexpr std::array<std::string_view, 6> kWhole = {
      "ok", "empty", "unchanged", "no-records-match", "no-papers-asked", "skipped"};
  return std::find(kWhole.begin(), kWhole.end(), outcome) != kWhole.end();
}

FeedVerdict DecideFeedState(const FeedFacts& facts) {
  if (facts.sample) {
    return {v1::FEED_STATE_RECORDED, "This is the invented sample day that comes with Paperwire."};
  }
  const View view(facts);
  if (facts.recorded) {
    std::string sentence = "This is a replay of recorded answers";
    if (view.newest) sentence += " up to " + FormatDate(*view.newest);
    return {v1::FEED_STATE_RECORDED, sentence + "."};
  }
  if (std::string why = WhyFailed(facts); !why.empty()) return {v1::FEED_STATE_FAILED, why};
  if (std::string why = WhyStalled(view); !why.empty()) {
    return {v1::FEED_STATE_STALLED, why};
  }
  if (std::string why = WhyDegraded(facts, view); !why.empty()) {
    return {v1::FEED_STATE_DEGRADED, why};
  }
  const std::string notes = Notes(facts, view);
  if (std::string why = WhyWaiting(facts, view); !why.empty()) {
    return {v1::FEED_STATE_WAITING, why + notes};
  }
  std::string sentence;
  if (view.newest) sentence = BatchName(*view.newest) + " is served; ";
  // arXiv's word counts more than the table of holidays.
  if (view.newest && *view.newest >= view.today) {
    return {v1::FEED_STATE_FRESH, sentence + NextDueInWords(*view.newest) + "." + notes};
  }
  std::string why = WhyQuietInWords(view.today);
  return {v1::FEED_STATE_QUIET, sentence + why + "; " + NextDueInWords(view.today) + "." + notes};
}

}  // namespace paperwire::calendar
