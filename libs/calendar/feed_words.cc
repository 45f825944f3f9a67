#include "libs/calendar/feed_words.h"

#include <algorithm>

#include "fmt/format.h"
#include "libs/calendar/calendar.h"

namespace paperwire::calendar {

std::string WeekdayName(absl::CivilDay day) {
  return absl::FormatTime("%A", absl::FromCivil(day, absl::UTCTimeZone()), absl::UTCTimeZone());
}

std::string BatchName(absl::CivilDay day) {
  return fmt::format("{}'s batch ({})", WeekdayName(day), FormatDate(day));
}

std::string HourInUtc(absl::Time time) {
  return absl::FormatTime("%H:%M UTC", time, absl::UTCTimeZone());
}

std::string TimeInUtc(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", time, absl::UTCTimeZone());
}

std::string HowLong(absl::Duration duration) {
  constexpr int64_t kDay = int64_t{24} * 60;
  const int64_t minutes = std::max<int64_t>(absl::ToInt64Minutes(duration), 0);
  const auto count = [](int64_t number, std::string_view unit) {
    return fmt::format("{} {}{}", number, unit, number == 1 ? "" : "s");
  };
  if (minutes >= 2 * kDay) return count(minutes / kDay, "day");
  if (minutes >= 60) return count(minutes / 60, "hour");
  return count(minutes, "minute");
}

std::string NextDueInWords(absl::CivilDay date) {
  const absl::CivilDay next = NextAnnouncementDate(date);
  std::string text =
      fmt::format("the next is due on {} at {}", WeekdayName(next), HourInUtc(FeedTurn(next)));
  std::string skipped;
  for (absl::CivilDay day = date + 1; day < next; ++day) {
    if (const Holiday* holiday = HolidayBefore(day)) {
      skipped += fmt::format("{}none on {} because of {}", skipped.empty() ? "" : ", ",
                             WeekdayName(day), holiday->reason);
    }
  }
  if (!skipped.empty()) text += " (" + skipped + ")";
  return text;
}

std::string WhyQuietInWords(absl::CivilDay date) {
  if (const Holiday* holiday = HolidayBefore(date)) {
    return "arXiv announces nothing today because of " + holiday->reason;
  }
  return "arXiv announces nothing on Saturdays and Sundays";
}

std::string WhyNotWhole(const v1::Cycle& cycle) {
  for (const v1::SourceOutcome& source : cycle.sources()) {
    if (source.outcome() == "forbidden") return "arXiv has refused us (403)";
    if (source.outcome() == "rate-limited") {
      return "arXiv says that it is asked too often (rate-limited)";
    }
  }
  const std::string error = AsPart(cycle.error());
  return error.empty() ? "ingest does not say why" : error;
}

std::string AsPart(std::string_view text) {
  constexpr size_t kLongest = 200;
  std::string line;
  for (const char letter : text) {
    const bool space = static_cast<unsigned char>(letter) <= ' ';
    if (!space) {
      line += letter;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.size() > kLongest) {
    size_t end = kLongest - 3;
    // Not within a character of several bytes.
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    return line.substr(0, end) + "…";
  }
  while (!line.empty() && (line.back() == '.' || line.back() == ' ')) line.pop_back();
  return line;
}

}  // namespace paperwire::calendar
