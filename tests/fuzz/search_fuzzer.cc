// The query language on any text, and what is read of it asked of a small index.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/serve/search/search.h"
#include "services/serve/search/snippets.h"
#include "services/serve/search/suggestion.h"
#include "tests/fuzz/require.h"

namespace paperwire::serve::search {
namespace {

using fuzz::Require;

absl::StatusOr<std::string> ReadTag(std::string_view words) {
  if (words.size() > 20) return absl::InvalidArgumentError("unknown tag");
  return std::string(words);
}

IndexPtr Papers() {
  std::vector<EntryPtr> entries;
  for (int number = 1; number <= 3; ++number) {
    v1::Entry entry;
    v1::Paper& paper = *entry.mutable_paper();
    paper.set_arxiv_id("2606.0000" + std::to_string(number));
    paper.set_title("On $k$-means, fine-tuning and Erdős graphs");
    paper.set_abstract("We show that $\\mathcal{O}(n^2 \\log n)$ steps of self-play suffice.");
    paper.add_authors()->set_name("Jane A. Doe");
    paper.set_announced("2026-06-2" + std::to_string(number));
    entry.add_tags()->set_slug("theory");
    entries.push_back(ServedEntry::Make(entry));
  }
  return Index::Empty()->After(entries, {});
}

void Check(std::string_view text) {
  static const IndexPtr kIndex = Papers();
  const absl::StatusOr<Query> query = ParseQuery(text, ReadTag);
  if (!query.ok()) {
    Require(query.status().message().substr(0, 7) == "query: ", "a refusal names the field");
    Require(paper::CountBadBytes(std::string(query.status().message())) == 0, "a refusal is UTF-8");
    return;
  }
  Require(query->all.size() + query->none.size() <= kMostClauses, "clauses are bounded");
  for (const Clause& clause : query->all) {
    Require(!clause.any.empty() && !clause.any.front().slots.empty(), "a clause asks something");
    Require(clause.begin <= clause.end && clause.end <= text.size(), "a clause is in the query");
    for (const Slot& slot : clause.any.front().slots) {
      Require(slot.begin <= slot.end && slot.end <= text.size(), "a word is in the query");
    }
  }
  const Results results = Search(*kIndex, *query, {});
  SnippetMaker snippets(*kIndex, *query);
  for (const Hit& hit : results.hits) {
    const EntryText entry(*kIndex->parts()[hit.place.part].segment->entry(hit.place.doc));
    for (const v1::Snippet& snippet : snippets.Make(hit.place, entry)) {
      uint32_t end = 0;
      for (const v1::MatchRange& match : snippet.matches()) {
        Require(end <= match.begin() && match.begin() < match.end(), "matches are in order");
        end = match.end();
      }
      Require(end <= snippet.text().size(), "matches are in the text");
    }
  }
  if (results.total > 0) return;
  const std::string suggestion = Suggest(*kIndex, text, *query, ReadTag, {});
  if (suggestion.empty()) return;
  const absl::StatusOr<Query> suggested = ParseQuery(suggestion, ReadTag);
  Require(suggested.ok() && Search(*kIndex, *suggested, {}).total > 0,
          "what is suggested finds something");
}

}  // namespace
}  // namespace paperwire::serve::search

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  paperwire::serve::search::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
