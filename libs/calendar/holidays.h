#pragma once

#include <span>

#include "absl/time/civil_time.h"

namespace paperwire::calendar {

// Days on which arXiv did not freeze a batch, sorted, for the years it has published. The table is
// a hint: unplanned deferrals happen, and a year that is not in it has no holidays here.
// Facts from the list of holidays at info.arxiv.org/help/availability.html and the
// freeze_skip_date seed of arXiv/arxiv-base.
std::span<const absl::CivilDay> Holidays();

}  // namespace paperwire::calendar
