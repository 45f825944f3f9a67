#include "services/ingest/coverage.h"

#include <algorithm>

namespace paperwire::ingest {
namespace {

constexpr v1::AnnounceType kSections[] = {v1::ANNOUNCE_TYPE_NEW, v1::ANNOUNCE_TYPE_CROSS,
                                          v1::ANNOUNCE_TYPE_REPLACE};

// The pages of one category and date, in the order they were read.
struct Pages {
  DayListing day;
  bool whole = false;
  bool broken = false;
};

void AddPage(const Reading& reading, Pages& pages) {
  for (const Section& section : reading.listing.sections) {
    uint32_t& total = pages.day.totals[section.type];
    total = std::max(total, static_cast<uint32_t>(section.total));
  }
  for (const v1::Paper& paper : reading.papers) {
    // Where the page tells whether a replaced paper is cross-listed, its section is the same.
    const bool replaced = paper.announce_type() == v1::ANNOUNCE_TYPE_REPLACE_CROSS;
    pages.day.ids.emplace(paper.arxiv_id(),
                          replaced ? v1::ANNOUNCE_TYPE_REPLACE : paper.announce_type());
  }
  pages.whole = !reading.listing.more;
}

bool HoldsWhatItDeclares(const DayListing& day) {
  return std::all_of(day.totals.begin(), day.totals.end(), [&day](const auto& declared) {
    const auto listed = std::count_if(day.ids.begin(), day.ids.end(), [&](const auto& entry) {
      return entry.second == declared.first;
    });
    return static_cast<uint32_t>(listed) == declared.second;
  });
}

}  // namespace

Coverage WhatListingsCover(const std::vector<Reading>& readings) {
  std::map<std::pair<absl::CivilDay, std::string>, Pages> all;
  for (const Reading& reading : readings) {
    if (reading.format != "listing" || !reading.announced || reading.category.empty()) continue;
    Pages& pages = all[{*reading.announced, reading.category}];
    if (reading.outcome == Outcome::kOk || reading.outcome == Outcome::kEmpty) {
      AddPage(reading, pages);
    } else {
      pages.broken = true;
    }
  }
  Coverage coverage;
  for (auto& [key, pages] : all) {
    if (!pages.whole || pages.broken || !HoldsWhatItDeclares(pages.day)) continue;
    for (const v1::AnnounceType section : kSections) pages.day.totals.try_emplace(section, 0);
    coverage.emplace(key, std::move(pages.day));
  }
  return coverage;
}

bool IsListed(const v1::Batch& batch, const std::vector<std::string>& categories) {
  return std::all_of(categories.begin(), categories.end(), [&batch](const std::string& category) {
    return std::any_of(batch.declared().begin(), batch.declared().end(),
                       [&category](const v1::DeclaredCount& count) {
                         return count.category() == category &&
                                count.section() == v1::ANNOUNCE_TYPE_NEW &&
                                count.source() == v1::COUNT_SOURCE_LISTING;
                       });
  });
}

}  // namespace paperwire::ingest
