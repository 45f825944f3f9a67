#pragma once

#include <string>

#include "absl/time/time.h"

namespace paperwire::window {

// `text` when it has the form of a date, "2026-11-21"; otherwise empty. A store must not stumble
// over a record's bad date.
std::string DateOrNothing(const std::string& text);

// The first announcement date of the window of seven days, in New York at `now`.
std::string OldestAt(absl::Time now);

// "2026-11-21" as "20261121", which sorts as a number; "0" when there is none.
std::string DateAsNumber(const std::string& date);

}  // namespace paperwire::window
