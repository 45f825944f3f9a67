#include "libs/calendar/holidays.h"

#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/calendar.h"
#include "tests/unit/calendar/instants.h"

namespace paperwire::calendar {
namespace {

using testing::HasSubstr;

TEST(Holidays, AreWholeSortedAndGivenReasons) {
  const std::vector<Holiday>& holidays = Holidays();
  ASSERT_EQ(holidays.size(), 144u);
  EXPECT_EQ(holidays.front().day, Day(2003, 12, 25));
  EXPECT_EQ(holidays.back().day, Day(2026, 12, 31));
  std::set<int64_t> years;
  for (size_t i = 0; i < holidays.size(); ++i) {
    EXPECT_TRUE(i == 0 || holidays[i - 1].day < holidays[i].day) << FormatDate(holidays[i].day);
    EXPECT_FALSE(holidays[i].reason.empty()) << FormatDate(holidays[i].day);
    years.insert(holidays[i].day.year());
  }
  EXPECT_EQ(years.size(), 24u) << "2003 to 2026";
}

TEST(Holidays, AreFoundByDay) {
  ASSERT_NE(FindHoliday(Day(2026, 6, 19)), nullptr);
  EXPECT_EQ(FindHoliday(Day(2026, 6, 19))->reason, "Juneteenth");
  EXPECT_EQ(FindHoliday(Day(2026, 6, 18)), nullptr);
  EXPECT_EQ(FindHoliday(Day(2003, 1, 1)), nullptr);
  EXPECT_EQ(FindHoliday(Day(2030, 12, 25)), nullptr);
}

TEST(Holidays, TellTheLineThatIsBad) {
  const struct {
    const char* table;
    const char* line;
  } cases[] = {{"2026-06-19 Juneteenth\n", "line 1: not a date"},
               {"# note\n2026-13-19\tJuneteenth\n", "line 2: no date"},
               {"2026-02-30\tNobody's day\n", "line 1: no date"},
               {"2026-06-19\t\n", "line 1: no reason"},
               {"2026-06-19\tJuneteenth\textra\n", "line 1: not a date"},
               {"2026-06-19\ta\n2026-06-19\tb\n", "line 2: not after"},
               {"2026-06-19\ta\n\n2026-06-18\tb", "line 3: not after"}};
  for (const auto& [table, line] : cases) {
    const auto holidays = ParseHolidays(table);
    ASSERT_FALSE(holidays.ok()) << table;
    EXPECT_THAT(std::string(holidays.status().message()), HasSubstr(line));
  }
}

TEST(Holidays, MaySayNothing) {
  EXPECT_TRUE(ParseHolidays("").value().empty());
  EXPECT_TRUE(ParseHolidays("# a note\n").value().empty());
}

// What arXiv did around the holidays of a winter and a summer, as three crawlers saw it.
TEST(Holidays, SilenceTheDatesThatWereSilent) {
  const struct {
    Day holiday;
    Day silent;
    Day next;
  } incidents[] = {{Day(2025, 11, 27), Day(2025, 11, 28), Day(2025, 12, 1)},   // Thursday
                   {Day(2025, 12, 25), Day(2025, 12, 26), Day(2025, 12, 29)},  // Thursday
                   {Day(2025, 12, 30), Day(2025, 12, 31), Day(2026, 1, 1)},    // Tuesday
                   {Day(2026, 1, 1), Day(2026, 1, 2), Day(2026, 1, 5)},        // Thursday
                   {Day(2026, 1, 19), Day(2026, 1, 20), Day(2026, 1, 21)},     // Monday
                   {Day(2026, 6, 19), Day(2026, 6, 22), Day(2026, 6, 23)},     // Friday
                   {Day(2026, 7, 3), Day(2026, 7, 6), Day(2026, 7, 7)}};       // Friday
  for (const auto& [holiday, silent, next] : incidents) {
    ASSERT_NE(HolidayBefore(silent), nullptr) << FormatDate(silent);
    EXPECT_EQ(HolidayBefore(silent)->day, holiday);
    EXPECT_EQ(WhyQuiet(silent), "holiday");
    EXPECT_EQ(NextAnnouncementDate(silent), next) << FormatDate(silent);
    EXPECT_EQ(NextAnnouncementDate(silent - 1), next);
    const bool friday = absl::GetWeekday(holiday) == absl::Weekday::friday;
    EXPECT_TRUE(IsAnnouncementDate(friday ? holiday : silent - 1))
        << "what was frozen on the day before is announced";
  }
}

}  // namespace
}  // namespace paperwire::calendar
