#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "tests/support/arxiv/world.h"

namespace paperwire::arxiv {

// Where a world comes from.

struct Generation {
  absl::CivilDay from;
  absl::CivilDay to;
  // New papers on an ordinary day; twice as many after a holiday, half as many again on Tuesdays.
  int papers_a_day = 40;
  uint32_t seed = 1;
  // Primaries; the first most often.
  std::vector<std::string> categories = {"cs.LG", "stat.ML", "cs.CL", "cs.CV"};
  // In a hundred of the new papers.
  int cross_listed = 40;
  int replaced = 30;
  int withdrawn = 3;
  int old_cross_listed = 4;
};

// Adds invented papers, announced on every announcement date of the range (arXiv's calendar):
// new and cross-listed ones, replacements and withdrawals of earlier ones, and cross-lists of
// papers of years ago. The same numbers give the same papers.
void Generate(const Generation& generation, World& world);

// Adds papers from JSON lines. A line:
//   {"id": "2606.01234", "title": "…", "abstract": "…", "authors": "A. Byron, …" or ["…"],
//    "categories": ["cs.LG", "stat.ML"], "comment": …, "journal_ref": …, "doi": …, "license": …,
//    "announced": "2026-06-23",
//    "versions": [{"submitted": "2026-06-21T10:00:00Z", "kilobytes": 12, "withdrawn": false}],
//    "announcements": [{"day": "2026-06-24", "type": "replace", "version": 2, "category": ""}]}
// Needed: id, title, abstract, categories, and `announced` (new on that day) or announcements.
// `summary` and `first_seen` are understood as abstract and announced; a list of authors is joined;
// missing versions are submitted in time for their announcement.
// InvalidArgument names the line; what was before it is in the world.
absl::Status AddJsonLines(std::string_view text, World& world);

// Adds June 2026 as recorded: `folder`/papers/daily/*.jsonl (an id is new on the first day that
// lists it, repeats are left out), and `folder`/rss/reconstructed/rss_*.xml. `folder` is the arxiv
// folder of the test data. NotFound when there are none.
absl::Status AddRecordedJune(const std::string& folder, World& world);

}  // namespace paperwire::arxiv
