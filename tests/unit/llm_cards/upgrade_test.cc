#include "services/summarize/upgrade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/window/memory_window.h"
#include "services/summarize/card.h"
#include "services/summarize/records.h"
#include "tests/unit/llm_cards/room.h"

namespace paperwire::llm_cards {
namespace {

using summarize::Handler;
using summarize::Upgrader;

std::string Ungrounded() {
  v1::Summary parts = RightParts();
  parts.set_results("Accuracy rises by 44% over full tables.");
  return Json(parts);
}

class Upgrades : public testing::Test {
 protected:
  bus::Message NewPaperRecord() {
    v1::NewPaper event;
    *event.mutable_paper() = TinyTable();
    *event.mutable_revision() = events::ToProto({.paper_version = 2, .generation = 3, .rank = 0});
    return events::Encode(events::kNewPaper, event, {.service = "ingest"}, room_.clock);
  }
  // What the handler emits for it.
  std::vector<bus::Message> Handled() {
    std::vector<bus::Message> emit;
    EXPECT_TRUE(handler_.Handle(NewPaperRecord(), emit).ok());
    return emit;
  }
  absl::Status Upgrade(const bus::Message& wish, std::vector<bus::Message>& emit) {
    bus::PlainAttempt attempt;
    emit.clear();
    return upgrader_.Handle(wish, emit, attempt);
  }
  // The wish of a card that fell back because of the endpoint, a minute old.
  bus::Message Wish() {
    v1::NewPaper event;
    EXPECT_TRUE(events::Decode(NewPaperRecord(), event).ok());
    bus::Message wish = summarize::UpgradeRecord(event, v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE,
                                                 {}, NewPaperRecord(), room_.clock);
    wish.timestamp_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(room_.clock.Now().time_since_epoch())
            .count();
    room_.clock.Advance(std::chrono::minutes(1));
    return wish;
  }
  // Puts the paper into the window.
  void Store(uint32_t version, uint32_t generation, uint8_t rank) {
    const bus::TopicPartition partition{.topic = "tagged", .partition = 0};
    if (epoch_.empty()) epoch_ = window_->Begin({{partition, 0}})->epoch;
    window::Write write;
    write.offset = std::max<int64_t>(offset_, 0);
    *write.entry.mutable_paper() = TinyTable();
    write.entry.mutable_paper()->set_version(version);
    *write.entry.mutable_revision() =
        events::ToProto({.paper_version = version, .generation = generation, .rank = rank});
    const auto applied = window_->Apply(epoch_, partition, offset_, "2000-01-01", {&write, 1});
    ASSERT_TRUE(applied.ok()) << applied.status();
    ASSERT_EQ(applied->verdicts.at(0), window::Verdict::kApplied);
    offset_ = applied->stored_offset;
  }
  static v1::SummarizedPaper Read(const bus::Message& record) {
    v1::SummarizedPaper event;
    EXPECT_TRUE(events::Decode(record, event).ok());
    return event;
  }
  double Count(const std::string& outcome) {
    return room_.Count("paperwire_summarize_upgrades_total", outcome);
  }

  Room room_;
  std::string epoch_;
  int64_t offset_ = -1;
  std::unique_ptr<window::Window> window_ = window::MakeMemoryWindow(&room_.clock);
  Handler handler_{room_.clock, room_.metrics, room_.summarizer.get()};
  Upgrader upgrader_{{.summarizer = *room_.summarizer,
                      .window = *window_,
                      .handler = handler_,
                      .clock = room_.clock,
                      .metrics = room_.metrics}};
};

TEST_F(Upgrades, AreNotWishedForWhereAModelWroteTheCard) {
  room_.first.Say(Json(RightParts()));

  const std::vector<bus::Message> emitted = Handled();

  ASSERT_EQ(emitted.size(), 1u);
  EXPECT_EQ(emitted[0].topic, "summarized");
  const v1::SummarizedPaper event = Read(emitted[0]);
  EXPECT_EQ(event.revision().rank(), 2u);
  EXPECT_EQ(event.revision().generation(), 3u);
  EXPECT_EQ(event.summary().results(), RightParts().results());
  EXPECT_GT(event.summary().provenance().create_time().seconds(), 0);
}

TEST_F(Upgrades, AreWishedForWhereACardFellBack) {
  room_.first.Say(llm::CallOutcome::kTimeout);

  const std::vector<bus::Message> emitted = Handled();

  ASSERT_EQ(emitted.size(), 2u);
  EXPECT_EQ(Read(emitted[0]).revision().rank(), 1u);
  EXPECT_EQ(Read(emitted[0]).summary().provenance().fallback_reason(),
            v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE);
  EXPECT_EQ(emitted[1].topic, "new-paper.upgrade");
  EXPECT_EQ(emitted[1].key, TinyTable().arxiv_id());
  EXPECT_EQ(emitted[1].FindHeader("pw-upgrade"), "FALLBACK_REASON_ENDPOINT_UNAVAILABLE");
  v1::NewPaper wish;
  ASSERT_TRUE(events::Decode(emitted[1], wish).ok());
  EXPECT_EQ(wish.paper().abstract(), TinyTable().abstract());
  EXPECT_EQ(wish.upgrade_reason(), v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE);
}

TEST_F(Upgrades, TakeTheGenerationOfTheCardThatIsOut) {
  room_.first.Say(Json(RightParts()));
  const bus::Message wish = Wish();
  Store(2, 7, 1);
  std::vector<bus::Message> emit;

  ASSERT_TRUE(Upgrade(wish, emit).ok());

  ASSERT_EQ(emit.size(), 1u);
  EXPECT_EQ(emit[0].topic, "summarized");
  const v1::SummarizedPaper event = Read(emit[0]);
  EXPECT_EQ(event.revision().generation(), 7u);
  EXPECT_EQ(event.revision().rank(), 2u);
  EXPECT_EQ(event.summary().provenance().summarizer(), v1::SUMMARIZER_KIND_LLM);
  EXPECT_EQ(Count("upgraded"), 1);
}

TEST_F(Upgrades, OfACardThatIsNotOutYetAreMadeFromTheWish) {
  room_.first.Say(Json(RightParts()));
  std::vector<bus::Message> emit;

  ASSERT_TRUE(Upgrade(Wish(), emit).ok());

  EXPECT_EQ(Read(emit.at(0)).revision().generation(), 3u);
}

TEST_F(Upgrades, AreOfTheVersionThatIsNewer) {
  room_.first.Say(Json(RightParts()));
  const bus::Message wish = Wish();
  Store(1, 9, 1);
  std::vector<bus::Message> emit;
  ASSERT_TRUE(Upgrade(wish, emit).ok());
  EXPECT_EQ(Read(emit.at(0)).revision().paper_version(), 2u);
  EXPECT_EQ(Read(emit.at(0)).revision().generation(), 3u);

  Store(4, 1, 1);
  ASSERT_TRUE(Upgrade(wish, emit).ok());
  EXPECT_EQ(Read(emit.at(0)).revision().paper_version(), 4u);
  EXPECT_EQ(Read(emit.at(0)).summary().provenance().paper_version(), 4u);
}

TEST_F(Upgrades, OfAPaperWithAModelsCardArePointless) {
  const bus::Message wish = Wish();
  Store(2, 3, 2);
  std::vector<bus::Message> emit;

  ASSERT_TRUE(Upgrade(wish, emit).ok());

  EXPECT_TRUE(emit.empty());
  EXPECT_EQ(Count("outranked"), 1);
  EXPECT_TRUE(room_.first.requests().empty());
}

TEST_F(Upgrades, OfAPaperThatLeftTheWindowArePointless) {
  const bus::Message wish = Wish();
  room_.clock.Advance(std::chrono::hours(24 * 9));
  std::vector<bus::Message> emit;

  ASSERT_TRUE(Upgrade(wish, emit).ok());

  EXPECT_TRUE(emit.empty());
  EXPECT_EQ(Count("left"), 1);
}

TEST_F(Upgrades, WaitWhileNobodyIsAsked) {
  room_.first.NotAsked(v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE);
  std::vector<bus::Message> emit;

  for (int i = 0; i < 2 * Upgrader::kMostWaited; ++i) {
    EXPECT_TRUE(absl::IsUnavailable(Upgrade(Wish(), emit)));
    EXPECT_TRUE(emit.empty());
  }
  EXPECT_EQ(Count("given-up"), 0);
}

// The other model's answer is kept: nobody is asked, so nothing can have changed.
TEST_F(Upgrades, WaitForTheModelThatIsAwayWhateverAnotherHasSaid) {
  Room room(2);
  room.first.NotAsked(v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE);
  room.second.Say(Ungrounded());
  const Handler handler(room.clock, room.metrics, room.summarizer.get());
  const Upgrader upgrader({.summarizer = *room.summarizer,
                           .window = *window_,
                           .handler = handler,
                           .clock = room.clock,
                           .metrics = room.metrics});
  room.summarizer->Make(TinyTable(), 0, {});
  bus::PlainAttempt attempt;
  std::vector<bus::Message> emit;

  for (int i = 0; i < 2 * Upgrader::kMostWaited; ++i) {
    EXPECT_TRUE(absl::IsUnavailable(upgrader.Handle(Wish(), emit, attempt)));
    EXPECT_TRUE(emit.empty());
  }
}

TEST_F(Upgrades, AreLostByNoEndpointThatIsNotThere) {
  room_.first.Say(llm::CallOutcome::kUnreachable);
  bus::Message wish = Wish();
  std::vector<bus::Message> emit;

  for (int i = 0; i < 2 * Upgrader::kMostWaited; ++i) {
    ASSERT_TRUE(Upgrade(wish, emit).ok());
    ASSERT_EQ(emit.size(), 1u);
    wish = emit[0];
  }
  EXPECT_EQ(Count("given-up"), 0);
}

TEST_F(Upgrades, CarryWhenTheyWereWishedForFirst) {
  room_.first.Say(llm::CallOutcome::kTimeout);
  room_.first.Say(Json(RightParts()));
  bus::Message wish = Wish();
  std::vector<bus::Message> emit;
  ASSERT_TRUE(Upgrade(wish, emit).ok());
  const int64_t first = wish.timestamp_ms;
  wish = emit.at(0);
  wish.timestamp_ms = first + 60'000;
  EXPECT_EQ(summarize::TriesOf(wish).since_ms, first);

  room_.clock.Advance(std::chrono::minutes(9));
  ASSERT_TRUE(Upgrade(wish, emit).ok());

  EXPECT_EQ(emit.at(0).topic, "summarized");
  for (const prometheus::MetricFamily& family : room_.metrics.Collect()) {
    if (family.name != "paperwire_summarize_upgrade_wait_seconds") continue;
    EXPECT_EQ(family.metric.at(0).histogram.sample_sum, 600);
  }
}

// As where a gateway forbids one abstract: everything looks broken, and it is this question's
// doing.
TEST_F(Upgrades, GoToTheEndOfTheLineAfterEveryCall) {
  room_.first.Say(llm::CallOutcome::kUnauthorized);
  bus::Message wish = Wish();
  std::vector<bus::Message> emit;
  int rounds = 0;
  for (; rounds < 100; ++rounds) {
    ASSERT_TRUE(Upgrade(wish, emit).ok());
    if (emit.empty()) break;
    EXPECT_EQ(emit.at(0).topic, "new-paper.upgrade");
    EXPECT_NE(emit.at(0).FindHeader("ce_id"), wish.FindHeader("ce_id"));
    wish = emit[0];
  }

  EXPECT_EQ(rounds + 1, Upgrader::kMostWaited);
  EXPECT_EQ(Count("given-up"), 1);
}

TEST_F(Upgrades, AreGivenUpAfterThreeBadAnswers) {
  room_.first.Say(Ungrounded());
  bus::Message wish = Handled().at(1);
  const size_t asked = room_.first.requests().size();
  std::vector<bus::Message> emit;
  int rounds = 0;
  for (; rounds < 10; ++rounds) {
    ASSERT_TRUE(Upgrade(wish, emit).ok());
    // A redelivery costs nothing, and wishes for the same.
    const std::vector<bus::Message> first = emit;
    const size_t calls = room_.first.requests().size();
    ASSERT_TRUE(Upgrade(wish, emit).ok());
    EXPECT_EQ(room_.first.requests().size(), calls);
    ASSERT_EQ(emit.size(), first.size());
    if (emit.empty()) break;
    EXPECT_EQ(emit[0].FindHeader("ce_id"), first[0].FindHeader("ce_id"));
    wish = emit[0];
  }

  EXPECT_EQ(rounds + 1, Upgrader::kMostFailed);
  // Two questions each.
  EXPECT_EQ(room_.first.requests().size(), asked + size_t{2} * Upgrader::kMostFailed);
}

// The endpoint is well, as far as anybody knows: nobody asked it.
TEST_F(Upgrades, WaitForTheStoreHoweverLongItIsAway) {
  room_.store.SetFailure(absl::UnavailableError("away"));
  std::vector<bus::Message> emit;

  for (int i = 0; i < 2 * Upgrader::kMostWaited; ++i) {
    EXPECT_TRUE(absl::IsUnavailable(Upgrade(Wish(), emit)));
    EXPECT_TRUE(emit.empty());
  }
  EXPECT_EQ(Count("given-up"), 0);
}

TEST_F(Upgrades, AreRefusedWhereTheRecordIsNone) {
  bus::Message wish = Wish();
  wish.value = "\xff\xff";
  std::vector<bus::Message> emit;

  EXPECT_TRUE(absl::IsInvalidArgument(Upgrade(wish, emit)));
}

TEST_F(Upgrades, AbandonedLeaveTheRecord) {
  std::stop_source stop;
  stop.request_stop();
  bus::PlainAttempt attempt(stop.get_token());
  room_.first.Say(Json(RightParts()));
  std::vector<bus::Message> emit;

  EXPECT_TRUE(absl::IsUnavailable(upgrader_.Handle(Wish(), emit, attempt)));
  EXPECT_TRUE(absl::IsUnavailable(handler_.Handle(NewPaperRecord(), emit, attempt)));
  EXPECT_TRUE(emit.empty());
}

}  // namespace
}  // namespace paperwire::llm_cards
