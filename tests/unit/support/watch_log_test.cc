#include "tests/support/watch_log.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace paperwire::support {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(WatchLog, TheWordsOfTheExamplesAreRead) {
  const auto log = ReadWatchLog(
      "card 2606.00001 7\ncut: UNAVAILABLE: gone\nremoved 2606.00001\nlive\nrestart lost\n"
      "card 2606.00002 9\ncard 2606.00003 1");
  ASSERT_EQ(log.size(), 5u);
  EXPECT_EQ(log[0].arxiv_id, "2606.00001");
  EXPECT_EQ(log[0].revision, 7u);
  EXPECT_EQ(log[1].kind, Told::Kind::kRemoved);
  EXPECT_EQ(log[2].kind, Told::Kind::kLive);
  EXPECT_EQ(log[3].kind, Told::Kind::kRestart);
  EXPECT_THAT(CardsHeld(log), ElementsAre(Pair("2606.00002", 9u)));
}

TEST(WatchLog, TheJsonOfTheCommandLineIsRead) {
  const auto log = ReadWatchLog(
      R"({"entry":{"paper":{"arxivId":"2606.00001"},"revision":{"value":"7"}},"resumeToken":"a"}
{"removedId":"2606.00002","resumeToken":"b"}
{"heartbeat":{"time":"2026-06-24T00:00:00Z"},"resumeToken":"b"}
{"heartbeat":{"live":true},"resumeToken":"b"}
{"restart":{"reason":"lost"}}
{"entry": )");
  ASSERT_EQ(log.size(), 4u);
  EXPECT_EQ(log[0].revision, 7u);
  EXPECT_EQ(log[1].arxiv_id, "2606.00002");
  EXPECT_EQ(log[2].kind, Told::Kind::kLive);
  EXPECT_EQ(log[3].kind, Told::Kind::kRestart);
}

TEST(WatchLog, ACardThatIsMissingOrOlderThanTheWindowsIsMissing) {
  const auto verdict =
      JudgeWatch(ReadWatchLog("card a 1\ncard b 1\n"), {{"a", 1}, {"b", 2}, {"c", 1}});
  EXPECT_EQ(verdict.missing, 2);
  EXPECT_EQ(verdict.left_over + verdict.repeated + verdict.backwards, 0);
}

TEST(WatchLog, ACardThatTheWindowDoesNotHaveIsLeftOver) {
  EXPECT_EQ(JudgeWatch(ReadWatchLog("card a 1\ncard b 1\nremoved b\n"), {}).left_over, 1);
}

TEST(WatchLog, ARevisionThatComesAgainIsRepeatedAndALowerOneGoesBackwards) {
  const auto again = JudgeWatch(ReadWatchLog("card a 1\ncard a 2\ncard a 2\n"), {{"a", 2}});
  EXPECT_EQ(again.repeated, 1);
  EXPECT_EQ(again.backwards, 0);
  const auto lower = JudgeWatch(ReadWatchLog("card a 2\nremoved a\ncard a 1\n"), {{"a", 1}});
  EXPECT_EQ(lower.repeated, 0);
  EXPECT_EQ(lower.backwards, 1);
}

TEST(WatchLog, AfterARestartEverythingComesAnew) {
  const auto verdict =
      JudgeWatch(ReadWatchLog("card a 2\ncard b 1\nrestart lost\ncard a 1\n"), {{"a", 1}});
  EXPECT_TRUE(verdict.clean()) << verdict.ToString();
  EXPECT_EQ(verdict.restarts, 1);
  EXPECT_EQ(verdict.cards, 3);
}

}  // namespace
}  // namespace paperwire::support
