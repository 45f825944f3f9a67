#include "services/serve/status.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/window/memory_window.h"
#include "services/serve/reporter.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

TEST(BuildStatus, CountsTheNewestDayAndTheWindow) {
  const SnapshotPtr snapshot =
      MakeSnapshot({MakeEntry("2606.00001", "2026-06-23"), MakeEntry("2606.00002", "2026-06-22"),
                    MakeEntry("2606.00003", "2026-06-10")});
  const window::LedgerContents contents;
  const Ledger ledger;

  const v1::GetStatusResponse status = BuildStatus({.snapshot = snapshot,
                                                    .freshness = {},
                                                    .contents = contents,
                                                    .ledger = ledger,
                                                    .trouble = "",
                                                    .now = absl::FromChrono(TuesdayNoon()),
                                                    .oldest = "2026-06-17",
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
  const Ledger ledger;

  const v1::GetStatusResponse status = BuildStatus({.snapshot = MakeSnapshot({}),
                                                    .freshness = {.stale = true, .reason = "gone"},
                                                    .contents = contents,
                                                    .ledger = ledger,
                                                    .trouble = "",
                                                    .now = absl::FromChrono(TuesdayNoon()),
                                                    .oldest = "",
                                                    .data_clock = false});

  EXPECT_TRUE(status.stale());
  EXPECT_EQ(status.stale_reason(), "gone");
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

TEST(Reporter, ShowsWhatTheLedgerHoldsAndWhereTheFeedIs) {
  const clock::FakeClock clock(TuesdayNoon());
  FeedClock feed_clock(clock, /*data=*/true);
  SnapshotHolder snapshots;
  snapshots.Swap(MakeSnapshot({MakeEntry("2606.00001", "2026-06-23")}), feed_clock.Now());
  const auto store = window::MakeMemoryLedgerStore();
  const bus::TopicPartition batches{"batches", 0};
  const std::string epoch = store->Begin({{batches, 1}})->epoch;
  window::LedgerWrite write;
  write.batch.emplace().set_announced("2026-06-23");
  write.batch->add_paper_ids("2606.00001");
  write.batch->add_paper_ids("2606.00002");
  write.batch->set_sample(true);
  ASSERT_TRUE(store->Apply(epoch, batches, -1, {&write, 1}).ok());
  const Committed committed(
      [](const auto&, const auto&) { return absl::UnavailableError("no broker"); });
  StatusHolder statuses;
  prometheus::Registry metrics;
  Reporter reporter(*store, snapshots, committed, feed_clock, statuses, metrics);

  reporter.Step();

  const StatusPtr status = statuses.Get();
  ASSERT_EQ(status->days_size(), 1);
  EXPECT_EQ(status->days(0).declared(), 2u);
  EXPECT_EQ(status->days(0).served(), 1u);
  EXPECT_TRUE(status->sample());
  bool shown = false;
  for (const auto& family : metrics.Collect()) {
    if (family.name != "paperwire_serve_feed_state") continue;
    for (const auto& metric : family.metric) {
      shown = shown || (metric.label.at(0).value == "recorded" && metric.gauge.value == 1);
    }
  }
  EXPECT_TRUE(shown);
}

TEST(Reporter, CallsTheFeedStaleWhileNoNewPapersComeIn) {
  const clock::FakeClock clock(TuesdayNoon());
  FeedClock feed_clock(clock, /*data=*/true);
  SnapshotHolder snapshots;
  snapshots.Swap(MakeSnapshot({MakeEntry("2606.00001", "2026-06-23")}), feed_clock.Now());
  const auto store = window::MakeMemoryLedgerStore();
  const bus::TopicPartition batches{"batches", 0};
  const std::string epoch = store->Begin({{batches, 1}})->epoch;
  const window::LedgerWrite nothing;
  ASSERT_TRUE(store->Apply(epoch, batches, -1, {&nothing, 1}).ok());
  const Committed committed(
      [](const auto&, const auto&) { return absl::UnavailableError("no broker"); });
  StatusHolder statuses;
  prometheus::Registry metrics;
  std::string why = "no broker answers";
  Reporter reporter(*store, snapshots, committed, feed_clock, statuses, metrics,
                    [&] { return why; });

  reporter.Step();
  EXPECT_TRUE(statuses.Get()->stale());
  EXPECT_EQ(statuses.Get()->stale_reason(), "no broker answers");

  why.clear();
  reporter.Step();
  EXPECT_FALSE(statuses.Get()->stale()) << statuses.Get()->stale_reason();
}

TEST(Reporter, KeepsTheWholeLedgerWhileANewOneIsRead) {
  const clock::FakeClock clock(TuesdayNoon());
  FeedClock feed_clock(clock, /*data=*/true);
  SnapshotHolder snapshots;
  snapshots.Swap(MakeSnapshot({MakeEntry("2606.00001", "2026-06-23")}), feed_clock.Now());
  // A store that hands out what it is told to.
  class ToldStore final : public window::LedgerStore {
   public:
    absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& /*end_offsets*/,
                                const window::RebuildScope& /*scope*/) override {
      return Begun();
    }
    absl::StatusOr<int64_t> Apply(const std::string& /*epoch*/,
                                  const bus::TopicPartition& /*partition*/, int64_t /*expected*/,
                                  std::span<const window::LedgerWrite> /*writes*/) override {
      return 0;
    }
    absl::StatusOr<window::LedgerContents> Load() override { return contents; }
    absl::Status Expire(const std::string& /*oldest*/) override { return absl::OkStatus(); }

    window::LedgerContents contents;
  };
  ToldStore store;
  store.contents.complete = true;
  store.contents.batches["2026-06-23"].set_announced("2026-06-23");
  const Committed committed(
      [](const auto&, const auto&) { return absl::UnavailableError("no broker"); });
  StatusHolder statuses;
  prometheus::Registry metrics;
  Reporter reporter(store, snapshots, committed, feed_clock, statuses, metrics);
  reporter.Step();
  EXPECT_FALSE(statuses.Get()->stale());

  store.contents = {};
  reporter.Step();

  EXPECT_EQ(statuses.Get()->days_size(), 1);
  EXPECT_TRUE(statuses.Get()->stale());
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
