#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/serve/search/index.h"
#include "services/serve/search/query.h"

namespace paperwire::serve::search {

// Words that a paper must hold one of, and words that it must not hold, anywhere but in its
// authors' names. A word, or words in a row, are compared as a search does. A value; thread-safe.
class WordFilter {
 public:
  // InvalidArgument, without a field: it holds nothing that can be looked for, or there are more
  // than 200 words in all.
  absl::Status Include(std::string_view word);
  absl::Status Exclude(std::string_view word);

  bool empty() const { return query_.all.empty() && query_.none.empty(); }
  // One of `all`, none of `none`.
  const Query& query() const { return query_; }

  // All in `index` that match, in the order of their addresses.
  std::vector<const ServedEntry*> MatchesIn(const Index& index) const;
  // Of `entries`, which must be in `index`, those that match, in the order of their addresses. Only
  // the parts that they are in are searched: what changed last is in small ones.
  std::vector<const ServedEntry*> MatchesAmong(const Index& index,
                                               std::span<const EntryPtr> entries) const;

 private:
  absl::Status Add(std::string_view word, std::vector<Clause>& clauses);

  Query query_;
  // In all rows.
  size_t words_ = 0;
};

}  // namespace paperwire::serve::search
