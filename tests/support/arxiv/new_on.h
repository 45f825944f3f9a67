#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "tests/support/arxiv/world.h"

namespace paperwire::arxiv {

// The ids that the announcements of `day` make new in these categories, as Paperwire counts: those
// announced as new, or cross-listed at version 1 within ten days of submission, and on no earlier
// day. Told by the world alone. Pure.
std::set<std::string> NewOn(const World& world, const std::vector<std::string>& categories,
                            absl::CivilDay day);

}  // namespace paperwire::arxiv
