#include "libs/window/generations.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/window/memory_window.h"

namespace paperwire::window {
namespace {

bus::Message Published(const std::string& id, uint32_t version, uint32_t generation) {
  v1::NewPaper event;
  event.mutable_paper()->set_arxiv_id(id);
  event.mutable_paper()->set_version(version);
  event.mutable_paper()->set_announced("2026-06-23");
  *event.mutable_revision() =
      events::ToProto({.paper_version = version, .generation = generation, .rank = 0});
  return events::Encode(events::kNewPaper, event, {.service = "ingest"},
                        clock::FakeClock(clock::WallTime{}));
}

// Topics that count how often each is read.
class Topics {
 public:
  explicit Topics(std::vector<bus::Message> new_papers) {
    records_["new-paper"] = std::move(new_papers);
  }

  void Add(const std::string& topic, bus::Message record) {
    records_[topic].push_back(std::move(record));
  }
  ReadTopic Reader() {
    return [this](const std::string& topic,
                  const std::function<bool(const bus::Message&)>& visit) -> absl::Status {
      ++reads_[topic];
      for (const bus::Message& record : records_[topic]) {
        if (!visit(record)) break;
      }
      return status_;
    };
  }
  void Fail(absl::Status status) { status_ = std::move(status); }
  const std::map<std::string, int>& reads() const { return reads_; }

 private:
  std::map<std::string, std::vector<bus::Message>> records_;
  std::map<std::string, int> reads_;
  absl::Status status_;
};

std::map<std::string, int> EachRead(int times) {
  return {{"new-paper", times}, {"summarized", times}, {"tagged", times}};
}

TEST(RestoreGenerations, HandsOutNoneThatWasPublishedBefore) {
  bus::Message broken = Published("2606.00003", 1, 4);
  broken.value = "no event";
  Topics topics({Published("2606.00001", 1, 2), Published("2606.00001", 1, 5),
                 Published("2606.00001", 1, 3), Published("2606.00001", 2, 0), broken});
  MemoryGenerations generations;

  ASSERT_TRUE(RestoreGenerations(generations, topics.Reader()).ok());

  EXPECT_EQ(generations.Next("2606.00001", 1).value(), 6u);
  EXPECT_EQ(generations.Next("2606.00001", 2).value(), 1u);
  EXPECT_EQ(generations.Next("2606.00003", 1).value(), 1u);
}

// An operator's request for tags, and one for a removal, skip the stages before.
TEST(RestoreGenerations, KnowsWhatWasSpentOnLaterTopics) {
  Topics topics({Published("2606.00001", 1, 2)});
  topics.Add("summarized", Published("2606.00001", 1, 3));
  topics.Add("tagged", Published("2606.00002", 1, 8));
  MemoryGenerations generations;

  ASSERT_TRUE(RestoreGenerations(generations, topics.Reader()).ok());

  EXPECT_EQ(generations.Next("2606.00001", 1).value(), 4u);
  EXPECT_EQ(generations.Next("2606.00002", 1).value(), 9u);
}

TEST(RestoreGenerations, ReadsEachTopicOnceAndAgainAfterALoss) {
  Topics topics({Published("2606.00001", 1, 2)});
  MemoryGenerations generations;

  ASSERT_TRUE(RestoreGenerations(generations, topics.Reader()).ok());
  ASSERT_TRUE(RestoreGenerations(generations, topics.Reader()).ok());
  EXPECT_EQ(topics.reads(), EachRead(1));

  generations.Lose();
  ASSERT_TRUE(RestoreGenerations(generations, topics.Reader()).ok());
  EXPECT_EQ(topics.reads(), EachRead(2));
  EXPECT_EQ(generations.Next("2606.00001", 1).value(), 3u);
}

TEST(RestoreGenerations, IsNotDoneWhereATopicCouldNotBeReadWhole) {
  Topics topics({Published("2606.00001", 1, 2)});
  topics.Fail(absl::UnavailableError("no broker"));
  MemoryGenerations generations;

  EXPECT_TRUE(absl::IsUnavailable(RestoreGenerations(generations, topics.Reader())));
  EXPECT_FALSE(generations.IsRestored().value());

  topics.Fail(absl::OkStatus());
  EXPECT_TRUE(RestoreGenerations(generations, topics.Reader()).ok());
  EXPECT_TRUE(generations.IsRestored().value());
}

TEST(WindowGenerations, AreTheWindowsOwn) {
  const auto window = MakeMemoryWindow();
  WindowGenerations generations(*window);

  ASSERT_TRUE(generations.Raise("2606.00001", 1, 7).ok());
  EXPECT_EQ(window->NextGeneration("2606.00001", 1).value(), 8u);
  EXPECT_EQ(generations.Next("2606.00001", 1).value(), 9u);
  ASSERT_TRUE(generations.SetRestored().ok());
  EXPECT_TRUE(window->GenerationsRestored().value());
}

}  // namespace
}  // namespace paperwire::window
