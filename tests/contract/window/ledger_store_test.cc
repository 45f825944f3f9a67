#include "libs/window/ledger_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/contract/window/stores.h"

namespace paperwire::window {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;
using testing::UnorderedElementsAre;

class LedgerStoreContract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "Redis" && !tests::RedisProcess::Available()) {
      GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    }
    stores_ = MakeStores(GetParam());
    epoch_ = ledger().Begin({{kTagged, 0}})->epoch;
  }

  LedgerStore& ledger() { return stores_->ledger(); }

  void Take(LedgerWrite write) {
    write.offset = std::max<int64_t>(at_, 0);
    const auto stored = ledger().Apply(epoch_, kTagged, at_, std::span(&write, 1));
    ASSERT_TRUE(stored.ok()) << stored.status().ToString();
    ASSERT_EQ(*stored, write.offset + 1);
    at_ = *stored;
  }

  void See(uint64_t revision, v1::Stage stage, int64_t since_ms, bool dead = false,
           uint32_t replays = 0, uint32_t attempts = 0) {
    LedgerWrite write;
    write.arxiv_id = "2606.00001";
    write.announced = "2026-06-03";
    write.sighting = {.stage = stage,
                      .dead_lettered = dead,
                      .reason = dead ? "invalid: no title | at all" : "",
                      .topic = "summarized.retry.30s",
                      .partition = 3,
                      .offset = 44,
                      .revision = revision,
                      .replays = replays,
                      .attempts = attempts,
                      .since_ms = since_ms,
                      .ingested_ms = stage == v1::STAGE_INGESTED && !dead ? since_ms : 0};
    Take(write);
  }

  void Declare(const std::string& date, const std::vector<std::string>& ids, int64_t seconds) {
    LedgerWrite write;
    write.batch.emplace().set_announced(date);
    *write.batch->mutable_paper_ids() = {ids.begin(), ids.end()};
    write.batch->mutable_create_time()->set_seconds(seconds);
    Take(write);
  }

  void Remove(uint64_t revision, int64_t since_ms) {
    LedgerWrite write;
    write.arxiv_id = "2606.00001";
    write.announced = "2026-06-03";
    write.sighting = {.stage = v1::STAGE_TAGGED,
                      .reason = "removed: a wish of its author",
                      .topic = "tagged",
                      .partition = 3,
                      .offset = 44,
                      .revision = revision,
                      .since_ms = since_ms};
    Take(write);
  }

  Whereabouts Seen() { return ledger().Load()->papers["2026-06-03"]["2606.00001"]; }

  std::unique_ptr<Stores> stores_;
  std::string epoch_;
  int64_t at_ = -1;
};

TEST_P(LedgerStoreContract, GivesBackASightingWhole) {
  See((uint64_t{2} << 40) + 257, v1::STAGE_SUMMARIZED, 1'780'000'000'123, true);
  const Whereabouts seen = Seen();
  EXPECT_EQ(seen.revision, (uint64_t{2} << 40) + 257);
  EXPECT_EQ(seen.stage, v1::STAGE_SUMMARIZED);
  EXPECT_TRUE(seen.dead_lettered);
  EXPECT_EQ(seen.reason, "invalid: no title | at all");
  EXPECT_EQ(seen.topic, "summarized.retry.30s");
  EXPECT_EQ(seen.partition, 3);
  EXPECT_EQ(seen.offset, 44);
  EXPECT_EQ(seen.since_ms, 1'780'000'000'123);
}

TEST_P(LedgerStoreContract, AHigherRevisionThenALaterStageThenALaterTimeWins) {
  See(5, v1::STAGE_SUMMARIZED, 100);
  See(4, v1::STAGE_TAGGED, 200);
  EXPECT_EQ(Seen().revision, 5u);
  See(5, v1::STAGE_INGESTED, 300);
  EXPECT_EQ(Seen().stage, v1::STAGE_SUMMARIZED);
  See(5, v1::STAGE_SUMMARIZED, 90);
  EXPECT_EQ(Seen().since_ms, 100);
  See(5, v1::STAGE_SUMMARIZED, 110);
  EXPECT_EQ(Seen().since_ms, 110);
  See(5, v1::STAGE_TAGGED, 50);
  EXPECT_EQ(Seen().stage, v1::STAGE_TAGGED);
  See(6, v1::STAGE_INGESTED, 10);
  EXPECT_EQ(Seen().revision, 6u);
}

TEST_P(LedgerStoreContract, ADeadLetterReplacesItsStageButNotALaterOne) {
  See(5, v1::STAGE_SUMMARIZED, 100);
  See(5, v1::STAGE_INGESTED, 200, true);
  EXPECT_FALSE(Seen().dead_lettered);
  See(5, v1::STAGE_SUMMARIZED, 50, true);
  EXPECT_TRUE(Seen().dead_lettered);
}

TEST_P(LedgerStoreContract, WhatWasPutBackIsAliveAndOrderTellsWhateverIsSeenFirst) {
  struct Step {
    uint32_t replays;
    uint32_t attempts;
    bool dead;
  };
  // Read, tried again, given up; put back (by a clock that is behind), and given up once more.
  const std::vector<Step> life = {{0, 0, false}, {0, 1, false}, {0, 2, true},
                                  {1, 0, false}, {1, 1, false}, {1, 2, true}};
  std::vector<size_t> order = {0, 1, 2, 3, 4, 5};
  do {
    ASSERT_TRUE(ledger().Expire("2026-06-04").ok());
    size_t newest = 0;
    for (const size_t i : order) {
      See(5, v1::STAGE_SUMMARIZED, 1000 - 10 * static_cast<int64_t>(i), life[i].dead,
          life[i].replays, life[i].attempts);
      newest = std::max(newest, i);
      const Whereabouts seen = Seen();
      ASSERT_EQ(seen.replays, life[newest].replays);
      ASSERT_EQ(seen.attempts, life[newest].attempts);
      ASSERT_EQ(seen.dead_lettered, life[newest].dead);
    }
  } while (std::next_permutation(order.begin(), order.end()) && order[0] < 2);
}

TEST_P(LedgerStoreContract, ABatchIsASightingOfWhatItDeclares) {
  Declare("2026-06-03", {"2606.00001", "2606.00002"}, 100);
  const Whereabouts declared = Seen();
  EXPECT_EQ(declared.stage, v1::STAGE_DECLARED);
  EXPECT_EQ(declared.since_ms, 100'000);
  EXPECT_EQ(declared.topic, "tagged");
  EXPECT_EQ(declared.offset, 0);

  See(5, v1::STAGE_INGESTED, 50);
  EXPECT_EQ(Seen().stage, v1::STAGE_INGESTED);
  // A later record of the day declares them again: they have waited since the first.
  Declare("2026-06-03", {"2606.00001", "2606.00002", "2606.00003"}, 200);
  EXPECT_EQ(Seen().stage, v1::STAGE_INGESTED);
  const auto papers = ledger().Load()->papers["2026-06-03"];
  EXPECT_EQ(papers.at("2606.00002").since_ms, 100'000);
  EXPECT_EQ(papers.at("2606.00003").since_ms, 200'000);
}

TEST_P(LedgerStoreContract, KeepsWhenIngestWroteFirstInWhateverOrderItIsSeen) {
  See(5, v1::STAGE_TAGGED, 900);
  EXPECT_EQ(Seen().ingested_ms, 0);
  See(5, v1::STAGE_INGESTED, 300);
  EXPECT_EQ(Seen().ingested_ms, 300);
  EXPECT_EQ(Seen().stage, v1::STAGE_TAGGED);
  See(6, v1::STAGE_INGESTED, 950);
  EXPECT_EQ(Seen().ingested_ms, 300);
  EXPECT_EQ(Seen().since_ms, 950);
  See(4, v1::STAGE_INGESTED, 200);
  EXPECT_EQ(Seen().ingested_ms, 200);
  EXPECT_EQ(Seen().revision, 6u);
}

TEST_P(LedgerStoreContract, BringsAReaderUpToDateByTheDatesThatChanged) {
  Declare("2026-06-02", {"2606.00009"}, 100);
  See(5, v1::STAGE_INGESTED, 100);
  LedgerContents contents;
  EXPECT_THAT(*ledger().Refresh(contents), UnorderedElementsAre("2026-06-02", "2026-06-03"));
  EXPECT_EQ(contents.epoch, epoch_);
  EXPECT_THAT(*ledger().Refresh(contents), IsEmpty());

  See(5, v1::STAGE_SUMMARIZED, 200);
  EXPECT_THAT(*ledger().Refresh(contents), ElementsAre("2026-06-03"));
  EXPECT_EQ(contents.papers["2026-06-03"]["2606.00001"].stage, v1::STAGE_SUMMARIZED);
  EXPECT_EQ(contents.papers["2026-06-02"].size(), 1u);
  // What does not replace changes nothing.
  See(4, v1::STAGE_TAGGED, 300);
  EXPECT_THAT(*ledger().Refresh(contents), IsEmpty());

  LedgerWrite cycle;
  cycle.cycle.emplace().set_cycle_id("one");
  Take(cycle);
  EXPECT_THAT(*ledger().Refresh(contents), IsEmpty());
  EXPECT_EQ(contents.cycles.size(), 1u);
  Declare("2026-06-02", {"2606.00009", "2606.00010"}, 300);
  EXPECT_THAT(*ledger().Refresh(contents), ElementsAre("2026-06-02"));
  EXPECT_EQ(contents.batches["2026-06-02"].paper_ids_size(), 2);
  EXPECT_EQ(contents.papers["2026-06-02"].size(), 2u);

  ASSERT_TRUE(ledger().Expire("2026-06-03").ok());
  EXPECT_THAT(*ledger().Refresh(contents), ElementsAre("2026-06-02"));
  EXPECT_FALSE(contents.papers.contains("2026-06-02"));
  EXPECT_FALSE(contents.batches.contains("2026-06-02"));
}

TEST_P(LedgerStoreContract, AReaderOfAnotherEpochKeepsWhatItHas) {
  See(5, v1::STAGE_INGESTED, 100);
  LedgerContents contents = *ledger().Load();
  stores_->Lose();
  EXPECT_TRUE(absl::IsAborted(ledger().Refresh(contents).status()));
  epoch_ = ledger().Begin({{kTagged, 1}})->epoch;
  EXPECT_TRUE(absl::IsAborted(ledger().Refresh(contents).status()));
  EXPECT_EQ(contents.papers["2026-06-03"].size(), 1u);

  contents = {};
  at_ = -1;
  See(5, v1::STAGE_SUMMARIZED, 200);
  EXPECT_THAT(*ledger().Refresh(contents), ElementsAre("2026-06-03"));
  EXPECT_EQ(contents.epoch, epoch_);
}

TEST_P(LedgerStoreContract, KnowsSinceWhenAPaperIsIdleWhoeverAsks) {
  const auto note = [&](const std::string& record, std::optional<int64_t> since) {
    const IdleNote one{.arxiv_id = "2606.00001", .record = record, .since_ms = since};
    return ledger().NoteIdle("2026-06-03", std::span(&one, 1))->at(0);
  };
  EXPECT_EQ(note("tagged 3 44", 2000), 2000);
  EXPECT_EQ(note("tagged 3 44", 9000), 2000);
  // Whoever saw it first counts, whenever it tells.
  EXPECT_EQ(note("tagged 3 44", 1000), 1000);
  EXPECT_EQ(note("tagged 3 44", 9000), 1000);
  // Another record is another matter.
  EXPECT_EQ(note("tagged 3 51", 9000), 9000);
  EXPECT_EQ(note("tagged 3 44", {}), 0);
  EXPECT_EQ(note("tagged 3 51", 9500), 9000);
  EXPECT_EQ(note("tagged 3 51", {}), 0);
  EXPECT_EQ(note("tagged 3 51", 9600), 9600);

  std::vector<IdleNote> many;
  for (int i = 0; i < 2500; ++i) {
    many.push_back({.arxiv_id = std::to_string(i), .record = "r", .since_ms = i});
  }
  EXPECT_EQ(ledger().NoteIdle("2026-06-03", many)->at(2499), 2499);
  See(5, v1::STAGE_INGESTED, 100);
  ASSERT_TRUE(ledger().Expire("2026-06-04").ok());
  EXPECT_EQ(note("tagged 3 51", 9900), 9900);
}

TEST_P(LedgerStoreContract, ARemovalStandsForItsVersionInWhateverOrderItIsSeen) {
  const uint64_t first = uint64_t{1} << 40;
  See(first + 512, v1::STAGE_INGESTED, 300);
  Remove(first + 256, 200);
  EXPECT_EQ(Seen().reason, "removed: a wish of its author");
  See(first + 512, v1::STAGE_TAGGED, 400);
  See(first + 768, v1::STAGE_SUMMARIZED, 500, true);
  EXPECT_EQ(Seen().reason, "removed: a wish of its author");
  Remove(first + 1024, 600);
  EXPECT_EQ(Seen().since_ms, 600);

  See(uint64_t{2} << 40, v1::STAGE_INGESTED, 700);
  EXPECT_EQ(Seen().reason, "");
  Remove(first + 2048, 800);
  EXPECT_EQ(Seen().reason, "");
}

TEST_P(LedgerStoreContract, TheNewestBatchOfADateReplacesTheOneBefore) {
  for (const char* id : {"2606.00001", "2606.00002"}) {
    LedgerWrite write;
    write.batch.emplace();
    write.batch->set_announced("2026-06-03");
    write.batch->add_paper_ids(id);
    Take(write);
  }
  const auto contents = ledger().Load();
  ASSERT_EQ(contents->batches.size(), 1u);
  EXPECT_EQ(contents->batches.at("2026-06-03").paper_ids(0), "2606.00002");
}

TEST_P(LedgerStoreContract, KeepsTheFiftyNewestCyclesByTheirEndOldestFirst) {
  // As a rebuild sees them: out of order, for they come from several partitions.
  for (int i = 0; i < 60; ++i) {
    LedgerWrite write;
    write.cycle.emplace();
    const int number = (i * 7) % 60;
    write.cycle->set_cycle_id("cycle-" + std::to_string(number));
    write.cycle->mutable_end_time()->set_seconds(1'780'000'000 + number);
    Take(write);
  }
  const auto cycles = ledger().Load()->cycles;
  ASSERT_EQ(cycles.size(), 50u);
  EXPECT_EQ(cycles.front().cycle_id(), "cycle-10");
  EXPECT_EQ(cycles.back().cycle_id(), "cycle-59");
}

TEST_P(LedgerStoreContract, ARecordThatSaysNothingOnlyPasses) {
  Take({});
  LedgerWrite no_date;
  no_date.arxiv_id = "2606.00001";
  no_date.announced = "soon";
  Take(no_date);
  LedgerWrite bad_batch;
  bad_batch.batch.emplace();
  Take(bad_batch);
  EXPECT_EQ(at_, 3);
  EXPECT_THAT(ledger().Load()->papers, IsEmpty());
  EXPECT_THAT(ledger().Load()->batches, IsEmpty());
}

TEST_P(LedgerStoreContract, FencesByOffsetAndByEpoch) {
  See(5, v1::STAGE_SUMMARIZED, 100);
  LedgerWrite write;
  write.offset = 7;
  EXPECT_EQ(ledger().Apply(epoch_, kTagged, 7, std::span(&write, 1)).value(), 1);
  EXPECT_EQ(ledger().Apply(epoch_, kTagged, 7, {}).value(), 1);
  stores_->Lose();
  EXPECT_TRUE(absl::IsAborted(ledger().Apply(epoch_, kTagged, 1, std::span(&write, 1)).status()));
  EXPECT_TRUE(absl::IsAborted(ledger().Apply(epoch_, kTagged, 1, {}).status()));
  const auto begun = ledger().Begin({{kTagged, 3}});
  EXPECT_NE(begun->epoch, epoch_);
  EXPECT_THAT(begun->offsets, IsEmpty());
}

TEST_P(LedgerStoreContract, IsCompleteWhenTheEndsAreReached) {
  stores_->Lose();
  epoch_ = ledger().Begin({{kTagged, 2}})->epoch;
  at_ = -1;
  Take({});
  EXPECT_FALSE(ledger().Load()->complete);
  Take({});
  EXPECT_TRUE(ledger().Load()->complete);
  EXPECT_EQ(ledger().Load()->epoch, epoch_);
}

TEST_P(LedgerStoreContract, ForgetsOldDates) {
  See(5, v1::STAGE_SUMMARIZED, 100);
  for (const char* date : {"2026-05-20", "2026-06-03"}) {
    LedgerWrite write;
    write.batch.emplace();
    write.batch->set_announced(date);
    Take(write);
  }
  ASSERT_TRUE(ledger().Expire("2026-06-03").ok());
  EXPECT_EQ(ledger().Load()->batches.size(), 1u);
  EXPECT_EQ(ledger().Load()->papers.size(), 1u);
  ASSERT_TRUE(ledger().Expire("2026-06-04").ok());
  EXPECT_THAT(ledger().Load()->batches, IsEmpty());
  EXPECT_THAT(ledger().Load()->papers, IsEmpty());
}

TEST_P(LedgerStoreContract, AClockThatRunsAheadTakesNoDateOfTheWindowOut) {
  const std::string today =
      absl::FormatTime("%Y-%m-%d", absl::Now() - absl::Hours(12), absl::UTCTimeZone());
  Declare("2024-02-29", {"2402.00001"}, 1);
  Declare(today, {"2606.00001"}, 2);
  const std::vector<IdleNote> idle = {
      {.arxiv_id = "2606.00001", .record = "batches/0/1", .since_ms = 1000}};
  ASSERT_TRUE(ledger().NoteIdle(today, idle).ok());

  ASSERT_TRUE(ledger().Expire("2999-01-01").ok());

  const auto contents = ledger().Load();
  EXPECT_THAT(contents->batches, ElementsAre(Key(today)));
  EXPECT_THAT(contents->papers, ElementsAre(Key(today)));
  const std::vector<IdleNote> later = {
      {.arxiv_id = "2606.00001", .record = "batches/0/1", .since_ms = 2000}};
  EXPECT_THAT(ledger().NoteIdle(today, later).value(), ElementsAre(1000));
}

INSTANTIATE_TEST_SUITE_P(Kinds, LedgerStoreContract, testing::Values("Memory", "Redis"),
                         [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace paperwire::window
