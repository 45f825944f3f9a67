#include "services/serve/status.h"

#include <chrono>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/serve/committed.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

TEST(BuildStatus, CountsTheNewestDayAndTheWindow) {
  const SnapshotPtr snapshot =
      MakeSnapshot({MakeEntry("2606.00001", "2026-06-23"), MakeEntry("2606.00002", "2026-06-22"),
                    MakeEntry("2606.00003", "2026-06-10")});
  const window::LedgerContents contents;
  CardTally cards;
  cards.Update(snapshot, std::nullopt, "2026-06-17");

  const v1::GetStatusResponse status = BuildStatus({.snapshot = snapshot,
                                                    .freshness = {},
                                                    .contents = contents,
                                                    .days = {},
                                                    .cards = cards,
                                                    .trouble = "",
                                                    .now = absl::FromChrono(TuesdayNoon()),
                                                    .oldest = "2026-06-17",
                                                    .newest = "2026-06-24",
                                                    .data_clock = true});

  EXPECT_EQ(status.papers_today(), 1u);
  EXPECT_EQ(status.papers_in_window(), 2u);
  EXPECT_EQ(status.newest_announced(), "2026-06-23");
  EXPECT_EQ(status.state(), v1::FEED_STATE_RECORDED);
  EXPECT_EQ(status.feed_clock(), "data");
  ASSERT_EQ(status.models_size(), 2);
  EXPECT_EQ(status.models(1).model(), "roles-1");
  EXPECT_EQ(status.models(1).entries(), 2u);
}

TEST(BuildStatus, SaysThatItIsStaleAndWhy) {
  const window::LedgerContents contents;

  const v1::GetStatusResponse status = BuildStatus({.snapshot = MakeSnapshot({}),
                                                    .freshness = {.stale = true, .reason = "gone"},
                                                    .contents = contents,
                                                    .days = {},
                                                    .cards = {},
                                                    .trouble = "",
                                                    .now = absl::FromChrono(TuesdayNoon()),
                                                    .oldest = "",
                                                    .newest = "2026-06-24",
                                                    .data_clock = false});

  EXPECT_TRUE(status.stale());
  EXPECT_EQ(status.stale_reason(), "gone");
}

// Tuesday's batch of 301 papers in two categories, read by a whole cycle, after a holiday Monday.
window::LedgerContents TuesdaysContents() {
  window::LedgerContents contents;
  for (const char* date : {"2026-06-17", "2026-06-18", "2026-06-19", "2026-06-23"}) {
    contents.batches[date].set_announced(date);
  }
  v1::Batch& tuesday = contents.batches["2026-06-23"];
  for (const auto& [category, count] : {std::pair{"cs.LG", 281U}, std::pair{"stat.ML", 20U}}) {
    v1::DeclaredCount& declared = *tuesday.add_declared();
    declared.set_category(category);
    declared.set_section(v1::ANNOUNCE_TYPE_NEW);
    declared.set_count(count);
  }
  const int64_t now = std::chrono::system_clock::to_time_t(TuesdayNoon());
  tuesday.mutable_create_time()->set_seconds(now - 60);
  v1::Cycle& cycle = contents.cycles.emplace_back();
  cycle.set_outcome(v1::CYCLE_OUTCOME_PUBLISHED);
  cycle.mutable_end_time()->set_seconds(now - 30);
  for (const char* category : {"cs.LG", "stat.ML"}) {
    v1::SourceOutcome& source = *cycle.add_sources();
    source.set_category(category);
    source.set_outcome("ok");
  }
  return contents;
}

v1::GetStatusResponse StatusOf(const window::LedgerContents& contents,
                               const std::vector<v1::LedgerDay>& days,
                               absl::Time watching_since = absl::InfiniteFuture()) {
  return BuildStatus({.snapshot = MakeSnapshot({}),
                      .freshness = {},
                      .contents = contents,
                      .days = days,
                      .cards = {},
                      .trouble = "",
                      .now = absl::FromChrono(TuesdayNoon()),
                      .watching_since = watching_since,
                      .oldest = "2026-06-17",
                      .newest = "2026-06-24",
                      .data_clock = false});
}

TEST(BuildStatus, IsFreshWhileTheNewBatchIsBeingWorkedOff) {
  const window::LedgerContents contents = TuesdaysContents();
  std::vector<v1::LedgerDay> days(1);
  v1::LedgerDay& day = days.front();
  day.set_announced("2026-06-23");
  day.set_declared(301);
  day.set_pending(250);

  const v1::GetStatusResponse status = StatusOf(contents, days);

  EXPECT_EQ(status.state(), v1::FEED_STATE_FRESH) << status.sentence();
  EXPECT_THAT(status.sentence(), testing::HasSubstr("250 of 301 papers are still on their way."));

  days.front().set_missing(40);
  EXPECT_EQ(StatusOf(contents, days).state(), v1::FEED_STATE_DEGRADED);
}

TEST(BuildStatus, NoticesABatchThatIsFarTooSmallAndADayThatIsNotThere) {
  window::LedgerContents contents = TuesdaysContents();
  contents.batches["2026-06-23"].mutable_declared(0)->set_count(9);
  // A later cycle that failed before it asked tells no categories.
  contents.cycles.emplace_back(contents.cycles.back()).clear_sources();

  EXPECT_THAT(StatusOf(contents, {}).sentence(),
              testing::HasSubstr("Tuesday's batch (2026-06-23) has 29 new papers; "));

  contents = TuesdaysContents();
  contents.batches.erase("2026-06-18");
  EXPECT_EQ(StatusOf(contents, {}).state(), v1::FEED_STATE_DEGRADED);
  EXPECT_THAT(StatusOf(contents, {}).sentence(),
              testing::HasSubstr("Thursday's batch (2026-06-18) is not here"));
}

TEST(BuildStatus, NoticesThatIngestNeverCame) {
  window::LedgerContents contents = TuesdaysContents();
  contents.cycles.clear();
  const absl::Time now = absl::FromChrono(TuesdayNoon());
  EXPECT_EQ(StatusOf(contents, {}, now - absl::Hours(9)).state(), v1::FEED_STATE_FRESH);
  EXPECT_EQ(StatusOf(contents, {}, now - absl::Hours(10)).state(), v1::FEED_STATE_FAILED);
}

TEST(StatusHolder, KeepsItsStatusWhileOnlyTheTimeMovesOn) {
  StatusHolder holder;
  v1::GetStatusResponse status;
  status.mutable_snapshot_time()->set_seconds(1);
  holder.Set(status);
  const StatusPtr first = holder.Get();
  status.mutable_snapshot_time()->set_seconds(2);
  holder.Set(status);
  EXPECT_EQ(holder.Get(), first);

  status.set_papers_today(4);
  holder.Set(status);

  EXPECT_NE(holder.Get(), first);
}

TEST(Committed, ForgetsAGroupWhoseAnswerFails) {
  bool away = false;
  Committed committed([&](const std::string&, const std::vector<std::string>& topics)
                          -> absl::StatusOr<std::map<bus::TopicPartition, int64_t>> {
    if (away) return absl::UnavailableError("no broker");
    return std::map<bus::TopicPartition, int64_t>{{{topics.front(), 0}, 7}};
  });
  committed.Refresh();
  EXPECT_EQ(committed.Get().at("paperwire-summarize").at({"new-paper", 0}), 7);
  EXPECT_TRUE(committed.Get().contains("paperwire-classify-retry"));

  away = true;
  committed.Refresh();

  EXPECT_TRUE(committed.Get().empty());
}

}  // namespace
}  // namespace paperwire::serve
