#pragma once

#include "absl/time/civil_time.h"
#include "services/ingest/reading.h"

namespace paperwire::ingest {

// Takes out of a reading what no arXiv answer can truly say: papers (and their records) with a date
// before kEarliest or after `latest`, or an identifier of a month after it. They are passed over,
// with the reason. Entries that repeat an earlier one are left out. Sets `outcome` anew. Pure.
void Sift(absl::CivilDay latest, Reading& reading);

}  // namespace paperwire::ingest
