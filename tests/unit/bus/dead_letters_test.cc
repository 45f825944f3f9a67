#include "libs/events/dead_letters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/dead_letter.h"

namespace paperwire::events {
namespace {

using support::MakeDeadLetter;
using ::testing::Contains;
using ::testing::Each;
using ::testing::EndsWith;

TEST(DeadLetterTopics, AreThoseOfTheOneList) {
  EXPECT_THAT(DeadLetterTopics(), Contains("new-paper.dlq"));
  EXPECT_THAT(DeadLetterTopics(), Each(EndsWith(".dlq")));
}

TEST(Restore, PutsTheRecordBackWithItsIdentityAndHistory) {
  const bus::Message dead = MakeDeadLetter();
  const auto message = Restore(dead);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->topic, "new-paper");
  EXPECT_EQ(message->key, dead.key);
  EXPECT_EQ(message->value, dead.value);
  EXPECT_EQ(message->FindHeader("ce_id"), "abc");
  EXPECT_EQ(message->FindHeader("x-original-offset"), "99");
}

TEST(Restore, ForgetsItsRetries) {
  const auto message = Restore(MakeDeadLetter());
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->FindHeader("x-attempt"), "");
  EXPECT_EQ(message->FindHeader("x-not-before"), "");
}

TEST(Restore, FindsTheTopicByItsNameWhereNoHeaderSaysIt) {
  bus::Message dead = MakeDeadLetter();
  dead.headers.clear();
  ASSERT_TRUE(Restore(dead).ok());
  EXPECT_EQ(Restore(dead)->topic, "new-paper");
}

TEST(Restore, RefusesATopicThatIsNotOurs) {
  bus::Message dead = MakeDeadLetter();
  dead.SetHeader("x-original-topic", "payments");
  EXPECT_TRUE(absl::IsInvalidArgument(Restore(dead).status()));
  dead.SetHeader("x-original-topic", "new-paper.dlq");
  EXPECT_TRUE(absl::IsInvalidArgument(Restore(dead).status()));
}

TEST(DeadLetterFilter, TakesTheTopicWithOrWithoutItsEnding) {
  const bus::Message dead = MakeDeadLetter();
  EXPECT_TRUE((DeadLetterFilter{}).Matches(dead));
  EXPECT_TRUE((DeadLetterFilter{.topic = "new-paper", .error_class = ""}).Matches(dead));
  EXPECT_TRUE((DeadLetterFilter{.topic = "new-paper.dlq", .error_class = ""}).Matches(dead));
  EXPECT_FALSE((DeadLetterFilter{.topic = "tagged", .error_class = ""}).Matches(dead));
}

TEST(DeadLetterFilter, TakesTheErrorClass) {
  bus::Message dead = MakeDeadLetter();
  EXPECT_TRUE((DeadLetterFilter{.topic = "", .error_class = "exhausted"}).Matches(dead));
  EXPECT_FALSE((DeadLetterFilter{.topic = "", .error_class = "invalid"}).Matches(dead));
  dead.headers.clear();
  EXPECT_EQ(ErrorClass(dead), "unknown");
}

TEST(DeadLetterFilter, NamesItsTopicsAndRefusesOneThatIsNone) {
  EXPECT_EQ(*(DeadLetterFilter{.topic = "tagged", .error_class = ""}).Topics(),
            std::vector<std::string>{"tagged.dlq"});
  EXPECT_EQ((DeadLetterFilter{}).Topics()->size(), DeadLetterTopics().size());
  const auto none = DeadLetterFilter{.topic = "payments", .error_class = ""}.Topics();
  EXPECT_EQ(std::string(none.status().message()),
            "topic: there is no dead-letter topic for payments");
}

TEST(Restore, CountsHowOftenARecordWasPutBack) {
  bus::Message dead = MakeDeadLetter();
  EXPECT_EQ(ReplaysOf(dead), 0u);
  EXPECT_EQ(ReplaysOf(*Restore(dead)), 1u);
  dead.SetHeader(kReplaysHeader, "4");
  EXPECT_EQ(ReplaysOf(*Restore(dead)), 5u);
  for (const char* odd : {"-1", "many", "", "99999999999999999999"}) {
    dead.SetHeader(kReplaysHeader, odd);
    EXPECT_EQ(ReplaysOf(dead), 0u) << odd;
  }
}

}  // namespace
}  // namespace paperwire::events
