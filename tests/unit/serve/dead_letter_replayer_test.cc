#include "services/serve/dead_letter_replayer.h"

#include "gmock/gmock.h"
#include "libs/bus/memory_bus.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "services/serve/ledger_keeper.h"
#include "tests/unit/serve/ledger_desk.h"

namespace paperwire::serve {
namespace {

using ::testing::HasSubstr;

constexpr char kDay[] = "2026-06-23";

class DeadLetterReplayerTest : public testing::Test {
 protected:
  // A record of a stage's topic about a paper.
  bus::Message Record(const std::string& topic, const std::string& id, uint32_t generation = 0) {
    v1::NewPaper event;
    *event.mutable_paper() = MakeEntry(id, kDay).paper();
    *event.mutable_revision() =
        events::ToProto({.paper_version = 1, .generation = generation, .rank = 0});
    bus::Message message = events::Encode(events::kNewPaper, event, {.service = "ingest"}, clock_);
    message.topic = topic;
    message.partition = 0;
    return message;
  }
  bus::Message GivenUp(bus::Message record, const std::string& error_class = "exhausted") {
    record.SetHeader("x-original-topic", record.topic);
    record.SetHeader("x-attempt", "4");
    record.SetHeader("x-error-class", error_class);
    record.topic += ".dlq";
    return record;
  }
  // Into the topic, and into the ledger.
  void Bury(bus::Message dead) {
    dead.offset = broker_.Append(dead);
    See(dead);
  }
  void See(const bus::Message& record) {
    window::LedgerWrite write = ReadSighting(record);
    if (!write.arxiv_id.empty()) writer_.Write(std::move(write));
  }
  absl::StatusOr<v1::ReplayDeadLettersResponse> Replay(const std::string& topic = "",
                                                       const std::string& error_class = "",
                                                       bool dry_run = false) {
    v1::ReplayDeadLettersRequest request;
    request.set_topic(topic);
    request.set_error_class(error_class);
    request.set_dry_run(dry_run);
    return replayer_.Run(request, {});
  }
  std::string Counts(const absl::StatusOr<v1::ReplayDeadLettersResponse>& response) {
    if (!response.ok()) return response.status().ToString();
    return std::to_string(response->matched()) + " matched " +
           std::to_string(response->replayed()) + " replayed " +
           std::to_string(response->superseded()) + " superseded " +
           std::to_string(response->left()) + " left";
  }

  clock::FakeClock clock_{TuesdayNoon()};
  prometheus::Registry metrics_;
  const std::unique_ptr<window::LedgerStore> kept_ = window::MakeMemoryLedgerStore();
  ShakyStore store_{*kept_};
  LedgerWriter writer_{*kept_};
  bus::MemoryBroker broker_;
  bus::MemoryPublisher publisher_{broker_};
  FeedClock feed_clock_{clock_, /*data=*/false};
  DeadLetterReplayer replayer_{
      {.ledger = store_,
       .feed_clock = feed_clock_,
       .read_topic =
           [this](const std::string& topic, const std::function<bool(const bus::Message&)>& visit) {
             for (const bus::Message& record : broker_.Records(topic)) {
               if (!visit(record)) break;
             }
             return absl::OkStatus();
           },
       .publisher = publisher_},
      metrics_};
};

TEST_F(DeadLetterReplayerTest, PutsBackOnceHoweverOftenItIsAsked) {
  Bury(GivenUp(Record("new-paper", "2606.00001")));
  Bury(GivenUp(Record("summarized", "2606.00002")));

  EXPECT_EQ(Counts(Replay()), "2 matched 2 replayed 0 superseded 0 left");
  const auto back = broker_.Records("summarized");
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].key, "2606.00002");
  EXPECT_EQ(back[0].FindHeader("x-attempt"), "");
  EXPECT_EQ(back[0].FindHeader("x-replays"), "1");
  // The ledger has seen them.
  See(back[0]);
  See(broker_.Records("new-paper").at(0));
  EXPECT_EQ(Counts(Replay()), "2 matched 0 replayed 2 superseded 0 left");
  EXPECT_EQ(broker_.Records("summarized").size(), 1u);

  // One comes back: that one, not the letter before it, is put back again.
  Bury(GivenUp(back[0]));
  EXPECT_EQ(Counts(Replay()), "3 matched 1 replayed 2 superseded 0 left");
  EXPECT_EQ(broker_.Records("summarized").at(1).FindHeader("x-replays"), "2");
}

TEST_F(DeadLetterReplayerTest, LeavesWhatThePaperHasOvertaken) {
  Bury(GivenUp(Record("new-paper", "2606.00001")));
  See(Record("new-paper", "2606.00001", 1));
  Bury(GivenUp(Record("new-paper", "2606.00002")));
  See(Record("tagged", "2606.00002"));

  EXPECT_EQ(Counts(Replay()), "2 matched 0 replayed 2 superseded 0 left");
}

TEST_F(DeadLetterReplayerTest, LeavesWhatHasLeftTheWindow) {
  bus::Message dead = GivenUp(Record("new-paper", "2606.00001"));
  dead.SetHeader("pw-announced", "2026-06-16");
  Bury(dead);
  dead.SetHeader("pw-announced", "2026-06-17");
  dead.key = "2606.00002";
  Bury(dead);

  EXPECT_EQ(Counts(Replay()), "2 matched 1 replayed 1 superseded 0 left");
  EXPECT_EQ(broker_.Records("new-paper").at(0).key, "2606.00002");
}

TEST_F(DeadLetterReplayerTest, TakesATopicAndAClassAndOnlyCountsWhenAskedTo) {
  Bury(GivenUp(Record("new-paper", "2606.00001")));
  Bury(GivenUp(Record("new-paper", "2606.00002"), "invalid"));
  Bury(GivenUp(Record("summarized", "2606.00003")));

  EXPECT_EQ(Counts(Replay("", "exhausted", true)), "2 matched 2 replayed 0 superseded 0 left");
  EXPECT_TRUE(broker_.Records("new-paper").empty());
  EXPECT_EQ(Counts(Replay("new-paper.dlq", "exhausted")),
            "1 matched 1 replayed 0 superseded 0 left");
  EXPECT_EQ(broker_.Records("new-paper").at(0).key, "2606.00001");
  EXPECT_EQ(Counts(Replay("summarized")), "1 matched 1 replayed 0 superseded 0 left");
  EXPECT_EQ(Counts(Replay("", "no such class")), "0 matched 0 replayed 0 superseded 0 left");

  const absl::Status odd = Replay("payments").status();
  EXPECT_TRUE(absl::IsInvalidArgument(odd));
  EXPECT_EQ(std::string(odd.message()), "topic: there is no dead-letter topic for payments");
}

TEST_F(DeadLetterReplayerTest, LeavesWhatCameFromNowhereAndPutsBackWhatNamesNoPaper) {
  bus::Message foreign = GivenUp(Record("new-paper", "2606.00001"));
  foreign.SetHeader("x-original-topic", "payments");
  Bury(foreign);
  bus::Message nameless = GivenUp(Record("tagged", "2606.00002"));
  nameless.key.clear();
  Bury(nameless);

  EXPECT_EQ(Counts(Replay()), "2 matched 1 replayed 0 superseded 1 left");
  EXPECT_EQ(broker_.Records("tagged").size(), 1u);
}

TEST_F(DeadLetterReplayerTest, SaysHowFarItGotWhenKafkaFailsAndGoesOnWhenAskedAgain) {
  Bury(GivenUp(Record("new-paper", "2606.00001")));
  Bury(GivenUp(Record("summarized", "2606.00002")));
  publisher_.FailNext(absl::UnavailableError("no broker"));

  const absl::Status failed = Replay().status();
  EXPECT_TRUE(absl::IsUnavailable(failed));
  EXPECT_THAT(std::string(failed.message()), testing::HasSubstr("when 0 dead letters"));
  EXPECT_EQ(Counts(Replay()), "2 matched 2 replayed 0 superseded 0 left");

  // One that its topic does not take any more is no reason to stop.
  publisher_.FailNext(absl::InvalidArgumentError("too large"));
  EXPECT_EQ(Counts(Replay()), "2 matched 1 replayed 0 superseded 1 left");
}

TEST_F(DeadLetterReplayerTest, WaitsForAWholeLedger) {
  Bury(GivenUp(Record("new-paper", "2606.00001")));
  store_.SetAway(true);
  EXPECT_TRUE(absl::IsUnavailable(Replay().status()));
  store_.SetAway(false);
  const auto young = window::MakeMemoryLedgerStore();
  ASSERT_TRUE(young->Begin({{{"batches", 0}, 1}}).ok());
  DeadLetterReplayer early({.ledger = *young,
                            .feed_clock = feed_clock_,
                            .read_topic = [](const auto&, const auto&) { return absl::OkStatus(); },
                            .publisher = publisher_},
                           metrics_);
  EXPECT_EQ(std::string(early.Run({}, {}).status().message()),
            "serve was not ready: the ledger is being rebuilt; nothing was put back");
}

TEST_F(DeadLetterReplayerTest, LogsNoMoreOfWhatWasAskedForThanALine) {
  testing::internal::CaptureStderr();
  ASSERT_TRUE(Replay("new-paper", "a\n" + std::string(60'000, 'b')).ok());
  const std::string log = testing::internal::GetCapturedStderr();

  EXPECT_THAT(log, HasSubstr("dead letters put back"));
  EXPECT_THAT(log, HasSubstr("a bbb"));
  EXPECT_LT(log.size(), 1000u);
}

}  // namespace
}  // namespace paperwire::serve
