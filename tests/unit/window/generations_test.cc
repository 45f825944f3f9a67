#include "libs/window/generations.h"

#include <gtest/gtest.h>

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

// A topic that counts how often it is read.
class Topic {
 public:
  explicit Topic(std::vector<bus::Message> records) : records_(std::move(records)) {}

  ReadTopic Reader() {
    return [this](const std::string& topic,
                  const std::function<bool(const bus::Message&)>& visit) -> absl::Status {
      EXPECT_EQ(topic, "new-paper");
      ++reads_;
      for (const bus::Message& record : records_) {
        if (!visit(record)) break;
      }
      return status_;
    };
  }
  void Fail(absl::Status status) { status_ = std::move(status); }
  int reads() const { return reads_; }

 private:
  std::vector<bus::Message> records_;
  absl::Status status_;
  int reads_ = 0;
};

TEST(RestoreGenerations, HandsOutNoneThatWasPublishedBefore) {
  bus::Message broken = Published("2606.00003", 1, 4);
  broken.value = "no event";
  Topic topic({Published("2606.00001", 1, 2), Published("2606.00001", 1, 5),
               Published("2606.00001", 1, 3), Published("2606.00001", 2, 0), broken});
  MemoryGenerations generations;

  ASSERT_TRUE(RestoreGenerations(generations, topic.Reader()).ok());

  EXPECT_EQ(generations.Next("2606.00001", 1).value(), 6u);
  EXPECT_EQ(generations.Next("2606.00001", 2).value(), 1u);
  EXPECT_EQ(generations.Next("2606.00003", 1).value(), 1u);
}

TEST(RestoreGenerations, ReadsTheTopicOnceAndAgainAfterALoss) {
  Topic topic({Published("2606.00001", 1, 2)});
  MemoryGenerations generations;

  ASSERT_TRUE(RestoreGenerations(generations, topic.Reader()).ok());
  ASSERT_TRUE(RestoreGenerations(generations, topic.Reader()).ok());
  EXPECT_EQ(topic.reads(), 1);

  generations.Lose();
  ASSERT_TRUE(RestoreGenerations(generations, topic.Reader()).ok());
  EXPECT_EQ(topic.reads(), 2);
  EXPECT_EQ(generations.Next("2606.00001", 1).value(), 3u);
}

TEST(RestoreGenerations, IsNotDoneWhereTheTopicCouldNotBeReadWhole) {
  Topic topic({Published("2606.00001", 1, 2)});
  topic.Fail(absl::UnavailableError("no broker"));
  MemoryGenerations generations;

  EXPECT_TRUE(absl::IsUnavailable(RestoreGenerations(generations, topic.Reader())));
  EXPECT_FALSE(generations.IsRestored().value());

  topic.Fail(absl::OkStatus());
  EXPECT_TRUE(RestoreGenerations(generations, topic.Reader()).ok());
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
