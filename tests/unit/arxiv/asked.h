#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/http/client.h"
#include "paperwire/v1/paper.pb.h"
#include "services/ingest/paper_list.h"
#include "services/ingest/reading.h"
#include "tests/support/arxiv/arxiv_stand_in.h"
#include "tests/support/arxiv/sources.h"

namespace paperwire::arxiv {

// A fortnight of June 2026 with its holiday, and the clock at the morning of Wednesday the 24th.
World JuneWorld(int papers_a_day = 30);
clock::WallTime Moment(const std::string& rfc3339);
inline constexpr const char* kWednesdayMorning = "2026-06-24T05:30:00Z";

// One GET, not following redirects.
absl::StatusOr<http::FetchResponse> Fetch(const std::string& url,
                                          std::vector<std::string> headers = {});
// The body of an answer that must be there, with this status.
std::string Body(const std::string& url, int status = 200);

// Sorted.
std::vector<std::string> IdsOf(const std::vector<v1::Paper>& papers);
std::vector<std::string> IdsOf(const ingest::PaperList& papers);
std::vector<std::string> IdsOf(const std::vector<Listed>& listed);

// What follows a harvest's first address to its end: all pages, through the resumption tokens.
// Papers of pages that hold none are none; `requests` counts the pages.
std::vector<v1::Paper> HarvestAll(const std::string& base, const std::string& arguments,
                                  int* requests = nullptr);
// "" when the page has none, or an empty one.
std::string TokenOf(const std::string& page);

}  // namespace paperwire::arxiv
