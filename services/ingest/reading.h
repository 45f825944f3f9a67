#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "paperwire/v1/paper.pb.h"
#include "services/ingest/outcome.h"

namespace paperwire::ingest {

// What one answer of arXiv, or one file, says.
struct Reading {
  Outcome outcome = Outcome::kOk;
  // For people: what is wrong, and where.
  std::string detail;
  // "rss", "atom", "oai", "query", "jsonl"; empty when it was not recognized.
  std::string format;
  // The category that an announcement feed is of, read off its title; empty elsewhere.
  std::string category;
  // The announcement date of the feed as a whole.
  std::optional<absl::CivilDay> announced;
  // Fit to publish but for `announced`, which may be empty where the source does not say.
  std::vector<v1::Paper> papers;
  // Entries that were passed over because they have no identifier, title or known shape.
  int passed_over = 0;
};

// Limits of what is read.
inline constexpr size_t kMaxBytes = 32u << 20;
inline constexpr size_t kMaxEntries = 10000;
inline constexpr int kMaxDepth = 32;

// Reads any recorded answer of arXiv (RSS and Atom announcements, OAI-PMH, query API) or a file of
// papers as JSON lines. The content decides, not the name. Never fails: the outcome says how it
// went, and unless it is kOk there are no papers. Pure.
Reading Read(std::string_view bytes);

// As Read, with papers of no known date given one: first what the source says, then the
// announcement that follows the submission of version 1, then a date in the file's name
// ("2026-06-23.jsonl"). kNoDate when that leaves papers without one.
Reading ReadDated(std::string_view file_name, std::string_view bytes);

}  // namespace paperwire::ingest
