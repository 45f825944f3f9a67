#include "libs/calendar/feed_state.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/calendar.h"
#include "libs/calendar/holidays.h"
#include "tests/unit/calendar/instants.h"

namespace paperwire::calendar {
namespace {

using testing::HasSubstr;
using testing::Not;

// Tuesday morning with all of the day's batch in, and the facts to change.
class FeedState : public testing::Test {
 protected:
  FeedState() {
    facts_.now = At("2026-06-16T09:00:00Z");
    facts_.categories = {"cs.LG", "stat.ML"};
    facts_.declared = 100;
    facts_.last_cycle.emplace().set_outcome(v1::CYCLE_OUTCOME_PUBLISHED);
    LookedAt(facts_.now - absl::Hours(1));
    Ask("cs.LG", "ok");
    Ask("stat.ML", "ok");
    facts_.newest_batch = &batch_;
    Serve(Day(2026, 6, 16));
    Declare("cs.LG", 190);
    Declare("stat.ML", 14);
    batch_.mutable_create_time()->set_seconds(absl::ToUnixSeconds(facts_.now - absl::Minutes(200)));
  }

  // Every batch of the window up to this one is in.
  void Serve(Day newest) {
    facts_.batch_dates.clear();
    for (Day date = OldestInWindow(newest); date <= newest; ++date) {
      if (IsAnnouncementDate(date)) facts_.batch_dates.insert(date);
    }
    batch_.set_announced(FormatDate(newest));
  }
  void LookedAt(absl::Time end) {
    facts_.last_cycle->mutable_end_time()->set_seconds(absl::ToUnixSeconds(end));
  }
  void Ask(const char* category, const char* outcome) {
    v1::SourceOutcome& source = *facts_.last_cycle->add_sources();
    source.set_category(category);
    source.set_outcome(outcome);
  }
  void Declare(const char* category, uint32_t papers) {
    v1::DeclaredCount& count = *batch_.add_declared();
    count.set_category(category);
    count.set_section(v1::ANNOUNCE_TYPE_NEW);
    count.set_count(papers);
  }
  // Goes to this instant; ingest looked an hour before.
  void GoTo(const char* now) {
    facts_.now = At(now);
    LookedAt(facts_.now - absl::Hours(1));
  }
  void Expect(v1::FeedState state, const std::string& sentence) const {
    const FeedVerdict verdict = DecideFeedState(facts_);
    EXPECT_EQ(v1::FeedState_Name(verdict.state), v1::FeedState_Name(state));
    EXPECT_EQ(verdict.sentence, sentence);
  }

  v1::Batch batch_;
  FeedFacts facts_;
};

TEST_F(FeedState, IsFreshWithTodaysBatch) {
  Expect(v1::FEED_STATE_FRESH,
         "Tuesday's batch (2026-06-16) is served; the next is due on Wednesday at 04:00 UTC.");
}

TEST_F(FeedState, TellsTheNextTurnRightAcrossBothClockChanges) {
  GoTo("2026-03-06T12:00:00Z");
  Serve(Day(2026, 3, 6));
  Expect(v1::FEED_STATE_FRESH,
         "Friday's batch (2026-03-06) is served; the next is due on Monday at 04:00 UTC.");
  GoTo("2026-10-30T12:00:00Z");
  Serve(Day(2026, 10, 30));
  Expect(v1::FEED_STATE_FRESH,
         "Friday's batch (2026-10-30) is served; the next is due on Monday at 05:00 UTC.");
}

TEST_F(FeedState, TellsThatAHolidayIsNext) {
  GoTo("2026-11-26T12:00:00Z");
  Serve(Day(2026, 11, 26));
  Expect(v1::FEED_STATE_FRESH,
         "Thursday's batch (2026-11-26) is served; the next is due on Monday at 05:00 UTC (none "
         "on Friday because of Thanksgiving).");
}

TEST_F(FeedState, IsFreshWithABatchThatComesOnTheEveningBefore) {
  GoTo("2026-06-17T02:00:00Z");
  Serve(Day(2026, 6, 17));
  Expect(v1::FEED_STATE_FRESH,
         "Wednesday's batch (2026-06-17) is served; the next is due on Thursday at 04:00 UTC.");
}

TEST_F(FeedState, BelievesArxivMoreThanTheTableOfHolidays) {
  GoTo("2026-06-22T12:00:00Z");
  Serve(Day(2026, 6, 19));
  facts_.batch_dates.insert(Day(2026, 6, 22));
  batch_.set_announced("2026-06-22");
  Expect(v1::FEED_STATE_FRESH,
         "Monday's batch (2026-06-22) is served; the next is due on Tuesday at 04:00 UTC.");
}

TEST_F(FeedState, IsQuietOnWeekends) {
  GoTo("2026-06-13T12:00:00Z");
  Serve(Day(2026, 6, 12));
  Expect(v1::FEED_STATE_QUIET,
         "Friday's batch (2026-06-12) is served; arXiv announces nothing on Saturdays and "
         "Sundays; the next is due on Monday at 04:00 UTC.");
}

TEST_F(FeedState, NamesTheHolidayOfAQuietDay) {
  GoTo("2026-06-20T12:00:00Z");
  Serve(Day(2026, 6, 19));
  Expect(v1::FEED_STATE_QUIET,
         "Friday's batch (2026-06-19) is served; arXiv announces nothing on Saturdays and "
         "Sundays; the next is due on Tuesday at 04:00 UTC (none on Monday because of "
         "Juneteenth).");
  GoTo("2026-06-22T12:00:00Z");
  Expect(v1::FEED_STATE_QUIET,
         "Friday's batch (2026-06-19) is served; arXiv announces nothing today because of "
         "Juneteenth; the next is due on Tuesday at 04:00 UTC.");
}

TEST_F(FeedState, WaitsForABatchThatIsDue) {
  GoTo("2026-06-17T09:00:00Z");
  Expect(v1::FEED_STATE_WAITING,
         "Wednesday's batch (2026-06-17) has been due since 04:00 UTC, for 5 hours, and is not "
         "out yet.");
  LookedAt(At("2026-06-17T03:00:00Z"));
  Expect(v1::FEED_STATE_WAITING,
         "Wednesday's batch (2026-06-17) has been due since 04:00 UTC, for 5 hours, and has not "
         "been asked for yet.");
}

TEST_F(FeedState, TellsWhyTheLastLookFailedWhileItWaits) {
  GoTo("2026-06-17T09:00:00Z");
  facts_.failed_cycles = 1;
  facts_.last_cycle->set_outcome(v1::CYCLE_OUTCOME_FAILED);
  facts_.last_cycle->clear_sources();
  Ask("cs.LG", "rate-limited");
  Expect(v1::FEED_STATE_WAITING,
         "Wednesday's batch (2026-06-17) has been due since 04:00 UTC, for 5 hours, and is not in "
         "yet. The last look at arXiv failed: arXiv says that it is asked too often "
         "(rate-limited).");
}

TEST_F(FeedState, StallsTwelveHoursLate) {
  GoTo("2026-06-17T15:59:00Z");
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_WAITING);
  GoTo("2026-06-17T16:00:00Z");
  Expect(v1::FEED_STATE_STALLED,
         "Wednesday's batch (2026-06-17) was due on Wednesday at 04:00 UTC, 12 hours ago, and is "
         "still not out.");
}

// In the July after the table's end.
TEST_F(FeedState, SaysThatHolidaysBeyondTheTableAreNotKnown) {
  const int year = static_cast<int>(HolidaysKnownUntil().year()) + 1;
  Day date(year, 7, 6);
  while (!IsAnnouncementDate(date)) ++date;
  const Day before = [date] {
    Day day = date - 1;
    while (!IsAnnouncementDate(day)) --day;
    return day;
  }();
  const std::string unknown =
      "arXiv's holidays of " + std::to_string(year) + " are not known here: this may be one.";
  Serve(before);
  GoTo((FormatDate(date) + "T09:00:00Z").c_str());
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_WAITING);
  EXPECT_THAT(DecideFeedState(facts_).sentence, HasSubstr(unknown));
  GoTo((FormatDate(date) + "T17:00:00Z").c_str());
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_STALLED);
  EXPECT_THAT(DecideFeedState(facts_).sentence, HasSubstr(unknown));
  // Once the next batch is out it is a hole in the week, and may still be a holiday.
  Day next = date + 1;
  while (!IsAnnouncementDate(next)) ++next;
  Serve(next);
  facts_.batch_dates.erase(date);
  GoTo((FormatDate(next) + "T09:00:00Z").c_str());
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_DEGRADED);
  EXPECT_THAT(DecideFeedState(facts_).sentence, HasSubstr(unknown));
}

TEST_F(FeedState, StaysStalledOverTheWeekend) {
  GoTo("2026-06-14T12:00:00Z");
  Serve(Day(2026, 6, 11));
  Expect(v1::FEED_STATE_STALLED,
         "Friday's batch (2026-06-12) was due on Friday at 04:00 UTC, 2 days ago, and is still "
         "not out.");
}

TEST_F(FeedState, WaitsOnAFirstStartHoweverLateTheDay) {
  facts_.batch_dates.clear();
  facts_.newest_batch = nullptr;
  facts_.last_cycle.reset();
  facts_.now = At("2026-06-16T20:00:00Z");
  facts_.watching_since = facts_.now - absl::Minutes(1);
  Expect(v1::FEED_STATE_WAITING,
         "Nothing has come from arXiv yet; Tuesday's batch (2026-06-16) is the newest that is "
         "due.");
}

TEST_F(FeedState, IsQuietOnAFirstStartAtAWeekendOnceItHasLooked) {
  facts_.batch_dates.clear();
  facts_.newest_batch = nullptr;
  GoTo("2026-06-13T12:00:00Z");
  Expect(v1::FEED_STATE_QUIET,
         "arXiv announces nothing on Saturdays and Sundays; the next is due on Monday at 04:00 "
         "UTC.");
}

TEST_F(FeedState, TellsThatEarlierDaysAreStillToCome) {
  facts_.batch_dates = {Day(2026, 6, 16)};
  Expect(v1::FEED_STATE_FRESH,
         "Tuesday's batch (2026-06-16) is served; the next is due on Wednesday at 04:00 UTC. 4 "
         "earlier batches of these seven days are not in yet.");
  facts_.batch_dates = {Day(2026, 6, 11), Day(2026, 6, 12), Day(2026, 6, 15), Day(2026, 6, 16)};
  EXPECT_THAT(DecideFeedState(facts_).sentence,
              HasSubstr("An earlier batch of these seven days is not in yet."));
}

TEST_F(FeedState, FailsAfterThreeFailedLooks) {
  facts_.last_cycle->set_outcome(v1::CYCLE_OUTCOME_FAILED);
  facts_.last_cycle->set_error("2 of 2 sources failed: cs.LG:\n truncated.");
  facts_.failed_cycles = 2;
  Expect(v1::FEED_STATE_FRESH,
         "Tuesday's batch (2026-06-16) is served; the next is due on Wednesday at 04:00 UTC. The "
         "last look at arXiv failed: 2 of 2 sources failed: cs.LG: truncated.");
  facts_.failed_cycles = 3;
  Expect(v1::FEED_STATE_FAILED,
         "The last 3 looks at arXiv failed: 2 of 2 sources failed: cs.LG: truncated.");
  facts_.last_cycle->clear_error();
  Expect(v1::FEED_STATE_FAILED, "The last 3 looks at arXiv failed: ingest does not say why.");
}

TEST_F(FeedState, FailsBeforeItStalls) {
  GoTo("2026-06-17T20:00:00Z");
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_STALLED);
  facts_.failed_cycles = 3;
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_FAILED);
}

TEST_F(FeedState, FailsWhenIngestFallsSilent) {
  LookedAt(facts_.now - absl::Minutes(9 * 60 + 29));
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_FRESH);
  LookedAt(facts_.now - absl::Minutes(9 * 60 + 30));
  Expect(v1::FEED_STATE_FAILED,
         "ingest has not ended a look at arXiv since 2026-06-15 23:30 UTC, for 9 hours.");
  facts_.every = absl::Hours(24);
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_FRESH);
}

TEST_F(FeedState, FailsWhenIngestNeverCame) {
  facts_.last_cycle.reset();
  facts_.watching_since = facts_.now - absl::Hours(9);
  EXPECT_NE(DecideFeedState(facts_).state, v1::FEED_STATE_FAILED);
  facts_.watching_since = facts_.now - absl::Hours(10);
  Expect(v1::FEED_STATE_FAILED,
         "ingest has not ended a look at arXiv in the 10 hours that this feed is watched.");
}

TEST_F(FeedState, FailsForADayWhenArxivRefuses) {
  facts_.last_cycle->clear_sources();
  Ask("cs.LG", "forbidden");
  facts_.last_cycle->set_outcome(v1::CYCLE_OUTCOME_PARTIAL);
  Expect(v1::FEED_STATE_FAILED,
         "arXiv refused us (403) at 2026-06-16 08:00 UTC and is not asked again before 2026-06-17 "
         "08:00 UTC.");
  facts_.now = At("2026-06-17T07:59:00Z");
  EXPECT_THAT(DecideFeedState(facts_).sentence, HasSubstr("before 2026-06-17 08:00 UTC"));
  facts_.now = At("2026-06-17T08:00:00Z");
  Expect(v1::FEED_STATE_FAILED,
         "ingest has not ended a look at arXiv since 2026-06-16 08:00 UTC, for 24 hours.");
}

TEST_F(FeedState, NamesTheCategoryThatIsMissing) {
  facts_.last_cycle->set_outcome(v1::CYCLE_OUTCOME_PARTIAL);
  facts_.last_cycle->clear_sources();
  Ask("cs.LG", "ok");
  Ask("stat.ML", "truncated");
  batch_.clear_declared();
  Declare("cs.LG", 190);
  Expect(v1::FEED_STATE_DEGRADED, "arXiv's last answer lacks stat.ML (truncated).");
}

TEST_F(FeedState, MissesNoCategoryThatAnEarlierLookGot) {
  facts_.last_cycle->set_outcome(v1::CYCLE_OUTCOME_PARTIAL);
  facts_.last_cycle->set_error("1 of 2 sources failed: stat.ML: truncated");
  facts_.last_cycle->clear_sources();
  Ask("cs.LG", "ok");
  Ask("stat.ML", "truncated");
  Expect(v1::FEED_STATE_FRESH,
         "Tuesday's batch (2026-06-16) is served; the next is due on Wednesday at 04:00 UTC. A "
         "part of the last look at arXiv failed: 1 of 2 sources failed: stat.ML: truncated.");
  facts_.last_cycle->mutable_sources(1)->set_outcome("incomplete");
  Expect(v1::FEED_STATE_DEGRADED, "arXiv's last answer lacks stat.ML (incomplete).");
}

TEST_F(FeedState, IsDegradedWhenALookFailedInAPartThatIsNoCategory) {
  facts_.last_cycle->set_outcome(v1::CYCLE_OUTCOME_PARTIAL);
  facts_.last_cycle->set_error("Kafka does not answer");
  Expect(v1::FEED_STATE_DEGRADED,
         "A part of the last look at arXiv failed: Kafka does not answer.");
}

TEST_F(FeedState, IsDegradedWhenABatchIsFarTooSmall) {
  batch_.clear_declared();
  Declare("cs.LG", 10);
  Declare("stat.ML", 2);
  Expect(v1::FEED_STATE_DEGRADED,
         "Tuesday's batch (2026-06-16) has 12 new papers; 149 to 292 are usual.");
}

TEST_F(FeedState, IsDegradedWhenOneCategoryIsFarTooSmall) {
  batch_.clear_declared();
  Declare("cs.LG", 190);
  Declare("stat.ML", 1);
  Expect(v1::FEED_STATE_DEGRADED,
         "Tuesday's batch (2026-06-16) has 1 new paper in stat.ML; 5 to 27 are usual.");
}

TEST_F(FeedState, IsDegradedAboveATenthInTrouble) {
  facts_.fallbacks = 4;
  facts_.pending = 3;
  facts_.lost = 3;
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_FRESH);
  facts_.lost = 4;
  Expect(v1::FEED_STATE_DEGRADED,
         "Of the 100 papers of Tuesday's batch (2026-06-16) too many are in trouble: 4 with a "
         "simpler summary than asked for, 3 still on their way, 4 given up or missing.");
}

TEST_F(FeedState, IsNotDegradedWhileABatchIsBeingWorkedOff) {
  facts_.pending = 90;
  batch_.mutable_create_time()->set_seconds(absl::ToUnixSeconds(facts_.now - absl::Minutes(59)));
  Expect(v1::FEED_STATE_FRESH,
         "Tuesday's batch (2026-06-16) is served; the next is due on Wednesday at 04:00 UTC. 90 "
         "of 100 papers are still on their way.");
  batch_.mutable_create_time()->set_seconds(absl::ToUnixSeconds(facts_.now - absl::Minutes(60)));
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_DEGRADED);
}

TEST_F(FeedState, IsDegradedWhenADayBetweenTwoOthersIsNotThere) {
  facts_.batch_dates.erase(Day(2026, 6, 12));
  Expect(v1::FEED_STATE_DEGRADED,
         "Friday's batch (2026-06-12) is not here: it was missed, or arXiv put it off.");
}

TEST_F(FeedState, IsDegradedByABatchFromTheFuture) {
  facts_.batch_dates.insert(Day(2099, 1, 1));
  batch_.set_announced("2099-01-01");
  EXPECT_EQ(DecideFeedState(facts_).state, v1::FEED_STATE_DEGRADED);
  EXPECT_THAT(DecideFeedState(facts_).sentence, HasSubstr("(2099-01-01) is dated in the future"));
}

TEST_F(FeedState, IsRecordedForAnyReplay) {
  facts_.failed_cycles = 9;
  facts_.recorded = true;
  Expect(v1::FEED_STATE_RECORDED, "This is a replay of recorded answers up to 2026-06-16.");
  facts_.sample = true;
  Expect(v1::FEED_STATE_RECORDED, "This is the invented sample day that comes with Paperwire.");
}

TEST_F(FeedState, CutsALongReasonBetweenCharacters) {
  facts_.failed_cycles = 3;
  std::string error = "a";
  for (int i = 0; i < 300; ++i) error += "é";
  facts_.last_cycle->set_error(error);

  const std::string sentence = DecideFeedState(facts_).sentence;

  EXPECT_LT(sentence.size(), 260u);
  EXPECT_THAT(sentence, HasSubstr("é…."));
  EXPECT_THAT(sentence, Not(HasSubstr("\xC3…")));
}

}  // namespace
}  // namespace paperwire::calendar
