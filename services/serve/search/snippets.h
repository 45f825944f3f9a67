#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "paperwire/v1/feed_service.pb.h"
#include "services/serve/search/entry_text.h"
#include "services/serve/search/index.h"
#include "services/serve/search/occurrences.h"
#include "services/serve/search/query.h"

namespace paperwire::serve::search {

inline constexpr size_t kMostSnippets = 3;
// Bytes of a snippet's text, without the "…" at its ends.
inline constexpr size_t kLongestSnippet = 200;

// Shows where the words of a query stand in the papers that it found. Index and query must outlive
// it. Not thread-safe.
class SnippetMaker {
 public:
  SnippetMaker(const Index& index, const Query& query) : index_(index), query_(query) {}

  // The title if words are in it, and the best other fields, each cut at the borders of words. What
  // is asked for twice is shown once. None where the query has no words. `text` is the paper's.
  std::vector<v1::Snippet> Make(Index::Place place, const EntryText& text);

 private:
  const Index& index_;
  const Query& query_;
  // By part, made when first needed.
  std::map<uint32_t, OccurrenceFinder> finders_;
};

}  // namespace paperwire::serve::search
