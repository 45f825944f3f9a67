#include "tools/paperwire/topic_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/events/topics.h"

namespace paperwire::cli {
namespace {

using ::testing::IsEmpty;

std::map<std::string, bus::KafkaAdmin::TopicState> AsPlanned(
    const std::vector<bus::KafkaAdmin::TopicSpec>& plan) {
  std::map<std::string, bus::KafkaAdmin::TopicState> there;
  for (const auto& spec : plan) {
    there[spec.name] = {.partitions = spec.partitions,
                        .replication = spec.replication,
                        .configuration = spec.configuration};
  }
  return there;
}

TEST(PlanTopics, HoldsEveryTopicOfTheOneList) {
  const auto plan = PlanTopics(24, 3);
  ASSERT_EQ(plan.size(), events::Topics().size());
  for (const auto& spec : plan) {
    EXPECT_EQ(spec.partitions, 24);
    EXPECT_EQ(spec.replication, 3);
    EXPECT_EQ(spec.configuration.at("cleanup.policy"), "delete");
  }
}

TEST(PlanTopics, KeepsNewPapersFourteenDays) {
  for (const auto& spec : PlanTopics(12, 1)) {
    if (spec.name == events::kNewPaper) {
      EXPECT_EQ(spec.configuration.at("retention.ms"), "1209600000");
      EXPECT_EQ(spec.configuration.at("max.message.bytes"), "4194304");
    }
  }
}

TEST(Differences, AreNoneWhenAllIsAsPlanned) {
  const auto plan = PlanTopics(12, 1);
  EXPECT_THAT(Differences(plan, AsPlanned(plan)), IsEmpty());
}

TEST(Differences, NameWhatIsMissingAndWhatIsOtherwise) {
  const auto plan = PlanTopics(12, 1);
  auto there = AsPlanned(plan);
  there.erase("batches");
  there["tagged"].partitions = 4;
  there["tagged"].configuration["retention.ms"] = "1000";
  there["summarized"].replication = 3;
  EXPECT_THAT(Differences(plan, there),
              testing::UnorderedElementsAre("batches: missing", "tagged: 4 partitions, 12 wanted",
                                            "tagged: retention.ms is 1000, 1209600000 wanted",
                                            "summarized: replication 3, 1 wanted"));
}

TEST(Differences, LeaveAloneWhatOnlyGrewAndWhatTheBrokerDoesNotTell) {
  const auto plan = PlanTopics(12, 1);
  auto there = AsPlanned(plan);
  there["tagged"].partitions = 24;
  there["summarized"].configuration.clear();
  there["of-somebody-else"] = {.partitions = 1, .replication = 1, .configuration = {}};
  EXPECT_THAT(Differences(plan, there), IsEmpty());
}

}  // namespace
}  // namespace paperwire::cli
