#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "gtest/gtest.h"
#include "libs/calendar/calendar.h"
#include "nlohmann/json.hpp"
#include "tests/support/environment.h"
#include "tests/unit/calendar/instants.h"

namespace paperwire::calendar {
namespace {

// What crawlers wrote down day by day: a file YYYY-MM-DD.jsonl for each day they looked.
TEST(RecordedDays, HaveNewPapersExactlyOnAnnouncementDates) {
  const auto data = support::Environment("PAPERWIRE_TEST_DATA");
  if (!data) GTEST_SKIP() << "SKIPPED: PAPERWIRE_TEST_DATA is not set";
  const std::filesystem::path folder = std::filesystem::path(*data) / "arxiv" / "papers" / "daily";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "SKIPPED: no recorded days there";

  std::map<Day, std::set<std::string>> days;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto date = ParseDate(file.path().stem().string());
    if (!date) continue;
    std::ifstream lines(file.path());
    for (std::string line; std::getline(lines, line);) {
      days[*date].insert(nlohmann::json::parse(line).at("id").get<std::string>());
    }
  }
  ASSERT_GE(days.size(), 2u);

  std::set<std::string> seen;
  for (Day date = days.begin()->first; date <= days.rbegin()->first; ++date) {
    size_t fresh = 0;
    if (const auto day = days.find(date); day != days.end()) {
      for (const std::string& id : day->second) fresh += seen.insert(id).second ? 1 : 0;
    }
    EXPECT_EQ(fresh > 0, IsAnnouncementDate(date))
        << FormatDate(date) << ": " << fresh << " new papers; " << WhyQuiet(date);
  }
}

}  // namespace
}  // namespace paperwire::calendar
