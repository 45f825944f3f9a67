#include "libs/calendar/holidays.h"

#include <algorithm>
#include <optional>

#include "fmt/format.h"
#include "libs/calendar/calendar.h"
#include "libs/calendar/table.h"
#include "libs/calendar/tables.h"

namespace paperwire::calendar {

absl::StatusOr<std::vector<Holiday>> ParseHolidays(std::string_view table) {
  std::vector<Holiday> holidays;
  for (const Row& row : ReadRows(table)) {
    const auto bad = [&row](std::string_view why) {
      return absl::InvalidArgumentError(fmt::format("line {}: {}", row.line, why));
    };
    if (row.fields.size() != 2) return bad("not a date, a tab and a reason");
    const std::optional<absl::CivilDay> day = ParseDate(row.fields[0]);
    if (!day) return bad("no date");
    if (row.fields[1].empty()) return bad("no reason");
    if (!holidays.empty() && *day <= holidays.back().day) return bad("not after the line before");
    holidays.push_back({.day = *day, .reason = std::string(row.fields[1])});
  }
  return holidays;
}

const std::vector<Holiday>& Holidays() {
  // A table that cannot be read stops the program; its test stops the release.
  static const std::vector<Holiday> kHolidays = ParseHolidays(kHolidaysTable).value();
  return kHolidays;
}

absl::CivilDay HolidaysKnownUntil() { return absl::CivilDay(Holidays().back().day.year(), 12, 31); }

const Holiday* FindHoliday(absl::CivilDay day) {
  const std::vector<Holiday>& holidays = Holidays();
  const auto found = std::lower_bound(
      holidays.begin(), holidays.end(), day,
      [](const Holiday& holiday, absl::CivilDay wanted) { return holiday.day < wanted; });
  return found != holidays.end() && found->day == day ? &*found : nullptr;
}

}  // namespace paperwire::calendar
