#include "libs/calendar/calendar.h"

#include <cstdio>
#include <cstdlib>

#include "absl/time/time.h"
#include "libs/calendar/holidays.h"

namespace paperwire::calendar {
namespace {

absl::TimeZone NewYork() {
  static const absl::TimeZone kZone = [] {
    absl::TimeZone zone;
    if (!absl::LoadTimeZone("America/New_York", &zone)) {
      // Every date of the system would be wrong without it.
      std::fputs("no time zone data for America/New_York; install tzdata\n", stderr);
      std::abort();
    }
    return zone;
  }();
  return kZone;
}

}  // namespace

std::string FormatDate(absl::CivilDay day) {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", static_cast<int>(day.year()), day.month(),
                day.day());
  return text;
}

std::optional<absl::CivilDay> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [&](size_t from, size_t count) {
    int value = 0;
    for (size_t i = from; i < from + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const absl::CivilDay result(year, month, day);
  // CivilDay carries a 30th of February over into March.
  if (result.month() != month || result.day() != day) return std::nullopt;
  return result;
}

absl::CivilDay DateInNewYork(absl::Time time) { return absl::ToCivilDay(time, NewYork()); }

bool IsAnnouncementDate(absl::CivilDay date) { return WhyQuiet(date).empty(); }

const Holiday* HolidayBefore(absl::CivilDay date) {
  const absl::Weekday weekday = absl::GetWeekday(date);
  if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) return nullptr;
  if (const Holiday* eve = FindHoliday(date - 1)) return eve;
  // Monday's batch is announced on Sunday evening and was frozen on Friday.
  return weekday == absl::Weekday::monday ? FindHoliday(date - 3) : nullptr;
}

std::string_view WhyQuiet(absl::CivilDay date) {
  switch (absl::GetWeekday(date)) {
    case absl::Weekday::saturday:
      return "Saturday";
    case absl::Weekday::sunday:
      return "Sunday";
    default:
      return HolidayBefore(date) == nullptr ? "" : "holiday";
  }
}

absl::Time FeedTurn(absl::CivilDay date) { return absl::FromCivil(date, NewYork()); }

absl::CivilDay NewestDue(absl::Time now) {
  absl::CivilDay date = DateInNewYork(now);
  while (!IsAnnouncementDate(date)) --date;
  return date;
}

absl::CivilDay NextAnnouncementDate(absl::CivilDay date) {
  do {
    ++date;
  } while (!IsAnnouncementDate(date));
  return date;
}

absl::CivilDay AnnouncedAfter(absl::Time submitted) {
  constexpr int kFreezeHour = 14;
  for (absl::CivilDay freeze = DateInNewYork(submitted);; ++freeze) {
    const absl::Weekday weekday = absl::GetWeekday(freeze);
    if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) continue;
    const absl::CivilHour hour(freeze.year(), freeze.month(), freeze.day(), kFreezeHour);
    if (submitted >= absl::FromCivil(hour, NewYork())) continue;
    const absl::CivilDay label = freeze + (weekday == absl::Weekday::friday ? 3 : 1);
    if (IsAnnouncementDate(label)) return label;
  }
}

absl::CivilDay OldestInWindow(absl::CivilDay today) { return today - 6; }

}  // namespace paperwire::calendar
