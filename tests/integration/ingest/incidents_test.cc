// What arXiv has been seen to do on its bad days, each with the ledger and the feed's state that it
// must lead to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/ingest/merge.h"
#include "tests/integration/ingest/arxiv_days.h"

namespace paperwire::ingest {
namespace {

using arxiv::Fault;
using arxiv::kAlways;
using testing::IsEmpty;

const absl::CivilDay kThursday(2026, 6, 18);
const absl::CivilDay kFriday(2026, 6, 19);
const absl::CivilDay kMonday(2026, 6, 22);
const absl::CivilDay kTuesday(2026, 6, 23);
const absl::CivilDay kWednesday(2026, 6, 24);

class Incidents : public ArxivDays {};

TEST_F(Incidents, NoneIsAWholeWeekWithFewRequests) {
  const v1::Cycle first = Run();
  EXPECT_EQ(first.outcome(), v1::CYCLE_OUTCOME_PUBLISHED) << first.error();
  for (const absl::CivilDay day : {kTuesday, kFriday, kThursday, absl::CivilDay(2026, 6, 17)}) {
    ExpectWhole(day);
  }
  EXPECT_EQ(State(), v1::FEED_STATE_FRESH) << Sentence();

  arxiv_.ForgetRequests();
  Morning(24);
  const v1::Cycle second = Run();
  EXPECT_EQ(second.outcome(), v1::CYCLE_OUTCOME_PUBLISHED) << second.error();
  ExpectWhole(kWednesday);
  EXPECT_LE(second.requests(), 12u);
  EXPECT_THAT(arxiv::BadManners(arxiv_.requests()), IsEmpty());
}

TEST_F(Incidents, ASecondLookFindsNothingNewAndAsksLittle) {
  Run();
  const size_t published = Published().size();
  SetNow("2026-06-23T13:30:00Z");
  const v1::Cycle again = Run();
  EXPECT_EQ(again.outcome(), v1::CYCLE_OUTCOME_NOTHING_NEW) << again.error();
  EXPECT_EQ(Published().size(), published);
  EXPECT_EQ(Count("unchanged"), 2) << again.ShortDebugString();
  EXPECT_LE(again.requests(), 4u);
}

// 1, 2: limited with and without the status that says so.
TEST_F(Incidents, RateExceededIsWaitedOutAndNotTakenForAnEmptyDay) {
  int day = 23;
  for (const Fault fault : {Fault::kRateExceeded, Fault::kRateExceeded200}) {
    Morning(day);
    arxiv_.Misbehave({.fault = fault, .endpoint = "rss", .times = 1});
    const v1::Cycle cycle = Run();
    EXPECT_EQ(cycle.outcome(), v1::CYCLE_OUTCOME_PUBLISHED) << cycle.error();
    ExpectWhole(absl::CivilDay(2026, 6, day));
    EXPECT_EQ(State(), v1::FEED_STATE_FRESH);
    ++day;
  }
}

TEST_F(Incidents, RateExceededForHoursEndsTheLookAndKeepsTheHostAtRest) {
  arxiv_.Misbehave({.fault = Fault::kRateExceeded, .times = kAlways});
  const v1::Cycle cycle = Run();
  EXPECT_EQ(cycle.outcome(), v1::CYCLE_OUTCOME_FAILED);
  EXPECT_LE(cycle.requests(), 6u);
  EXPECT_THAT(Published(), IsEmpty());
  const uint32_t before = static_cast<uint32_t>(arxiv_.requests().size());
  Run();
  EXPECT_LE(arxiv_.requests().size(), before + 2u) << "a host at rest is left alone";
  Run();
  EXPECT_EQ(State(), v1::FEED_STATE_FAILED) << Sentence();
  arxiv_.Behave();
  SetNow("2026-06-23T13:30:00Z");
  Run();
  ExpectWhole(kTuesday);
  EXPECT_EQ(State(), v1::FEED_STATE_FRESH) << Sentence();
}

// 3
TEST_F(Incidents, AnEmptyBodyIsAskedForAgain) {
  arxiv_.Misbehave({.fault = Fault::kEmptyBody, .endpoint = "rss", .times = 1});
  arxiv_.Misbehave({.fault = Fault::kEmptyBody, .endpoint = "oai", .times = 1});
  EXPECT_EQ(Run().outcome(), v1::CYCLE_OUTCOME_PUBLISHED) << cycles_.back().error();
  ExpectWhole(kTuesday);
}

TEST_F(Incidents, AnEmptyRedirectIsNoDayWithoutPapers) {
  arxiv_.Misbehave({.fault = Fault::kEmptyRedirect, .endpoint = "rss", .times = kAlways});
  Run();
  EXPECT_EQ(cycles_.back().outcome(), v1::CYCLE_OUTCOME_PUBLISHED)
      << "the listing told it: " << cycles_.back().error();
  ExpectWhole(kTuesday);
}

// 4: no papers, although there are.
TEST_F(Incidents, AnEmptyFeedOfABusyDayIsMadeUpForByTheListing) {
  arxiv_.Misbehave({.fault = Fault::kNoResults, .endpoint = "rss", .times = kAlways});
  Run();
  ExpectWhole(kTuesday);
}

TEST_F(Incidents, AnEmptyListingOfABusyDayLeavesItUnaccountedFor) {
  arxiv_.Misbehave({.fault = Fault::kNoResults, .endpoint = "catchup", .times = kAlways});
  Run();
  EXPECT_EQ(PublishedOn(kTuesday), NewOn(kTuesday)) << "the feeds told them";
  arxiv_.Behave();
  arxiv_.ForgetRequests();
  SetNow("2026-06-23T13:30:00Z");
  Run();
  ExpectWhole(kTuesday);
  ExpectWhole(kThursday);
}

// 5
TEST_F(Incidents, EveryRequestSaysWhatItAccepts) {
  Run();
  for (const arxiv::Asked& asked : arxiv_.requests()) {
    EXPECT_TRUE(asked.headers.contains("accept")) << asked.target;
    EXPECT_TRUE(asked.headers.contains("user-agent")) << asked.target;
  }
}

// 6
TEST_F(Incidents, OaiStallsAndThenIsFine) {
  arxiv_.Misbehave({.fault = Fault::kStall, .endpoint = "oai", .times = 1});
  EXPECT_EQ(Run().outcome(), v1::CYCLE_OUTCOME_PUBLISHED) << cycles_.back().error();
  ExpectWhole(kTuesday);
}

// 7: one category's feed is the batch before, under today's date.
TEST_F(Incidents, AStaleFeedOfOneCategoryMovesNoPaperToAnotherDay) {
  arxiv_.Misbehave(
      {.fault = Fault::kStale, .endpoint = "rss", .category = "cs.LG", .times = kAlways});
  Run();
  EXPECT_EQ(Count("stale"), 1) << cycles_.back().ShortDebugString();
  ExpectWhole(kTuesday);
  ExpectWhole(kFriday);
  EXPECT_EQ(State(), v1::FEED_STATE_FRESH) << Sentence();
}

TEST_F(Incidents, AFeedDatedADayBehindTheDayAfterAnOrdinaryOneMovesNoPaper) {
  Run();
  arxiv_.Misbehave({.fault = Fault::kDateBehind, .endpoint = "rss", .times = kAlways});
  Morning(24);
  Run();
  ExpectWhole(kTuesday);
  ExpectWhole(kWednesday);
  EXPECT_EQ(Count("stale"), 2) << cycles_.back().ShortDebugString();
  // Built again, and no listing is read any more that would tell.
  arxiv_.RebuildFeeds();
  SetNow("2026-06-24T13:30:00Z");
  Run();
  ExpectWhole(kTuesday);
  ExpectWhole(kWednesday);
}

TEST_F(Incidents, AWeekIsAccountedForAfterOneLook) {
  Run();
  arxiv_.ForgetRequests();
  SetNow("2026-06-23T13:30:00Z");
  Run();
  for (const arxiv::Asked& asked : arxiv_.requests()) {
    EXPECT_NE(asked.endpoint, "catchup") << asked.target << " was accounted for";
  }
  for (const v1::NewPaper& event : Published()) {
    EXPECT_GE(event.paper().announced(), "2026-06-17") << "older than the window";
  }
}

TEST_F(Incidents, AnEarlierDayLearnedLaterMovesTheCardThere) {
  // The listing of Thursday fails, and so one of its papers is known from OAI-PMH alone, under the
  // day of a later edit.
  const std::string edited = *NewOn(kThursday).begin();
  arxiv_.world().Touch(edited, absl::FromCivil(kTuesday, absl::UTCTimeZone()) + absl::Hours(1));
  arxiv_.Misbehave({.fault = Fault::kNotFound, .endpoint = "catchup", .times = kAlways});
  Run();
  arxiv_.Behave();
  SetNow("2026-06-23T13:30:00Z");
  Run();
  std::string last;
  for (const v1::NewPaper& event : Published()) {
    if (event.paper().arxiv_id() == edited) last = event.paper().announced();
  }
  EXPECT_EQ(last, "2026-06-18");
  for (const absl::CivilDay day : {kThursday, kFriday, kTuesday}) {
    EXPECT_EQ(Ledger(day).declared(), NewOn(day).size()) << day;
    EXPECT_TRUE(Ledger(day).balanced()) << day;
  }
}

TEST_F(Incidents, AnEmptyListingOfOneCategoryIsNotBelievedAgainstItsFeed) {
  arxiv_.Misbehave(
      {.fault = Fault::kNoResults, .endpoint = "catchup", .category = "cs.LG", .times = kAlways});
  Run();
  EXPECT_EQ(PublishedOn(kTuesday), NewOn(kTuesday));
  SetNow("2026-06-23T13:30:00Z");
  Run();
  arxiv_.Behave();
  SetNow("2026-06-23T21:30:00Z");
  Run();
  ExpectWhole(kTuesday);
  int listed = 0;
  const v1::Batch batch = BatchOf(kTuesday);
  for (const v1::DeclaredCount& count : batch.declared()) {
    if (count.source() == v1::COUNT_SOURCE_LISTING && count.section() == v1::ANNOUNCE_TYPE_NEW) {
      EXPECT_GT(count.count(), 0u) << count.category();
      ++listed;
    }
  }
  EXPECT_EQ(listed, 2) << batch.ShortDebugString();
}

TEST_F(Incidents, AFeedDatedADayBehindMovesNoPaperToAnotherDay) {
  arxiv_.Misbehave({.fault = Fault::kDateBehind, .endpoint = "rss", .times = kAlways});
  Morning(24);
  Run();
  ExpectWhole(kWednesday);
  ExpectWhole(kTuesday);
}

// 8: looked before the batch was out.
TEST_F(Incidents, ALookBeforePublicationLosesNothing) {
  Run();
  SetNow("2026-06-24T04:02:00Z");
  arxiv_.Misbehave({.fault = Fault::kStale, .endpoint = "rss", .times = kAlways});
  for (const char* endpoint : {"catchup", "oai"}) {
    arxiv_.Misbehave({.fault = Fault::kNoResults, .endpoint = endpoint, .times = kAlways});
  }
  Run(/*glance=*/true);
  EXPECT_THAT(PublishedOn(kWednesday), IsEmpty());
  EXPECT_EQ(State(), v1::FEED_STATE_WAITING) << Sentence();
  arxiv_.Behave();
  arxiv_.RebuildFeeds();
  SetNow("2026-06-24T04:17:00Z");
  Run(/*glance=*/true);
  ExpectWhole(kWednesday);
  EXPECT_EQ(State(), v1::FEED_STATE_FRESH) << Sentence();
}

// 9: Friday the 19th is a holiday: nothing on Monday, twice as much on Tuesday.
TEST_F(Incidents, WeekendRepeatsHolidaysAndDoubleBatchesChangeNothing) {
  SetNow("2026-06-23T05:30:00Z");
  Run();
  EXPECT_THAT(PublishedOn(kMonday), IsEmpty());
  ExpectWhole(kTuesday);
  for (const int day : {24, 25, 26}) {
    Morning(day);
    Run();
    ExpectWhole(absl::CivilDay(2026, 6, day));
  }
  const size_t published = Published().size();
  arxiv_.Misbehave({.fault = Fault::kRepeat, .endpoint = "rss", .times = kAlways});
  for (const int day : {27, 28}) {
    Morning(day);
    Run();
    EXPECT_EQ(State(), v1::FEED_STATE_QUIET) << Sentence();
  }
  EXPECT_EQ(Published().size(), published) << "Friday's papers again";
  ExpectWhole(absl::CivilDay(2026, 6, 26));
}

// 10
TEST_F(Incidents, NoRecordsPinnedInTheCacheIsNotAskedFor) {
  Run();
  Morning(24);
  arxiv_.Misbehave({.fault = Fault::kNoRecords, .endpoint = "oai", .times = 1});
  Run();
  ExpectWhole(kWednesday);
  for (const arxiv::Asked& asked : arxiv_.requests()) {
    EXPECT_EQ(asked.target.find("from=2026-06-24"), std::string::npos)
        << "asking for today may pin an empty answer until midnight";
  }
}

// 11
TEST_F(Incidents, ABadResumptionTokenStartsTheHarvestAnew) {
  arxiv_.Misbehave({.fault = Fault::kBadToken, .endpoint = "oai", .times = 1});
  Run();
  ExpectWhole(kTuesday);
  EXPECT_EQ(cycles_.back().outcome(), v1::CYCLE_OUTCOME_PUBLISHED) << cycles_.back().error();
}

// 12
TEST_F(Incidents, ATruncatedFeedIsNotUsedAtAll) {
  arxiv_.Misbehave({.fault = Fault::kTruncated, .endpoint = "rss", .times = kAlways});
  arxiv_.Misbehave({.fault = Fault::kTruncated, .endpoint = "catchup", .times = kAlways});
  arxiv_.Misbehave({.fault = Fault::kTruncated, .endpoint = "oai", .times = kAlways});
  Run();
  EXPECT_EQ(cycles_.back().outcome(), v1::CYCLE_OUTCOME_FAILED);
  EXPECT_GE(Count("truncated"), 2) << cycles_.back().ShortDebugString();
  EXPECT_THAT(Published(), IsEmpty());
}

TEST_F(Incidents, ARefusalEndsEverythingForADay) {
  arxiv_.Misbehave({.fault = Fault::kAccessDenied, .times = 1});
  Run();
  EXPECT_EQ(arxiv_.requests().size(), 1u);
  EXPECT_EQ(State(), v1::FEED_STATE_FAILED) << Sentence();
  SetNow("2026-06-23T21:30:00Z");
  Run();
  EXPECT_EQ(arxiv_.requests().size(), 1u) << "a new process keeps away too";
  Morning(24);
  clock_.Advance(std::chrono::minutes(10));
  Run();
  ExpectWhole(kTuesday);
  ExpectWhole(kWednesday);
}

// 14: never in a feed; a cross-list of years ago.
TEST_F(Incidents, OldCrossListsAreCountedApart) {
  for (const int day : {23, 24, 25}) {
    Morning(day);
    Run();
  }
  int old_cross_lists = 0;
  for (const auto& [date, batch] : Batches()) {
    old_cross_lists += batch.old_cross_ids_size();
    for (const std::string& id : batch.old_cross_ids()) {
      EXPECT_FALSE(NewOn(kTuesday).contains(id)) << id;
    }
  }
  EXPECT_GT(old_cross_lists, 0);
  for (const absl::CivilDay day : {kTuesday, kWednesday}) ExpectWhole(day);
}

TEST_F(Incidents, AReplacementAndAWithdrawalUpdateACardInTheWindow) {
  Run();
  const std::string replaced = *NewOn(kTuesday).begin();
  const std::string withdrawn = *NewOn(kTuesday).rbegin();
  arxiv_.world().Replace(replaced, kWednesday);
  arxiv_.world().Replace(withdrawn, kWednesday, /*withdrawn=*/true);
  Morning(24);
  Run();
  bool saw_revised = false;
  bool saw_withdrawn = false;
  for (const v1::NewPaper& event : Published()) {
    const v1::Paper& paper = event.paper();
    if (paper.version() == 1) continue;
    if (paper.arxiv_id() == replaced) saw_revised = paper.revised() && !paper.withdrawn();
    if (paper.arxiv_id() == withdrawn) saw_withdrawn = paper.withdrawn();
    EXPECT_LT(paper.announced(), "2026-06-24") << "a new version makes nothing new";
  }
  EXPECT_TRUE(saw_revised);
  EXPECT_TRUE(saw_withdrawn);
  ExpectWhole(kTuesday);
}

TEST_F(Incidents, DaysMissedAreAskedForAgain) {
  Morning(23);
  Run();
  Morning(30);
  Run();
  for (const int day : {24, 25, 26, 29, 30}) ExpectWhole(absl::CivilDay(2026, 6, day));
  EXPECT_EQ(State(), v1::FEED_STATE_FRESH) << Sentence();
}

TEST_F(Incidents, AFirstStartOnASundayShowsFridaysPapers) {
  Morning(28);
  Run();
  ExpectWhole(absl::CivilDay(2026, 6, 26));
  ExpectWhole(kTuesday);
  EXPECT_EQ(State(), v1::FEED_STATE_QUIET) << Sentence();
}

TEST_F(Incidents, AFirstStartShowsTheNewestDayBeforeItAsksForOlderOnes) {
  const v1::Cycle first = Run();
  EXPECT_EQ(asked_before_papers_, 4u) << "two feeds, two listings";
  EXPECT_GT(first.requests(), 4u);
  EXPECT_EQ(first.papers_published(), Published().size());
  for (const v1::NewPaper& event : Published()) {
    EXPECT_EQ(event.revision().value() & 0xFFFFFFFFFFu, 0u)
        << "written twice: " << event.ShortDebugString();
  }
  for (const absl::CivilDay day : {kTuesday, kFriday, kThursday}) ExpectWhole(day);
}

TEST_F(Incidents, AFirstStartCutOffAheadOfTheOlderDaysLosesNone) {
  RunCutOff(6);
  EXPECT_EQ(PublishedOn(kTuesday).size(), 5u);
  EXPECT_EQ(Batches().size(), 1u);
  EXPECT_TRUE(BatchOf(kTuesday).declared().empty()) << "it is not accounted for";
  SetNow("2026-06-23T13:30:00Z");
  Run();
  for (const absl::CivilDay day : {kTuesday, kFriday, kThursday}) ExpectWhole(day);
}

TEST_F(Incidents, ALookCutOffAnywhereIsContinuedByTheNext) {
  // Before and between the batches, and in the middle of the papers.
  for (const int records : {0, 1, 3, 8, 40}) RunCutOff(records);
  SetNow("2026-06-23T13:30:00Z");
  Run();
  EXPECT_EQ(PublishedOn(kTuesday), NewOn(kTuesday));
  EXPECT_TRUE(Ledger(kTuesday).balanced()) << Ledger(kTuesday).ShortDebugString();
  EXPECT_TRUE(Ledger(kThursday).balanced()) << Ledger(kThursday).ShortDebugString();
}

TEST_F(Incidents, ALostSeenSetPublishesNothingTwice) {
  Run();
  const size_t published = Published().size();
  seen_.Lose();
  SetNow("2026-06-23T13:30:00Z");
  Run();
  EXPECT_EQ(Published().size(), published);
  ExpectWhole(kTuesday);
}

TEST_F(Incidents, WhatTheFeedLeavesOutIsFoundAndRepaired) {
  arxiv_.Misbehave({.fault = Fault::kDropNew, .endpoint = "rss", .times = kAlways, .count = 2});
  Run();
  ExpectWhole(kTuesday);
  int repaired = 0;
  const v1::Batch batch = BatchOf(kTuesday);
  for (const v1::BatchDifference& difference : batch.differences()) {
    if (difference.reason() == "in the listing, not in the feed") ++repaired;
  }
  EXPECT_GE(repaired, 2) << batch.ShortDebugString();
}

TEST_F(Incidents, WhatOaiPmhLacksIsTold) {
  SetNow("2026-06-23T13:30:00Z");
  arxiv_.Misbehave({.fault = Fault::kHide, .endpoint = "oai", .times = kAlways, .count = 1});
  Run();
  ExpectWhole(kTuesday);
  const v1::Batch batch = BatchOf(kTuesday);
  ASSERT_GE(batch.differences_size(), 1);
  EXPECT_EQ(batch.differences(0).reason(), "announced, not in OAI-PMH");
  EXPECT_FALSE(batch.differences(0).explained());

  // It comes a day late.
  arxiv_.Behave();
  Morning(24);
  Run();
  const v1::Batch later = BatchOf(kTuesday);
  ASSERT_EQ(later.differences_size(), batch.differences_size());
  EXPECT_TRUE(later.differences(0).explained()) << later.ShortDebugString();
  ExpectWhole(kTuesday);
}

class SmallPages : public ArxivDays {
 protected:
  SmallPages() : ArxivDays(arxiv::StandInOptions{.listing_page_size = 5}) {}

  // How often the listing of the category was asked for since the last time.
  size_t Listings(const std::string& category) {
    size_t count = 0;
    for (const arxiv::Asked& asked : arxiv_.requests()) {
      if (asked.target.find("/catchup/" + category + "/") != std::string::npos) ++count;
    }
    arxiv_.ForgetRequests();
    return count;
  }
};

TEST_F(SmallPages, AListingThatIsNeverWholeIsAskedForOnceADay) {
  arxiv_.Misbehave(
      {.fault = Fault::kEmptyPage, .endpoint = "catchup", .category = "cs.LG", .times = kAlways});
  for (int look = 0; look < static_cast<int>(kFruitlessLooks); ++look) {
    Run();
    EXPECT_GT(Listings("cs.LG"), 0u) << look;
    clock_.Advance(std::chrono::hours(1));
  }
  EXPECT_EQ(PublishedOn(kTuesday), NewOn(kTuesday)) << "the feeds told them";
  const v1::Batch batch = BatchOf(kTuesday);
  ASSERT_GE(batch.differences_size(), 1);
  EXPECT_EQ(batch.differences(0).arxiv_id(), "");
  EXPECT_EQ(batch.differences(0).reason(),
            "the listing of cs.LG does not hold what it declares: asked for once a day");

  Run();
  EXPECT_EQ(Listings("cs.LG"), 0u);
  EXPECT_EQ(cycles_.back().outcome(), v1::CYCLE_OUTCOME_NOTHING_NEW) << cycles_.back().error();

  arxiv_.Behave();
  clock_.Advance(std::chrono::hours(23));
  Run();
  EXPECT_GT(Listings("cs.LG"), 0u);
  ExpectWhole(kTuesday);
  EXPECT_EQ(BatchOf(kTuesday).differences_size(), 0) << BatchOf(kTuesday).ShortDebugString();
}

}  // namespace
}  // namespace paperwire::ingest
