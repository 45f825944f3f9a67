#include "services/ingest/times.h"

#include <gtest/gtest.h>

#include <string>

namespace paperwire::ingest {
namespace {

std::string Utc(std::string_view text) {
  const auto time = ParseTime(text);
  return time ? absl::FormatTime("%Y-%m-%dT%H:%M:%S", *time, absl::UTCTimeZone()) : "none";
}

TEST(ArxivTimes, AreReadAsEachInterfaceWritesThem) {
  EXPECT_EQ(Utc("Tue, 23 Jun 2026 00:00:00 -0400"), "2026-06-23T04:00:00");
  EXPECT_EQ(Utc("Mon, 08 Jun 2026 12:36:10 GMT"), "2026-06-08T12:36:10");
  EXPECT_EQ(Utc("Thu, 31 Dec 2026 23:59:59 UTC \n"), "2026-12-31T23:59:59");
  EXPECT_EQ(Utc("2026-06-23T00:00:00-04:00"), "2026-06-23T04:00:00");
  EXPECT_EQ(Utc("2026-06-24T05:31:02Z"), "2026-06-24T05:31:02");
  EXPECT_EQ(Utc("2024-02-29"), "2024-02-29T00:00:00");
  // What is rare is read too.
  EXPECT_EQ(Utc("2026-06-24T05:31:02.5Z"), "2026-06-24T05:31:02");
  EXPECT_EQ(Utc("Sun, 6 Nov 1994 08:49:37 GMT"), "1994-11-06T08:49:37");
}

TEST(ArxivTimes, AreNotMadeOfWhatIsNone) {
  for (const char* text :
       {"", "2026-02-29", "2026-13-01", "2026-06-00", "2026-06-31", "Tue, 31 Jun 2026 00:00:00 GMT",
        "Tue, 23 Jum 2026 00:00:00 GMT", "2026-06-23T24:00:00Z", "2026-06-23 00:00", "23 Jun 2026",
        "Tue, 23 Jun 2026 00:60:00 -0400", "yesterday"}) {
    EXPECT_EQ(Utc(text), "none") << text;
  }
}

}  // namespace
}  // namespace paperwire::ingest
