#include "services/serve/http_errors.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

using ::testing::HasSubstr;

std::string Told(HttpErrors& errors, const std::string& what, int times) {
  testing::internal::CaptureStderr();
  for (int i = 0; i < times; ++i) errors.Tell(what);
  return testing::internal::GetCapturedStderr();
}

int Lines(const std::string& log) {
  int lines = 0;
  for (size_t at = log.find("HTTP failed"); at != std::string::npos;
       at = log.find("HTTP failed", at + 1)) {
    ++lines;
  }
  return lines;
}

TEST(HttpErrorsTest, AreToldTenTimesAMinute) {
  const clock::FakeClock clock(TuesdayNoon());
  HttpErrors errors(clock);
  EXPECT_EQ(Lines(Told(errors, "cannot accept a connection", 50)), 10);
  clock.SleepFor(std::chrono::seconds(30), {});
  EXPECT_EQ(Lines(Told(errors, "cannot accept a connection", 50)), 5);
}

TEST(HttpErrorsTest, AreOneShortLineWhateverTheCallerSent) {
  const clock::FakeClock clock(TuesdayNoon());
  HttpErrors errors(clock);
  const std::string log = Told(errors, "GET /a\r\nb" + std::string(8000, 'x'), 1);
  EXPECT_THAT(log, HasSubstr("GET /a bxx"));
  EXPECT_LT(log.size(), 1000u);
  EXPECT_EQ(Lines(Told(errors, "GET /: bad allocation", 1)), 1);
}

}  // namespace
}  // namespace paperwire::serve
