#include "libs/bus/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace paperwire::bus {
namespace {

using ::testing::ElementsAre;

TaskPtr Make(const std::string& key, const std::string& value = "") {
  auto task = std::make_shared<Task>();
  task->message.key = key;
  task->message.value = value;
  return task;
}

TEST(Lane, GivesASingleWorkerEverythingInOrder) {
  Lane lane(/*shared=*/false);
  const TaskPtr first = Make("a"), second = Make("a"), sooner = Make("b");
  lane.Put({first, second});
  lane.Put(sooner, /*first=*/true);
  EXPECT_EQ(lane.Take(nullptr, {}), sooner);
  EXPECT_EQ(lane.Take(sooner, {}), first);
  EXPECT_EQ(lane.at_work(), 1);
  EXPECT_EQ(lane.size(), 2);
  EXPECT_EQ(lane.Take(first, {}), second);
}

TEST(Lane, GivesNoTwoWorkersTasksOfOneKey) {
  Lane lane(/*shared=*/true);
  const TaskPtr a1 = Make("a"), a2 = Make("a"), b = Make("b"), c = Make("c");
  lane.Put({a1, a2, b, c});
  EXPECT_EQ(lane.Take(nullptr, {}), a1);
  EXPECT_EQ(lane.Take(nullptr, {}), b) << "a is another's";
  EXPECT_THAT(lane.keys(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(lane.Take(b, {}), c);
  EXPECT_EQ(lane.Take(a1, {}), a2) << "a's turn";
  EXPECT_THAT(lane.keys(), ElementsAre("a", "c"));
  EXPECT_EQ(lane.at_work(), 2);
  EXPECT_EQ(lane.size(), 2);
}

TEST(Lane, LetsATaskStandInForOneOfItsKeyThatIsStuck) {
  Lane lane(/*shared=*/true);
  const TaskPtr stuck = Make("a"), beside = Make("a"), next = Make("a");
  lane.Put({stuck, next});
  ASSERT_EQ(lane.Take(nullptr, {}), stuck);
  beside->beside = true;
  lane.Put(beside, /*first=*/true);
  EXPECT_EQ(lane.Take(nullptr, {}), beside);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(lane.Take(beside, stop.get_token()), nullptr);
  EXPECT_THAT(lane.keys(), ElementsAre("a")) << "the stuck one's";
  EXPECT_EQ(lane.Take(stuck, {}), next);
}

TEST(Lane, WakesAsManyWorkersAsThereAreTasks) {
  Lane lane(/*shared=*/true);
  std::latch all_have_one(3);
  std::vector<std::jthread> workers;
  for (int i = 0; i < 3; ++i) {
    workers.emplace_back([&] {
      EXPECT_NE(lane.Take(nullptr, {}), nullptr);
      all_have_one.arrive_and_wait();
    });
  }
  lane.Put({Make("a"), Make("b")});
  lane.Put(Make("c"), /*first=*/false);
  all_have_one.wait();
}

TEST(Lane, LetsAWorkerGoThatIsToStop) {
  Lane lane(/*shared=*/false);
  std::jthread worker(
      [&](const std::stop_token& stop) { EXPECT_EQ(lane.Take(nullptr, stop), nullptr); });
  worker.request_stop();
  lane.Wake();
}

}  // namespace
}  // namespace paperwire::bus
