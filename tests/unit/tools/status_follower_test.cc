#include "tools/paperwire/status_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace paperwire::cli {
namespace {

using ::testing::ElementsAre;

v1::GetStatusResponse Status(const std::string& sentence, int64_t time) {
  v1::GetStatusResponse status;
  status.set_sentence(sentence);
  status.mutable_snapshot_time()->set_seconds(time);
  return status;
}

class StatusFollowerTest : public testing::Test {
 protected:
  struct Stream {
    std::vector<v1::GetStatusResponse> statuses;
    absl::Status end;
  };

  // Follows until both scripts are over.
  absl::Status Follow(std::deque<Stream> streams,
                      std::deque<absl::StatusOr<v1::GetStatusResponse>> answers = {}) {
    std::stop_source over;
    StatusFollower follower(
        {.stream =
             [&](const StatusFollower::Show& take, std::stop_token) {
               ++streamed_;
               if (streams.empty()) {
                 over.request_stop();
                 return absl::CancelledError("stopped");
               }
               const Stream stream = streams.front();
               streams.pop_front();
               for (const auto& status : stream.statuses) {
                 const absl::Status taken = take(status);
                 if (!taken.ok()) return taken;
               }
               return stream.end;
             },
         .ask = [&]() -> absl::StatusOr<v1::GetStatusResponse> {
           if (answers.empty()) {
             over.request_stop();
             return absl::CancelledError("stopped");
           }
           const auto answer = answers.front();
           answers.pop_front();
           return answer;
         }},
        [&](const v1::GetStatusResponse& status) {
          told_.push_back(status.sentence());
          return status.sentence() == "enough" ? absl::CancelledError("") : absl::OkStatus();
        },
        [&](const absl::Status&) { told_.emplace_back("lost"); }, clock_);
    return follower.Run(over.get_token());
  }

  clock::FakeClock clock_{clock::WallTime{}};
  std::vector<std::string> told_;
  int streamed_ = 0;
};

TEST_F(StatusFollowerTest, ShowsEachStatusOnceWhateverTheTimeOfItsSnapshot) {
  EXPECT_TRUE(Follow({{{Status("a", 1), Status("a", 2), Status("b", 3)}, absl::OkStatus()},
                      {{Status("b", 4), Status("a", 5)}, absl::UnavailableError("aged")}})
                  .ok());
  EXPECT_THAT(told_, ElementsAre("a", "b", "a"));
}

TEST_F(StatusFollowerTest, AsksAgainAndAgainWhereNothingIsStreamed) {
  EXPECT_TRUE(Follow({{{}, absl::UnimplementedError("old")}},
                     {Status("a", 1), Status("a", 2), absl::UnavailableError("away"),
                      absl::UnavailableError("away"), Status("b", 3)})
                  .ok());
  EXPECT_THAT(told_, ElementsAre("a", "lost", "b"));
  EXPECT_EQ(streamed_, 1);
}

TEST_F(StatusFollowerTest, SaysOnceThatNobodyAnswers) {
  const Stream away{{}, absl::UnavailableError("away")};
  EXPECT_TRUE(
      Follow({away, away, {{Status("a", 1)}, absl::UnavailableError("cut")}, away, away}).ok());
  EXPECT_THAT(told_, ElementsAre("lost", "a", "lost"));
}

TEST_F(StatusFollowerTest, EndsWhereItIsRefusedOrHasEnough) {
  EXPECT_EQ(Follow({{{}, absl::PermissionDeniedError("no")}}), absl::PermissionDeniedError("no"));
  EXPECT_TRUE(Follow({{{Status("enough", 1), Status("b", 2)}, absl::OkStatus()}}).ok());
  EXPECT_THAT(told_, ElementsAre("enough"));
}

}  // namespace
}  // namespace paperwire::cli
