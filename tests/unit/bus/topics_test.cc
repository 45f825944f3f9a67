#include "libs/events/topics.h"

#include <gtest/gtest.h>

#include <map>

namespace paperwire::events {
namespace {

TEST(Topics, AreAllListedWithTheirRetentionAndSize) {
  std::map<std::string, Topic> topics;
  for (const Topic& topic : Topics()) {
    EXPECT_TRUE(topics.emplace(topic.name, topic).second) << topic.name;
  }
  EXPECT_EQ(topics.size(), 18u);
  EXPECT_EQ(topics.at("new-paper").retention, std::chrono::hours(14 * 24));
  EXPECT_EQ(topics.at("cycles").retention, std::chrono::hours(30 * 24));
  EXPECT_EQ(topics.at("new-paper.upgrade").retention, std::chrono::hours(8 * 24));
  EXPECT_EQ(topics.at("summarized.retry.1h").retention, std::chrono::hours(7 * 24));
  EXPECT_EQ(topics.at("tagged.dlq").retention, std::chrono::hours(30 * 24));
  EXPECT_EQ(topics.at("new-paper").max_message_bytes, 4u << 20);
  EXPECT_EQ(topics.at("new-paper.dlq").max_message_bytes, 5u << 20);
  EXPECT_FALSE(topics.contains("tagged.retry.30s"));
}

TEST(RetryTiers, GrowFromHalfAMinuteToAnHour) {
  ASSERT_EQ(RetryTiers().size(), 3u);
  EXPECT_EQ(RetryTopic("new-paper", RetryTiers()[1]), "new-paper.retry.5m");
  EXPECT_EQ(RetryTiers()[0].delay, std::chrono::seconds(30));
  EXPECT_EQ(RetryTiers()[2].delay, std::chrono::hours(1));
}

}  // namespace
}  // namespace paperwire::events
