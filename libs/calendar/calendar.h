#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/calendar/holidays.h"

namespace paperwire::calendar {

// arXiv's announcements: Sunday to Thursday at 20:00 America/New_York, but none on the evening of
// a Monday-to-Thursday holiday, and none on the Sunday after a Friday holiday. A batch carries the
// date of the next calendar day, its announcement date. All functions are pure and thread-safe.
// Source: info.arxiv.org/help/availability.html.

// "2026-06-23".
std::string FormatDate(absl::CivilDay day);
std::optional<absl::CivilDay> ParseDate(std::string_view text);

// The announcement date of an instant: its date in New York.
absl::CivilDay DateInNewYork(absl::Time time);

// Whether a batch with this announcement date is to be expected (Monday to Friday, no holiday).
bool IsAnnouncementDate(absl::CivilDay date);

// Why there is none: "Saturday", "Sunday", "holiday"; empty when there is one.
std::string_view WhyQuiet(absl::CivilDay date);

// The holiday because of which a Monday to Friday has none; null when it has one, and at weekends.
const Holiday* HolidayBefore(absl::CivilDay date);

// When the feeds turn to this announcement date: midnight New York at its beginning.
absl::Time FeedTurn(absl::CivilDay date);

// The newest announcement date that is due at `now`.
absl::CivilDay NewestDue(absl::Time now);

// The first announcement date after `date`.
absl::CivilDay NextAnnouncementDate(absl::CivilDay date);

// The announcement date that a paper submitted at `submitted` is to get: its batch is frozen at
// 14:00 New York on the first weekday that is no holiday. Moderation may hold a paper back for
// longer.
absl::CivilDay AnnouncedAfter(absl::Time submitted);

// The first announcement date in the window whose newest day is `today`: seven calendar days.
absl::CivilDay OldestInWindow(absl::CivilDay today);

}  // namespace paperwire::calendar
