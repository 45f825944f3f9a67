#include "services/ingest/retry_after.h"

#include <gtest/gtest.h>

namespace paperwire::ingest {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// 2026-06-23T05:30:00Z.
const clock::WallTime kNow = clock::WallTime(seconds(1782192600));

TEST(RetryAfter, IsReadInSeconds) { EXPECT_EQ(ParseRetryAfter("120", kNow), seconds(120)); }

TEST(RetryAfter, IsReadAsADate) {
  EXPECT_EQ(ParseRetryAfter("Tue, 23 Jun 2026 05:31:00 GMT", kNow), seconds(60));
}

TEST(RetryAfter, IsADayAtMost) {
  EXPECT_EQ(ParseRetryAfter("86401", kNow), hours(24));
  EXPECT_EQ(ParseRetryAfter("99999999999999999999999", kNow), hours(24));
  EXPECT_EQ(ParseRetryAfter("Fri, 01 Jan 2100 00:00:00 GMT", kNow), hours(24));
  EXPECT_EQ(ParseRetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", kNow), hours(24));
}

TEST(RetryAfter, IsNothingWhenItIsOverOrNeither) {
  for (const char* value : {"Tue, 23 Jun 2026 05:29:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "",
                            "soon", "-5", "12 parsecs", "1e9"}) {
    EXPECT_EQ(ParseRetryAfter(value, kNow), milliseconds(0)) << value;
  }
}

}  // namespace
}  // namespace paperwire::ingest
