#include "services/serve/search/word_filter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "libs/paper/text.h"
#include "services/serve/search/search.h"

namespace paperwire::serve::search {
namespace {

constexpr size_t kLongestShown = 80;
constexpr auto kAllButNames =
    static_cast<GroupSet>(((1U << kGroups) - 1) & ~unsigned{SetOf(Group::kAuthors)});

// Rows of a word that nearly every text has cost milliseconds each.
constexpr size_t kMostWords = 200;

}  // namespace

absl::Status WordFilter::Add(std::string_view word, std::vector<Clause>& clauses) {
  Clause clause = ClauseOf(word);
  if (clause.any.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("\"{}\" holds no word, or only such as nearly every text has",
                    paper::Truncate(word, kLongestShown)));
  }
  words_ += clause.any.front().slots.size();
  if (words_ > kMostWords) {
    return absl::InvalidArgumentError(fmt::format(
        "the rows of words hold too many, those to be left out included (at most {})", kMostWords));
  }
  clause.groups = kAllButNames;
  clauses.push_back(std::move(clause));
  return absl::OkStatus();
}

absl::Status WordFilter::Include(std::string_view word) { return Add(word, query_.all); }

absl::Status WordFilter::Exclude(std::string_view word) { return Add(word, query_.none); }

std::vector<const ServedEntry*> WordFilter::MatchesIn(const Index& index) const {
  std::vector<const ServedEntry*> found;
  for (const Index::Part& part : index.parts()) {
    for (const DocId doc : FindAny(index, part, query_)) {
      found.push_back(part.segment->entry(doc).get());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<const ServedEntry*> WordFilter::MatchesAmong(const Index& index,
                                                         std::span<const EntryPtr> entries) const {
  std::vector<std::vector<DocId>> asked(index.parts().size());
  for (const EntryPtr& entry : entries) {
    const std::optional<Index::Place> place = index.Find(entry->arxiv_id());
    if (place) asked[place->part].push_back(place->doc);
  }
  std::vector<const ServedEntry*> found;
  for (size_t number = 0; number < asked.size(); ++number) {
    if (asked[number].empty()) continue;
    const Index::Part& part = index.parts()[number];
    const std::vector<DocId> matching = FindAny(index, part, query_);
    for (const DocId doc : asked[number]) {
      if (std::binary_search(matching.begin(), matching.end(), doc)) {
        found.push_back(part.segment->entry(doc).get());
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace paperwire::serve::search
