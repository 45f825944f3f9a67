#include "libs/bus/fate.h"

#include <gtest/gtest.h>

namespace paperwire::bus {
namespace {

TEST(FateOf, FollowsTheTable) {
  EXPECT_EQ(FateOf(absl::OkStatus()), Fate::kComplete);
  EXPECT_EQ(FateOf(absl::InvalidArgumentError("")), Fate::kDeadLetter);
  EXPECT_EQ(FateOf(absl::DataLossError("")), Fate::kDeadLetter);
  EXPECT_EQ(FateOf(absl::UnavailableError("")), Fate::kPause);
  EXPECT_EQ(FateOf(absl::ResourceExhaustedError("")), Fate::kRetry);
  EXPECT_EQ(FateOf(absl::DeadlineExceededError("")), Fate::kRetry);
  EXPECT_EQ(FateOf(absl::AbortedError("")), Fate::kRetry);
}

TEST(FateOf, StopsOnEveryStatusThatTheTableDoesNotName) {
  for (const auto code :
       {absl::StatusCode::kCancelled, absl::StatusCode::kUnknown, absl::StatusCode::kNotFound,
        absl::StatusCode::kAlreadyExists, absl::StatusCode::kPermissionDenied,
        absl::StatusCode::kFailedPrecondition, absl::StatusCode::kOutOfRange,
        absl::StatusCode::kUnimplemented, absl::StatusCode::kInternal,
        absl::StatusCode::kUnauthenticated}) {
    EXPECT_EQ(FateOf(absl::Status(code, "")), Fate::kStop) << absl::StatusCodeToString(code);
  }
}

}  // namespace
}  // namespace paperwire::bus
