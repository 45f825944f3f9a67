#pragma once

#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "paperwire/v1/events.pb.h"

namespace paperwire::calendar {

// The words that the feed's sentences are made of. All pure.

// "Tuesday".
std::string WeekdayName(absl::CivilDay day);

// "Tuesday's batch (2026-06-23)".
std::string BatchName(absl::CivilDay day);

// "04:00 UTC"; with the date: "2026-06-23 04:00 UTC".
std::string HourInUtc(absl::Time time);
std::string TimeInUtc(absl::Time time);

// "40 minutes", "1 hour", "3 days": the largest unit of which there are two, rounded down.
std::string HowLong(absl::Duration duration);

// "the next is due on Tuesday at 04:00 UTC (none on Monday because of Juneteenth)": the first batch
// after `date`.
std::string NextDueInWords(absl::CivilDay date);

// "arXiv announces nothing on Saturdays and Sundays" or "arXiv announces nothing today because of
// Juneteenth".
std::string WhyQuietInWords(absl::CivilDay date);

// Why a cycle that is not whole is not: one line without full stop, at most 200 bytes.
std::string WhyNotWhole(const v1::Cycle& cycle);

// What has been written by machines as part of a sentence: one line without full stop at its end,
// at most 200 bytes.
std::string AsPart(std::string_view text);

}  // namespace paperwire::calendar
