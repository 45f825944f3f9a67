#include "services/ingest/times.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/time/civil_time.h"

namespace paperwire::ingest {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kWeekdays = "SunMonTueWedThuFriSat";

// Where an abbreviation of three letters stands in `names`; nothing when it does not.
std::optional<int> PlaceOf(std::string_view word, std::string_view names) {
  for (size_t i = 0; i < names.size(); i += 3) {
    if (names.substr(i, 3) == word) return static_cast<int>(i / 3);
  }
  return std::nullopt;
}

// The digits at `at`; -1 when other characters stand there.
int Number(std::string_view text, size_t at, size_t count) {
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// The offset from UTC in minutes of "+0000", "-0400" or "-04:00".
std::optional<int> Offset(std::string_view zone) {
  if (zone.empty() || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
  const int hours = Number(zone, 1, 2);
  const int minutes = Number(zone, zone.size() - 2, 2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
  return (hours * 60 + minutes) * (zone[0] == '-' ? -1 : 1);
}

std::optional<absl::Time> Made(int year, int month, int day, std::string_view clock, int offset) {
  const int hour = Number(clock, 0, 2);
  const int minute = Number(clock, 3, 2);
  const int second = Number(clock, 6, 2);
  const bool fits = year >= 1 && month >= 1 && month <= 12 && day >= 1 && clock[2] == ':' &&
                    clock[5] == ':' && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
                    second >= 0 && second < 60;
  if (!fits) return std::nullopt;
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  // There was no such day in that month.
  if (civil.day() != day) return std::nullopt;
  return absl::FromUnixSeconds((civil - absl::CivilSecond(1970)) - int64_t{offset} * 60);
}

// "Tue, 23 Jun 2026 00:00:00", without its zone.
std::optional<absl::Time> MailTime(std::string_view text, int offset) {
  if (text.size() != 25 || text[3] != ',' || text[4] != ' ' || text[7] != ' ' || text[11] != ' ' ||
      text[16] != ' ') {
    return std::nullopt;
  }
  const auto month = PlaceOf(text.substr(8, 3), kMonths);
  if (!month) return std::nullopt;
  const int day = Number(text, 5, 2);
  if (day > 28 && !PlaceOf(text.substr(0, 3), kWeekdays)) return std::nullopt;
  return Made(Number(text, 12, 4), *month + 1, day, text.substr(17), offset);
}

// "2026-06-23", with "T00:00:00" or nothing after it.
std::optional<absl::Time> IsoTime(std::string_view text, int offset) {
  if (text[4] != '-' || text[7] != '-' || (text.size() > 10 && text[10] != 'T')) {
    return std::nullopt;
  }
  return Made(Number(text, 0, 4), Number(text, 5, 2), Number(text, 8, 2),
              text.size() > 10 ? text.substr(11) : "00:00:00", offset);
}

// What nearly every time is, read without the general parser; nothing when it is another.
std::optional<absl::Time> Usual(std::string_view text) {
  if (text.size() == 10) return IsoTime(text, 0);
  if (text.size() == 20 && text.ends_with('Z')) return IsoTime(text.substr(0, 19), 0);
  if (text.size() == 29 && (text.ends_with(" GMT") || text.ends_with(" UTC"))) {
    return MailTime(text.substr(0, 25), 0);
  }
  const bool iso = text.size() == 25 && text[22] == ':';
  if (!iso && (text.size() != 31 || text[25] != ' ')) return std::nullopt;
  const auto offset = Offset(text.substr(iso ? 19 : 26));
  if (!offset) return std::nullopt;
  return iso ? IsoTime(text.substr(0, 19), *offset) : MailTime(text.substr(0, 25), *offset);
}

}  // namespace

std::optional<absl::Time> ParseTime(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  if (const auto usual = Usual(text); usual) return usual;
  std::string value(text);
  if (value.ends_with(" GMT") || value.ends_with(" UTC")) {
    value.replace(value.size() - 3, 3, "+0000");
  }
  absl::Time time;
  for (const char* format : {"%a, %d %b %Y %H:%M:%E*S %z", absl::RFC3339_full, "%Y-%m-%d"}) {
    if (absl::ParseTime(format, value, &time, nullptr)) return time;
  }
  return std::nullopt;
}

}  // namespace paperwire::ingest
