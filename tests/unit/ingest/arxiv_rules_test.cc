#include "services/ingest/arxiv_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace paperwire::ingest {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr double kAlmostOne = 0.999999;

TEST(ArxivAnswers, AreReadWhenTheyAreWhole) {
  for (const char* body :
       {"<rss version=\"2.0\"><channel/></rss>", "<?xml version=\"1.0\"?>\n<rss/>",
        "\xEF\xBB\xBF<?xml version='1.0'?><!-- <a> --><feed>\n</feed>\n",
        "<feed></feed><!-- built in 3 ms -->", "<!DOCTYPE html><html><body>page</body>", "<html>",
        "{}"}) {
    EXPECT_EQ(Judge(200, body).outcome, Outcome::kOk) << body;
  }
}

TEST(ArxivAnswers, AreNothingWhenTheyAreBlank) {
  EXPECT_EQ(Judge(200, "").outcome, Outcome::kNoBody);
  EXPECT_EQ(Judge(200, " \r\n").outcome, Outcome::kNoBody);
}

TEST(ArxivAnswers, AreCutOffWithoutTheEndOfTheirRoot) {
  for (const char* body : {"<rss><channel><item>", "<?xml version=\"1.0\"?>",
                           "<?xml version=", "<rss", "<rss><item/>", "<feed><entry></entry>",
                           "<rss></rss", "<!-- a", "<?xml version=\"1.0\"?><OAI-PMH><a></a>"}) {
    EXPECT_EQ(Judge(200, body).outcome, Outcome::kTruncated) << body;
  }
}

TEST(ArxivAnswers, RateExceededLimitsUsWhateverItsStatus) {
  for (const int status : {200, 403, 404, 429, 500, 503}) {
    EXPECT_EQ(Judge(status, "Rate exceeded.").outcome, Outcome::kRateLimited) << status;
    EXPECT_EQ(Judge(status, "\nRATE EXCEEDED.\n").outcome, Outcome::kRateLimited) << status;
  }
  EXPECT_EQ(Judge(200, "Rate").outcome, Outcome::kOk);
}

TEST(ArxivAnswers, AreTakenByTheirStatus) {
  EXPECT_EQ(Judge(429, "").outcome, Outcome::kRateLimited);
  EXPECT_EQ(Judge(503, "<html>").outcome, Outcome::kRateLimited);
  EXPECT_EQ(Judge(406, "").outcome, Outcome::kRateLimited);
  EXPECT_EQ(Judge(403, "<html>Access Denied</html>").outcome, Outcome::kForbidden);
  EXPECT_EQ(Judge(404, "<html>").outcome, Outcome::kHttpError);
  EXPECT_EQ(Judge(502, "<html>").outcome, Outcome::kHttpError);
  EXPECT_THAT(Judge(301, "").detail, HasSubstr("empty body"));
}

TEST(ArxivAnswers, TellWhatAnErrorFeedSays) {
  const Verdict verdict =
      Judge(400,
            "<rss version=\"2.0\"><channel><title>Feed error for query: cs.XX</title>"
            "<description>Invalid archive or subject class</description></channel></rss>");
  EXPECT_EQ(verdict.outcome, Outcome::kErrorFeed);
  EXPECT_THAT(verdict.detail, HasSubstr("status 400"));
}

TEST(ArxivAnswers, BearOnTheirHost) {
  EXPECT_EQ(BearingOf(Outcome::kOk, 200), Bearing::kAnswers);
  EXPECT_EQ(BearingOf(Outcome::kUnchanged, 304), Bearing::kAnswers);
  EXPECT_EQ(BearingOf(Outcome::kHttpError, 404), Bearing::kAnswers);
  EXPECT_EQ(BearingOf(Outcome::kErrorFeed, 400), Bearing::kAnswers);
  EXPECT_EQ(BearingOf(Outcome::kTooLarge, 0), Bearing::kAnswers);
  EXPECT_EQ(BearingOf(Outcome::kRateLimited, 503), Bearing::kLimits);
  EXPECT_EQ(BearingOf(Outcome::kForbidden, 403), Bearing::kRefuses);
  EXPECT_EQ(BearingOf(Outcome::kHttpError, 502), Bearing::kFails);
  for (const Outcome outcome :
       {Outcome::kNoBody, Outcome::kTruncated, Outcome::kTimeout, Outcome::kUnreachable}) {
    EXPECT_EQ(BearingOf(outcome, 200), Bearing::kFails);
  }
}

TEST(ArxivRests, GrowFromAMinuteToAnHour) {
  HostState limited;
  HostState failed;
  for (const milliseconds rest :
       {minutes(1), minutes(5), minutes(15), minutes(60), minutes(60), minutes(60)}) {
    limited = AfterLimit(limited, milliseconds(0), 0.0);
    EXPECT_EQ(limited.rests, rest);
    failed = AfterFailure(failed, Outcome::kTimeout, 0.0);
    EXPECT_EQ(failed.rests, rest);
  }
  EXPECT_EQ(limited.reason, "rate-limited");
  EXPECT_EQ(failed.reason, "timeout");
}

TEST(ArxivRests, AreLongerByAQuarterAtMostAndNeverShorter) {
  EXPECT_EQ(AfterLimit({}, milliseconds(0), 0.5).rests, milliseconds(67500));
  EXPECT_LE(AfterLimit({}, milliseconds(0), kAlmostOne).rests, seconds(75));
  EXPECT_LE(AfterFailure({}, Outcome::kNoBody, kAlmostOne).rests, seconds(75));
  EXPECT_GT(AfterFailure({}, Outcome::kNoBody, kAlmostOne).rests, seconds(74));
  EXPECT_EQ(PauseAfter(1, 0.0), seconds(10));
  EXPECT_EQ(PauseAfter(2, 0.0), seconds(40));
  EXPECT_LE(PauseAfter(2, kAlmostOne), seconds(60));
}

TEST(ArxivRests, AreWhatTheAnswerAsksFor) {
  EXPECT_EQ(AfterLimit({}, seconds(7), 0.5).rests, seconds(7));
  EXPECT_EQ(AfterLimit({}, hours(20), 0.5).rests, hours(20));
}

TEST(ArxivRests, AreLongAfterTheFifthLimitHoweverLittleIsAskedFor) {
  HostState state;
  for (int i = 0; i < kMostLimited - 1; ++i) {
    state = AfterLimit(state, seconds(1), 0.0);
    EXPECT_EQ(state.rests, seconds(1));
  }
  EXPECT_EQ(AfterLimit(state, seconds(1), 0.0).rests, minutes(60));
  EXPECT_EQ(AfterLimit(state, hours(20), 0.0).rests, hours(20));
}

TEST(ArxivRests, AreFollowedByOneAttemptOnly) {
  EXPECT_EQ(AttemptsFor({}), 3);
  EXPECT_EQ(AttemptsFor(AfterFailure({}, Outcome::kTimeout, 0.0)), 1);
}

}  // namespace
}  // namespace paperwire::ingest
