#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "paperwire/v1/events.pb.h"
#include "services/ingest/reading.h"

namespace paperwire::ingest {

// What arXiv's listing declares for one category on one announcement date.
struct DayListing {
  // NEW, CROSS and REPLACE (which includes replaced cross-lists), each of them, be it 0.
  std::map<v1::AnnounceType, uint32_t> totals;
  std::map<std::string, v1::AnnounceType, std::less<>> ids;
};

using Coverage = std::map<std::pair<absl::CivilDay, std::string>, DayListing>;

// The dates and categories whose listing pages were all read and hold as many papers as they
// declare. Where a listing was read whole, it decides what was announced as what. Pure.
Coverage WhatListingsCover(const std::vector<Reading>& readings);

// Whether the batch holds what arXiv's listing declares for each of `categories`. Pure.
bool IsListed(const v1::Batch& batch, const std::vector<std::string>& categories);

}  // namespace paperwire::ingest
