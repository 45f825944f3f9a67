#include "services/serve/reporter.h"

#include "gmock/gmock.h"
#include "tests/unit/serve/ledger_desk.h"

namespace paperwire::serve {
namespace {

using std::chrono::minutes;

constexpr char kDay[] = "2026-06-23";

class ReporterTest : public testing::Test {
 protected:
  ReporterTest() {
    // Every group has committed everything before offset 100.
    for (const char* topic : {"new-paper", "summarized", "tagged"}) {
      commits_[GroupOf(topic)][{topic, 0}] = 100;
    }
  }

  void ShowTo(Replica& replica, const std::vector<v1::Entry>& entries) {
    replica.snapshots.Swap(MakeSnapshot(entries), replica.feed_clock.Now());
  }
  absl::Time Now() const { return absl::FromChrono(clock_.Now()); }

  clock::FakeClock clock_{TuesdayNoon()};
  const std::unique_ptr<window::LedgerStore> kept_ = window::MakeMemoryLedgerStore();
  ShakyStore store_{*kept_};
  LedgerWriter writer_{*kept_};
  CommittedOffsets commits_;
};

TEST_F(ReporterTest, ShowsWhatTheLedgerHoldsAndWhereTheFeedIs) {
  Replica replica(store_, clock_, commits_);
  ShowTo(replica, {MakeEntry("2606.00001", kDay)});
  writer_.Declare(kDay, {"2606.00001", "2606.00002"}, Now());

  const v1::GetStatusResponse status = replica.Step();

  ASSERT_EQ(status.days_size(), 1);
  EXPECT_EQ(status.days(0).declared(), 2u);
  EXPECT_EQ(status.days(0).served(), 1u);
  EXPECT_EQ(replica.Metric("paperwire_serve_feed_state", "recorded"), 1);
  EXPECT_EQ(replica.Metric("paperwire_serve_feed_state", "failed"), 0);
  EXPECT_EQ(replica.Metric("paperwire_serve_ledger_papers", "served"), 1);
}

TEST_F(ReporterTest, ABatchThatIsToComeTellsNothingUntilItsDateHasCome) {
  Replica replica(store_, clock_, commits_);
  ShowTo(replica, {});
  writer_.Declare(kDay, {"2606.00001"}, Now());
  // Tomorrow's may have come, the next not.
  writer_.Declare("2026-06-25", {"2606.00002"}, Now());

  const v1::GetStatusResponse before = replica.Step();
  ASSERT_EQ(before.days_size(), 1);
  EXPECT_EQ(before.days(0).announced(), kDay);
  EXPECT_EQ(before.newest_announced(), kDay);

  clock_.Advance(std::chrono::hours(24));
  const v1::GetStatusResponse after = replica.Step();
  ASSERT_EQ(after.days_size(), 2);
  EXPECT_EQ(after.days(0).announced(), "2026-06-25");
  EXPECT_EQ(after.newest_announced(), "2026-06-25");
}

TEST_F(ReporterTest, CallsTheFeedStaleWhileNoNewPapersComeIn) {
  Replica replica(store_, clock_, commits_);
  ShowTo(replica, {MakeEntry("2606.00001", kDay)});
  replica.following = "no broker answers";

  EXPECT_EQ(replica.Step().stale_reason(), "no broker answers");

  replica.following.clear();
  EXPECT_FALSE(replica.Step().stale());
}

TEST_F(ReporterTest, KeepsTheWholeLedgerWhileANewOneIsRead) {
  Replica replica(store_, clock_, commits_);
  ShowTo(replica, {MakeEntry("2606.00001", kDay)});
  writer_.Declare(kDay, {"2606.00001", "2606.00002"}, Now());
  EXPECT_EQ(replica.Step().days_size(), 1);

  // Emptied: the new one is whole when two records are in it.
  auto lost = window::MakeMemoryLedgerStore();
  const std::string epoch = lost->Begin({{{"batches", 0}, 2}})->epoch;
  class SwappedStore final : public window::LedgerStore {
   public:
    window::LedgerStore* now = nullptr;
    absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& ends,
                                const window::RebuildScope& scope) override {
      return now->Begin(ends, scope);
    }
    absl::StatusOr<int64_t> Apply(const std::string& which, const bus::TopicPartition& partition,
                                  int64_t expected,
                                  std::span<const window::LedgerWrite> writes) override {
      return now->Apply(which, partition, expected, writes);
    }
    absl::StatusOr<std::set<std::string>> Refresh(window::LedgerContents& contents) override {
      return now->Refresh(contents);
    }
    absl::StatusOr<std::vector<int64_t>> NoteIdle(
        const std::string& date, std::span<const window::IdleNote> notes) override {
      return now->NoteIdle(date, notes);
    }
    absl::Status Expire(const std::string& oldest) override { return now->Expire(oldest); }
  };
  SwappedStore swapped;
  swapped.now = kept_.get();
  Replica other(swapped, clock_, commits_);
  ShowTo(other, {MakeEntry("2606.00001", kDay)});
  EXPECT_EQ(other.Step().days(0).declared(), 2u);
  swapped.now = lost.get();
  const auto write = [&](int64_t offset, const std::vector<std::string>& ids) {
    window::LedgerWrite batch;
    batch.offset = offset;
    batch.batch.emplace().set_announced(kDay);
    *batch.batch->mutable_paper_ids() = {ids.begin(), ids.end()};
    ASSERT_TRUE(lost->Apply(epoch, {"batches", 0}, offset == 0 ? -1 : offset, {&batch, 1}).ok());
  };
  for (int step = 0; step < 3; ++step) {
    if (step == 1) write(0, {"2606.00001"});
    const v1::GetStatusResponse status = other.Step();
    EXPECT_EQ(status.days(0).declared(), 2u) << step;
    EXPECT_EQ(status.stale_reason(), "the ledger is being rebuilt") << step;
  }
  write(1, {"2606.00001", "2606.00002", "2606.00003"});
  const v1::GetStatusResponse status = other.Step();
  EXPECT_EQ(status.days(0).declared(), 3u);
  EXPECT_FALSE(status.stale());
}

TEST_F(ReporterTest, EveryReplicaAndTheNextProcessCallAPaperMissingAtTheSameTime) {
  writer_.Declare(kDay, {"2606.00001"}, Now() - absl::Hours(2));
  writer_.Sight(kDay, "2606.00001", v1::STAGE_SUMMARIZED, "summarized", 99);
  Replica first(store_, clock_, commits_);
  EXPECT_EQ(first.Step().days(0).pending(), 1u);

  // A replica that comes six minutes later, and one that comes when the first is gone.
  clock_.Advance(minutes(6));
  Replica second(store_, clock_, commits_);
  EXPECT_EQ(second.Step().days(0).pending(), 1u);
  clock_.Advance(minutes(4));
  Replica third(store_, clock_, commits_);
  for (Replica* replica : {&first, &second, &third}) {
    const v1::GetStatusResponse status = replica->Step();
    EXPECT_EQ(status.days(0).missing(), 1u);
    EXPECT_EQ(status.days(0).pending(), 0u);
  }
}

TEST_F(ReporterTest, TheTenMinutesBeginAnewForEveryReplicaWhenThePaperComesToLife) {
  writer_.Declare(kDay, {"2606.00001"}, Now() - absl::Hours(2));
  writer_.Sight(kDay, "2606.00001", v1::STAGE_SUMMARIZED, "summarized", 99);
  Replica first(store_, clock_, commits_);
  first.Step();
  clock_.Advance(minutes(9));
  // The group is set back to it: it is worked off again.
  commits_["paperwire-classify"][{"summarized", 0}] = 99;
  first.Step();
  commits_["paperwire-classify"][{"summarized", 0}] = 100;
  clock_.Advance(minutes(2));

  Replica second(store_, clock_, commits_);
  EXPECT_EQ(second.Step().days(0).pending(), 1u);
  EXPECT_EQ(first.Step().days(0).pending(), 1u);
  clock_.Advance(minutes(10));
  EXPECT_EQ(second.Step().days(0).missing(), 1u);
  EXPECT_EQ(first.Step().days(0).missing(), 1u);
}

TEST_F(ReporterTest, NothingIsMissingWhileTheLedgerDoesNotMove) {
  writer_.Declare(kDay, {"2606.00001"}, Now() - absl::Hours(2));
  writer_.Sight(kDay, "2606.00001", v1::STAGE_SUMMARIZED, "summarized", 99);
  Replica replica(store_, clock_, commits_);
  replica.Step();
  replica.following = "no broker answers";
  clock_.Advance(minutes(60));
  EXPECT_EQ(replica.Step().days(0).pending(), 1u);

  // Nor at once when it moves again.
  replica.following.clear();
  EXPECT_EQ(replica.Step().days(0).pending(), 1u);
  clock_.Advance(minutes(10));
  EXPECT_EQ(replica.Step().days(0).missing(), 1u);
}

TEST_F(ReporterTest, GoesByWhatItSawItselfWhileTheStoreIsAwayAndTellsItLater) {
  writer_.Declare(kDay, {"2606.00001"}, Now() - absl::Hours(2));
  writer_.Sight(kDay, "2606.00001", v1::STAGE_INGESTED, "new-paper", 100);
  Replica first(store_, clock_, commits_);
  first.Step();
  EXPECT_EQ(store_.notes(), 0);
  writer_.Sight(kDay, "2606.00001", v1::STAGE_SUMMARIZED, "summarized", 99);
  first.Step();
  EXPECT_EQ(store_.notes(), 1);

  store_.SetAway(true);
  EXPECT_THAT(first.Step().stale_reason(), testing::HasSubstr("connection refused"));
  store_.SetAway(false);
  EXPECT_FALSE(first.Step().stale());
}

TEST_F(ReporterTest, AReplicaThatHasJustStartedKnowsForHowLongTheLedgerHasWaitedForIngest) {
  // The store's epoch is of the system's clock; ten hours later nobody has heard of ingest.
  const clock::FakeClock later(clock::SystemClock().Now() + std::chrono::hours(10));
  Replica replica(store_, later, commits_, /*data=*/false);
  ShowTo(replica, {});

  const v1::GetStatusResponse status = replica.Step();

  EXPECT_EQ(status.state(), v1::FEED_STATE_FAILED) << status.sentence();
}

TEST_F(ReporterTest, AccountsOnlyForTheDaysOnWhichSomethingHasChanged) {
  Replica replica(store_, clock_, commits_);
  std::vector<EntryPtr> entries;
  const std::vector<std::string> dates = {"2026-06-18", "2026-06-19", "2026-06-22", kDay};
  for (size_t i = 0; i < dates.size(); ++i) {
    const std::string id = "2606.0000" + std::to_string(i);
    writer_.Declare(dates[i], {id}, Now());
    entries.push_back(ServedEntry::Make(MakeEntry(id, dates[i]), At(1), At(1)));
  }
  const auto whole =
      std::make_shared<const Snapshot>("e1", At(1), entries, std::vector<Gone>(), "");
  replica.snapshots.Swap(whole, replica.feed_clock.Now());
  replica.Step();
  const double first = replica.Metric("paperwire_serve_ledger_accounts_total");
  EXPECT_EQ(first, 4);

  replica.Step();
  EXPECT_EQ(replica.Metric("paperwire_serve_ledger_accounts_total"), first);
  // A new state of one card; then one that is taken out; then a record.
  const auto changed = whole->After(
      At(2), {ServedEntry::Make(MakeEntry("2606.00001", dates[1], {"theory"}, 2), At(1), At(2))},
      {}, "");
  replica.snapshots.Swap(changed, replica.feed_clock.Now());
  replica.Step();
  EXPECT_EQ(replica.Metric("paperwire_serve_ledger_accounts_total"), first + 1);
  const Gone gone{.arxiv_id = "2606.00002", .announced = "2026-06-23", .changed = At(3)};
  replica.snapshots.Swap(changed->After(At(3), {}, {&gone, 1}, ""), replica.feed_clock.Now());
  EXPECT_EQ(replica.Step().days(1).served(), 0u);
  EXPECT_EQ(replica.Metric("paperwire_serve_ledger_accounts_total"), first + 2);
}

TEST_F(ReporterTest, SaysTheSameAsOneThatReadsEverythingAnewWhateverHappens) {
  // A day's papers go through the stages, some fail and come back, the stages commit now and then.
  Replica follower(store_, clock_, commits_);
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) ids.push_back("2606.1" + std::to_string(1000 + i));
  writer_.Declare(kDay, ids, Now());
  const std::vector<std::pair<v1::Stage, std::string>> stages = {
      {v1::STAGE_INGESTED, "new-paper"},
      {v1::STAGE_SUMMARIZED, "summarized"},
      {v1::STAGE_SUMMARIZED, "summarized.dlq"},
      {v1::STAGE_TAGGED, "tagged"}};
  uint32_t random = 1;
  const auto draw = [&random](size_t below) {
    random = random * 1664525 + 1013904223;
    return (random >> 8) % below;
  };
  int64_t cursor = 1000;
  SnapshotPtr snapshot = MakeSnapshot({});
  for (int step = 0; step < 300; ++step) {
    const std::string& id = ids[draw(ids.size())];
    const size_t what = draw(8);
    if (what < 4) {
      window::LedgerWrite write;
      write.arxiv_id = id;
      write.announced = kDay;
      write.sighting.stage = stages[what].first;
      write.sighting.topic = stages[what].second;
      write.sighting.dead_lettered = what == 2;
      write.sighting.partition = 0;
      write.sighting.offset = static_cast<int64_t>(80 + draw(60));
      write.sighting.replays = static_cast<uint32_t>(draw(3));
      write.sighting.revision = uint64_t{1} << 40;
      writer_.Write(write);
    } else if (what == 4) {
      commits_["paperwire-classify"][{"summarized", 0}] = static_cast<int64_t>(80 + draw(60));
    } else if (what == 5) {
      clock_.Advance(minutes(draw(5)));
    } else if (what == 6) {
      ++cursor;
      snapshot = snapshot->After(
          At(cursor), {ServedEntry::Make(MakeEntry(id, kDay), At(cursor), At(cursor))}, {}, "");
    } else {
      ++cursor;
      const Gone gone{.arxiv_id = id, .announced = "2026-06-23", .changed = At(cursor)};
      snapshot = snapshot->After(At(cursor), {}, {&gone, 1}, "");
    }
    follower.snapshots.Swap(snapshot, follower.feed_clock.Now());
    Replica fresh(store_, clock_, commits_);
    fresh.snapshots.Swap(snapshot, fresh.feed_clock.Now());
    v1::GetStatusResponse followed = follower.Step();
    v1::GetStatusResponse read = fresh.Step();
    followed.clear_snapshot_time();
    read.clear_snapshot_time();
    ASSERT_EQ(followed.DebugString(), read.DebugString()) << "step " << step;
  }
}

}  // namespace
}  // namespace paperwire::serve
