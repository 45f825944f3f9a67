#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace paperwire::calendar {

// A day on which arXiv froze no batch, planned or not.
struct Holiday {
  absl::CivilDay day;
  // As it reads after "because of": "Juneteenth", "the winter break", "an outage".
  std::string reason;
};

// Reads a table of holidays: a date, a tab and a reason on each line, sorted; lines that begin with
// '#' are notes. InvalidArgument names the first bad line. Pure.
absl::StatusOr<std::vector<Holiday>> ParseHolidays(std::string_view table);

// holidays.tsv, sorted. A hint, not the truth: unplanned deferrals happen, and a year that is not
// in it has no holidays here. Thread-safe.
const std::vector<Holiday>& Holidays();

// The last day of the last year that the table has. Thread-safe.
absl::CivilDay HolidaysKnownUntil();

// Null: `day` is none.
const Holiday* FindHoliday(absl::CivilDay day);

}  // namespace paperwire::calendar
