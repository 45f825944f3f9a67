#include "services/serve/search/word_filter.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "libs/paper/text.h"
#include "services/serve/search/search.h"

namespace paperwire::serve::search {
namespace {

constexpr size_t kLongestShown = 80;
constexpr auto kAllButNames =
    static_cast<GroupSet>(((1U << kGroups) - 1) & ~unsigned{SetOf(Group::kAuthors)});

absl::Status AddClause(std::string_view word, std::vector<Clause>& clauses) {
  Clause clause = ClauseOf(word);
  if (clause.any.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("\"{}\" holds no word, or only such as nearly every text has",
                    paper::Truncate(word, kLongestShown)));
  }
  clause.groups = kAllButNames;
  clauses.push_back(std::move(clause));
  return absl::OkStatus();
}

}  // namespace

absl::Status WordFilter::Include(std::string_view word) { return AddClause(word, query_.all); }

absl::Status WordFilter::Exclude(std::string_view word) { return AddClause(word, query_.none); }

bool WordFilter::Matches(const EntryPtr& entry) const {
  return !MatchesIn(*Index::Empty()->After({&entry, 1}, {})).empty();
}

std::vector<const ServedEntry*> WordFilter::MatchesIn(const Index& index) const {
  Options options;
  options.any = true;
  options.limit = 0;
  std::vector<const ServedEntry*> found;
  options.keep = [&found](const EntryPtr& entry) {
    found.push_back(entry.get());
    return false;
  };
  Search(index, query_, options);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace paperwire::serve::search
