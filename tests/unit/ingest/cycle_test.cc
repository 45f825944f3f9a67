#include "services/ingest/cycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>

#include "libs/bus/memory_bus.h"
#include "libs/calendar/calendar.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "services/ingest/file_source.h"
#include "services/ingest/schedule.h"

namespace paperwire::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

// 2026-06-23T05:30:00Z.
const clock::WallTime kNow = clock::WallTime(seconds(1782192600));

struct Item {
  std::string id;
  std::string type = "new";
  std::string date = "Tue, 23 Jun 2026";
};

std::string Feed(const std::string& category, const std::vector<Item>& items) {
  std::string out =
      "<rss xmlns:arxiv=\"http://arxiv.org/schemas/atom\"><channel><title>" + category +
      " updates on arXiv.org</title><pubDate>Tue, 23 Jun 2026 00:00:00 -0400</pubDate>";
  for (const Item& item : items) {
    out += "<item><title>T</title><description>arXiv:" + item.id + " Announce Type: " + item.type +
           " \nAbstract: Text.</description><guid>oai:arXiv.org:" + item.id + "</guid><category>" +
           category + "</category><pubDate>" + item.date +
           " 00:00:00 -0400</pubDate><arxiv:announce_type>" + item.type +
           "</arxiv:announce_type></item>";
  }
  return out + "</channel></rss>";
}

// Two answers a look, from a script.
class ScriptedSource final : public Source {
 public:
  void Answer(std::string body) { answers_.push_back(std::move(body)); }

  absl::StatusOr<Harvest> Collect(const Known& /*known*/, std::stop_token /*stop*/) override {
    Harvest harvest;
    for (const char* category : {"cs.LG", "stat.ML"}) {
      Reading reading;
      reading.outcome = Outcome::kUnreachable;
      if (!answers_.empty()) {
        reading = Read(answers_.front());
        answers_.pop_front();
      }
      harvest.Add(category, category, std::move(reading));
      ++harvest.requests;
    }
    return harvest;
  }
  void Settle() override { ++settled; }

  int settled = 0;

 private:
  std::deque<std::string> answers_;
};

// Keeps the reports of papers back, but for the first, and asks for a stop when it has all; what it
// is asked for after that is never reported either.
class StoppingPublisher final : public bus::Publisher {
 public:
  StoppingPublisher(bus::Publisher& broker, size_t papers) : broker_(broker), papers_(papers) {}

  void Publish(bus::Message message, Delivered delivered) override {
    const bool paper = message.topic == "new-paper";
    if (!stop.stop_requested() && (!paper || seen_++ == 0)) {
      return broker_.Publish(std::move(message), std::move(delivered));
    }
    unreported.push_back(std::move(delivered));
    if (paper && seen_ == papers_) stop.request_stop();
  }
  absl::Status Flush(milliseconds) override { return absl::OkStatus(); }

  std::stop_source stop;
  std::vector<Delivered> unreported;

 private:
  bus::Publisher& broker_;
  const size_t papers_;
  size_t seen_ = 0;
};

class CycleTest : public testing::Test {
 protected:
  window::ReadTopic Reader() {
    return [this](const std::string& topic,
                  const std::function<bool(const bus::Message&)>& visit) -> absl::Status {
      for (const bus::Message& message : broker_.Records(topic)) {
        if (!visit(message)) break;
      }
      return absl::OkStatus();
    };
  }
  // A new process: nothing remembered but what the bus and the seen-set hold.
  v1::Cycle Run() {
    CycleRunner runner(source_, seen_, generations_, publisher_, Reader(), clock_, metrics_, {});
    return runner.Run({});
  }
  std::vector<v1::Paper> Published() {
    std::vector<v1::Paper> papers;
    for (const bus::Message& message : broker_.Records("new-paper")) {
      v1::NewPaper event;
      EXPECT_TRUE(events::Decode(message, event).ok());
      papers.push_back(event.paper());
    }
    return papers;
  }
  v1::Batch LastBatch() {
    v1::Batch batch;
    const auto records = broker_.Records("batches");
    if (!records.empty()) {
      EXPECT_TRUE(events::Decode(records.back(), batch).ok());
    }
    return batch;
  }

  clock::FakeClock clock_{kNow};
  prometheus::Registry metrics_;
  bus::MemoryBroker broker_;
  bus::MemoryPublisher publisher_{broker_};
  MemorySeenSet seen_;
  window::MemoryGenerations generations_;
  ScriptedSource source_;
};

TEST_F(CycleTest, MergesCrossListsIntoOnePaper) {
  source_.Answer(Feed("cs.LG", {{"2606.90001v1"}, {"2606.90002v1", "cross"}}));
  source_.Answer(Feed("stat.ML", {{"2606.90002v1"},
                                  {"2205.90003v2", "cross"},
                                  {"2504.90005v1", "cross"},
                                  {"2606.80004v3", "replace"}}));

  const v1::Cycle cycle = Run();

  EXPECT_EQ(cycle.outcome(), v1::CYCLE_OUTCOME_PUBLISHED) << cycle.error();
  EXPECT_EQ(cycle.papers_seen(), 5u);
  EXPECT_EQ(cycle.papers_published(), 2u);
  EXPECT_THAT(cycle.announced(), ElementsAre("2026-06-23"));
  const auto papers = Published();
  ASSERT_EQ(papers.size(), 2u);
  EXPECT_EQ(papers[1].arxiv_id(), "2606.90002");
  EXPECT_EQ(papers[1].announce_type(), v1::ANNOUNCE_TYPE_NEW);
  EXPECT_THAT(papers[1].categories(), ElementsAre("stat.ML", "cs.LG"));
  const v1::Batch batch = LastBatch();
  EXPECT_THAT(batch.paper_ids(), ElementsAre("2606.90001", "2606.90002"));
  EXPECT_THAT(batch.old_cross_ids(), ElementsAre("2205.90003", "2504.90005"))
      << "a first version of last year is no new paper either";
  EXPECT_THAT(batch.replaced_ids(), ElementsAre("2606.80004"));
  EXPECT_EQ(batch.declared_size(), 5);
}

TEST_F(CycleTest, PublishesNothingTwice) {
  for (int i = 0; i < 2; ++i) {
    source_.Answer(Feed("cs.LG", {{"2606.90001v1"}}));
    source_.Answer(Feed("stat.ML", {}));
  }
  Run();
  const v1::Cycle second = Run();

  EXPECT_EQ(second.outcome(), v1::CYCLE_OUTCOME_NOTHING_NEW);
  EXPECT_EQ(Published().size(), 1u);
  EXPECT_EQ(broker_.Records("batches").size(), 1u);
  EXPECT_EQ(broker_.Records("cycles").size(), 2u);
}

TEST_F(CycleTest, RebuildsALostSeenSetFromTheTopic) {
  for (int i = 0; i < 2; ++i) {
    source_.Answer(Feed("cs.LG", {{"2606.90001v1"}}));
    source_.Answer(Feed("stat.ML", {}));
  }
  Run();
  seen_.Lose();
  Run();

  EXPECT_EQ(Published().size(), 1u);
}

TEST_F(CycleTest, LosesNothingWhenKilledBetweenPublishAndMark) {
  for (int i = 0; i < 2; ++i) {
    source_.Answer(Feed("cs.LG", {{"2606.90001v1"}, {"2606.90002v1"}}));
    source_.Answer(Feed("stat.ML", {}));
  }
  seen_.FailNextMark(absl::OkStatus());
  ASSERT_TRUE(seen_.SetComplete().ok());
  seen_.FailNextMark(absl::UnavailableError("killed"));
  EXPECT_EQ(Run().outcome(), v1::CYCLE_OUTCOME_PARTIAL);
  Run();

  std::set<std::string> ids;
  for (const v1::Paper& paper : Published()) ids.insert(paper.arxiv_id());
  EXPECT_THAT(ids, ElementsAre("2606.90001", "2606.90002"));
  EXPECT_EQ(Published().size(), 4u) << "twice is harmless, lost is not";
}

TEST_F(CycleTest, PublishesInTheNextCycleWhatWasNotDelivered) {
  for (int i = 0; i < 2; ++i) {
    source_.Answer(Feed("cs.LG", {{"2606.90001v1"}}));
    source_.Answer(Feed("stat.ML", {}));
  }
  publisher_.FailNext(absl::UnavailableError("no broker"), 1);
  const v1::Cycle first = Run();
  EXPECT_EQ(first.outcome(), v1::CYCLE_OUTCOME_FAILED);
  EXPECT_EQ(first.error(), "no broker");
  EXPECT_EQ(Run().outcome(), v1::CYCLE_OUTCOME_PUBLISHED);
  EXPECT_EQ(Published().size(), 1u);
  EXPECT_THAT(LastBatch().paper_ids(), ElementsAre("2606.90001"));
}

TEST_F(CycleTest, EndsWhenStoppedThoughTheBusIsSilentAndMarksOnlyWhatWasDelivered) {
  for (int i = 0; i < 2; ++i) {
    source_.Answer(Feed("cs.LG", {{"2606.90001v1"}, {"2606.90002v1"}, {"2606.90003v1"}}));
    source_.Answer(Feed("stat.ML", {}));
  }
  {
    StoppingPublisher silent(publisher_, 3);
    CycleRunner runner(source_, seen_, generations_, silent, Reader(), clock_, metrics_,
                       {.stop_patience = milliseconds(20)});
    const v1::Cycle cycle = runner.Run(silent.stop.get_token());
    EXPECT_EQ(cycle.papers_published(), 1u);
    EXPECT_EQ(silent.unreported.size(), 3u) << "two papers and the cycle";
    // A report that comes after all is nobody's any more.
    for (const auto& delivered : silent.unreported) delivered(absl::OkStatus());
  }
  ASSERT_EQ(Published().size(), 1u);

  const v1::Cycle second = Run();
  EXPECT_EQ(second.papers_published(), 2u);
  std::set<std::string> ids;
  for (const v1::Paper& paper : Published()) ids.insert(paper.arxiv_id());
  EXPECT_THAT(ids, ElementsAre("2606.90001", "2606.90002", "2606.90003"));
}

TEST_F(CycleTest, PublishesAReplacementOfAPaperInTheWindow) {
  source_.Answer(Feed("cs.LG", {{"2606.90001v1"}}));
  source_.Answer(Feed("stat.ML", {}));
  source_.Answer(Feed("cs.LG", {{"2606.90001v2", "replace", "Thu, 25 Jun 2026"}}));
  source_.Answer(Feed("stat.ML", {}));
  source_.Answer(Feed("cs.LG", {{"2606.90001v3", "replace", "Wed, 01 Jul 2026"}}));
  source_.Answer(Feed("stat.ML", {}));
  Run();
  Run();
  Run();

  const auto papers = Published();
  ASSERT_EQ(papers.size(), 2u) << "version 3 came after the window";
  EXPECT_EQ(papers[1].version(), 2u);
  EXPECT_TRUE(papers[1].revised());
  EXPECT_EQ(papers[1].announced(), "2026-06-23");
  EXPECT_THAT(LastBatch().replaced_ids(), ElementsAre("2606.90001"));
}

TEST_F(CycleTest, TellsOfALookThatFailed) {
  const v1::Cycle cycle = Run();

  EXPECT_EQ(cycle.outcome(), v1::CYCLE_OUTCOME_FAILED);
  EXPECT_EQ(cycle.requests(), 2u);
  EXPECT_EQ(cycle.sources(0).outcome(), "unreachable");
  EXPECT_EQ(broker_.Records("cycles").size(), 1u);
  EXPECT_EQ(source_.settled, 0);
}

TEST_F(CycleTest, PublishesWhatTheOtherFeedHeld) {
  source_.Answer("<rss><channel>");
  source_.Answer(Feed("stat.ML", {{"2606.90001v1"}}));
  const v1::Cycle cycle = Run();

  EXPECT_EQ(cycle.outcome(), v1::CYCLE_OUTCOME_PARTIAL);
  EXPECT_EQ(cycle.sources(0).outcome(), "truncated");
  EXPECT_EQ(cycle.papers_published(), 1u);
  EXPECT_EQ(source_.settled, 0) << "what was not whole is asked for again";
}

TEST_F(CycleTest, GivesACrossListAddedLaterTheNextGeneration) {
  source_.Answer(Feed("cs.LG", {{"2606.90001v1"}}));
  source_.Answer(Feed("stat.ML", {}));
  Run();
  for (int i = 0; i < 2; ++i) {
    source_.Answer(Feed("cs.LG", {}));
    source_.Answer(Feed("stat.ML", {{"2606.90001v1", "cross", "Wed, 24 Jun 2026"}}));
    Run();
  }

  const auto papers = Published();
  ASSERT_EQ(papers.size(), 2u) << "once, however often it is told";
  EXPECT_EQ(papers[1].announced(), "2026-06-23");
  EXPECT_EQ(papers[1].announce_type(), v1::ANNOUNCE_TYPE_NEW);
  EXPECT_THAT(papers[1].categories(), ElementsAre("stat.ML", "cs.LG"));
  EXPECT_FALSE(papers[1].revised());
  v1::NewPaper event;
  ASSERT_TRUE(events::Decode(broker_.Records("new-paper").back(), event).ok());
  EXPECT_EQ(event.revision().generation(), 1u);

  // Both are lost: no generation is handed out twice.
  seen_.Lose();
  generations_.Lose();
  source_.Answer(Feed("cs.LG", {}));
  source_.Answer(Feed("stat.ML", {}));
  Run();
  EXPECT_EQ(generations_.Next("2606.90001", 1).value(), 2u);

  // Nor one that an operator's request took for a later stage.
  v1::SummarizedPaper tagged_again;
  *tagged_again.mutable_paper() = event.paper();
  *tagged_again.mutable_revision() =
      events::ToProto({.paper_version = 1, .generation = 7, .rank = 1});
  v1::TaggedPaper removed;
  *removed.mutable_paper() = event.paper();
  *removed.mutable_revision() = events::ToProto({.paper_version = 1, .generation = 8, .rank = 0});
  for (const bool removal : {false, true}) {
    publisher_.Publish(removal ? events::Encode(events::kTagged, removed, {}, clock_)
                               : events::Encode(events::kSummarized, tagged_again, {}, clock_),
                       [](const absl::Status& status) { EXPECT_TRUE(status.ok()); });
    seen_.Lose();
    generations_.Lose();
    source_.Answer(Feed("cs.LG", {}));
    source_.Answer(Feed("stat.ML", {}));
    Run();
    EXPECT_EQ(generations_.Next("2606.90001", 1).value(), removal ? 9u : 8u);
  }
}

TEST_F(CycleTest, SettlesOnlyWhatWasWholeAndPublished) {
  source_.Answer(Feed("cs.LG", {{"2606.90001v1"}}));
  source_.Answer(Feed("stat.ML", {}));
  publisher_.FailNext(absl::UnavailableError("no broker"), 1);
  Run();
  EXPECT_EQ(source_.settled, 0);
  source_.Answer(Feed("cs.LG", {{"2606.90001v1"}}));
  source_.Answer(Feed("stat.ML", {}));
  Run();
  EXPECT_EQ(source_.settled, 1);
}

TEST(Schedule, LeavesArxivAloneForADayAfterARefusal) {
  v1::Cycle cycle;
  cycle.add_sources()->set_outcome("forbidden");
  EXPECT_EQ(NextLook(kNow, std::chrono::hours(8), milliseconds(0), cycle, false, std::nullopt).at,
            kNow + std::chrono::hours(24));
}

TEST(Schedule, LooksAtTheUsefulHoursAndGlancesWhileABatchIsDue) {
  const v1::Cycle cycle;
  const absl::CivilDay today(2026, 6, 23);
  const auto every = std::chrono::hours(8);
  const Look regular = NextLook(kNow, every, milliseconds(0), cycle, false, today);
  EXPECT_EQ(regular.at, kNow + every);
  EXPECT_FALSE(regular.glance);
  const Look due = NextLook(kNow, every, milliseconds(0), cycle, false, today - 4);
  EXPECT_EQ(due.at, kNow + std::chrono::minutes(15));
  EXPECT_TRUE(due.glance);
  v1::Cycle partial = cycle;
  partial.set_outcome(v1::CYCLE_OUTCOME_PARTIAL);
  const Look again = NextLook(kNow, every, milliseconds(0), partial, false, today);
  EXPECT_EQ(again.at, kNow + std::chrono::hours(1));
  EXPECT_FALSE(again.glance) << "what could not be had is asked for again";
  EXPECT_EQ(NextLook(kNow, every, milliseconds(0), cycle, true, today).at,
            kNow + std::chrono::minutes(1));
  v1::Cycle asked = cycle;
  asked.set_requests(6);
  EXPECT_EQ(NextLook(kNow, every, milliseconds(0), asked, true, today).at,
            kNow + std::chrono::minutes(15))
      << "arXiv is not asked every minute for what cannot be published";
  // On Saturday Friday's batch is in no feed any more.
  const auto saturday = kNow + std::chrono::hours(24 * 4);
  EXPECT_EQ(NextLook(saturday, every, milliseconds(0), cycle, false, today).at, saturday + every);
}

}  // namespace
}  // namespace paperwire::ingest
