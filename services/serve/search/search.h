#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "services/serve/search/index.h"
#include "services/serve/search/query.h"

namespace paperwire::serve::search {

// A paper that was found.
struct Hit {
  // BM25F over the fields, times kScoreUnit: a whole number, so that it is the same in whatever
  // order its parts were added.
  int32_t score = 0;
  int32_t day = 0;
  Index::Place place;
};
inline constexpr float kScoreUnit = 65536;

// The hit after which to go on.
struct After {
  int32_t score = 0;
  int32_t day = 0;
  std::string arxiv_id;
};

struct Options {
  size_t limit = 20;
  // Papers announced before it are left out.
  int32_t oldest = kFirstDay;
  // Null: all.
  std::function<bool(const EntryPtr&)> keep;
  // Where that paper is still found, what follows it now follows; else what would.
  std::optional<After> after;
  // One clause of words is enough; each that holds adds to the score, facts too. Else all must
  // hold.
  bool any = false;
};

struct Results {
  // Best first; of equal ones the later date, then the greater id.
  std::vector<Hit> hits;
  // All that match, whatever `limit` and `after`.
  size_t total = 0;
  // More follow.
  bool more = false;
};

// What `query` finds in `index`. Pure.
Results Search(const Index& index, const Query& query, const Options& options);

// The papers of one part of `index` that any clause of words holds for, or all where there are
// none, without those that are excluded; in ascending order. Pure.
std::vector<DocId> FindAny(const Index& index, const Index::Part& part, const Query& query);

// ln(1 + (N − n + ½) / (n + ½)): what it weighs that a clause holds for n of N papers.
float RarityOf(size_t papers, size_t of);

}  // namespace paperwire::serve::search
