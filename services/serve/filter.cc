#include "services/serve/filter.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "google/protobuf/util/time_util.h"
#include "libs/calendar/calendar.h"

namespace paperwire::serve {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kMostValues = 50;
constexpr size_t kLongestWord = 200;
// Of all authors of a filter.
constexpr ptrdiff_t kMostNameWords = 200;
constexpr int kMostNanos = 999'999'999;

absl::Status Refuse(std::string_view field, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("filter.{}: {}", field, why));
}

absl::Status CheckDate(std::string_view field, const std::string& date) {
  if (date.empty() || calendar::ParseDate(date)) return absl::OkStatus();
  return Refuse(field, "must be a date of the form YYYY-MM-DD");
}

// Puts what readers wrote under the current slugs.
template <typename Values>
absl::Status TakeTags(std::string_view field, const tags::TagCatalogue& catalogue,
                      const Snapshot& snapshot, UnknownTag unknown, Values& tags) {
  if (tags.size() > kMostValues) return Refuse(field, "has too many values (at most 50)");
  for (std::string& tag : tags) {
    const auto standing = catalogue.Read(tag);
    if (standing.ok()) {
      tag = std::string(standing->slug);
    } else if (unknown == UnknownTag::kRefused && snapshot.OfTag(tag).empty()) {
      const std::string why(standing.status().message());
      return Refuse(field, why.ends_with('?') ? why : why + " (ListTags names them)");
    }
  }
  return absl::OkStatus();
}

template <typename Values>
absl::Status TakeWords(std::string_view field, const Values& words, std::vector<std::string>& out) {
  if (words.size() > kMostValues) return Refuse(field, "has too many values (at most 50)");
  for (const std::string& word : words) {
    std::string folded(absl::StripAsciiWhitespace(word));
    if (folded.empty() || folded.size() > kLongestWord) {
      return Refuse(field, "a word must have 1 to 200 bytes");
    }
    absl::AsciiStrToLower(&folded);
    out.push_back(std::move(folded));
  }
  return absl::OkStatus();
}

bool HasAnyOf(const ServedEntry& entry, Facet facet,
              const google::protobuf::RepeatedPtrField<std::string>& asked) {
  const std::vector<std::string_view> values = entry.values(facet);
  return std::find_first_of(values.begin(), values.end(), asked.begin(), asked.end()) !=
         values.end();
}

bool HasAnyAuthor(const ServedEntry& entry, std::span<const AskedName> asked) {
  const std::vector<std::string_view> names = entry.values(Facet::kAuthor);
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    const uint32_t initials = InitialsOf(name);
    return std::any_of(asked.begin(), asked.end(), [&](const AskedName& one) {
      return (one.initials & ~initials) == 0 && NameHas(name, one.name);
    });
  });
}

// Names as they are compared.
absl::Status TakeNames(const google::protobuf::RepeatedPtrField<std::string>& names,
                       std::vector<AskedName>& out) {
  std::vector<std::string> checked;
  absl::Status status = TakeWords("authors", names, checked);
  ptrdiff_t words = 0;
  for (const std::string& name : checked) {
    std::string folded = FoldName(name);
    if (folded.empty()) status.Update(Refuse("authors", "a name must hold a word"));
    words += std::count(folded.begin(), folded.end(), ' ') + 1;
    const uint32_t initials = InitialsOf(folded);
    out.push_back({.name = std::move(folded), .initials = initials});
  }
  if (words > kMostNameWords) {
    status.Update(Refuse("authors", "the names have too many words (at most 200)"));
  }
  return status;
}

// Each word by itself, so that the refusal names the field.
template <typename Values, typename Take>
absl::Status TakeSearched(std::string_view field, const Values& words, const Take& take) {
  std::vector<std::string> checked;
  absl::Status status = TakeWords(field, words, checked);
  for (const std::string& word : checked) {
    const absl::Status taken = take(word);
    if (!taken.ok()) status.Update(Refuse(field, std::string(taken.message())));
  }
  return status;
}

}  // namespace

bool HasAnyKeyword(const ServedEntry& entry, std::span<const std::string> folded) {
  const std::vector<std::string_view> keywords = entry.values(Facet::kKeyword);
  return std::any_of(keywords.begin(), keywords.end(), [&](std::string_view keyword) {
    return std::any_of(folded.begin(), folded.end(),
                       [&](const std::string& asked) { return ContainsWords(keyword, asked); });
  });
}

absl::StatusOr<Filter> Filter::Make(const v1::EntryFilter& filter,
                                    const tags::TagCatalogue& catalogue, const Snapshot& snapshot,
                                    UnknownTag unknown) {
  Filter made;
  made.filter_ = filter;
  absl::Status status = CheckDate("announced_from", filter.announced_from());
  status.Update(CheckDate("announced_to", filter.announced_to()));
  if (!filter.announced_to().empty() && filter.announced_to() < filter.announced_from()) {
    status.Update(Refuse("announced_to", "is before announced_from"));
  }
  status.Update(
      TakeTags("tags_any", catalogue, snapshot, unknown, *made.filter_.mutable_tags_any()));
  status.Update(
      TakeTags("tags_all", catalogue, snapshot, unknown, *made.filter_.mutable_tags_all()));
  for (const auto& [field, categories] :
       {std::pair("categories", &filter.categories()),
        std::pair("primary_categories", &filter.primary_categories())}) {
    std::vector<std::string> checked;
    status.Update(TakeWords(field, *categories, checked));
  }
  status.Update(TakeWords("keywords", filter.keywords(), made.keywords_));
  for (std::string& keyword : made.keywords_) {
    keyword = FoldKeyword(keyword);
    if (keyword.empty()) status.Update(Refuse("keywords", "a keyword must hold a word"));
  }
  status.Update(TakeNames(filter.authors(), made.authors_));
  status.Update(TakeSearched("include_words", filter.include_words(),
                             [&](const std::string& word) { return made.words_.Include(word); }));
  status.Update(TakeSearched("exclude_words", filter.exclude_words(),
                             [&](const std::string& word) { return made.words_.Exclude(word); }));
  if (!status.ok()) return status;
  if (filter.has_revised_since()) {
    if (filter.revised_since().seconds() < TimeUtil::kTimestampMinSeconds ||
        filter.revised_since().seconds() > TimeUtil::kTimestampMaxSeconds ||
        filter.revised_since().nanos() < 0 || filter.revised_since().nanos() > kMostNanos) {
      return Refuse("revised_since", "is not a valid time");
    }
    made.revised_since_ = absl::FromUnixSeconds(filter.revised_since().seconds()) +
                          absl::Nanoseconds(filter.revised_since().nanos());
  }
  made.only_facets_ = made.authors_.empty() && made.keywords_.empty() && made.words_.empty() &&
                      !filter.has_code() && !filter.has_revised_since();
  return made;
}

Candidates Filter::CandidatesIn(const Snapshot& snapshot, std::string_view oldest) const {
  std::vector<FacetCondition> conditions;
  const auto add = [&](Facet facet, const auto& values) {
    if (values.empty()) return;
    conditions.push_back({facet, {values.begin(), values.end()}});
  };
  add(Facet::kTag, filter_.tags_any());
  for (const std::string& tag : filter_.tags_all()) add(Facet::kTag, std::vector{tag});
  add(Facet::kCategory, filter_.categories());
  add(Facet::kPrimaryCategory, filter_.primary_categories());
  // A name is looked up by its longest word, which few others will have; an initial is no word.
  std::vector<std::string> words;
  for (const AskedName& author : authors_) {
    const std::vector<std::string> parts = absl::StrSplit(author.name, ' ');
    words.push_back(*std::max_element(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
      return a.size() < b.size();
    }));
  }
  if (std::all_of(words.begin(), words.end(), [](const auto& word) { return word.size() > 1; })) {
    add(Facet::kAuthor, words);
  }
  return {snapshot, std::max<std::string_view>(oldest, filter_.announced_from()),
          filter_.announced_to(), conditions};
}

bool Filter::Matches(const ServedEntry& entry) const {
  if (!filter_.announced_from().empty() && entry.announced() < filter_.announced_from()) {
    return false;
  }
  if (!filter_.announced_to().empty() && entry.announced() > filter_.announced_to()) return false;
  if (!filter_.tags_any().empty() && !HasAnyOf(entry, Facet::kTag, filter_.tags_any())) {
    return false;
  }
  if (!std::all_of(filter_.tags_all().begin(), filter_.tags_all().end(),
                   [&](const std::string& slug) { return entry.Has(Facet::kTag, slug); })) {
    return false;
  }
  if (!filter_.categories().empty() && !HasAnyOf(entry, Facet::kCategory, filter_.categories())) {
    return false;
  }
  if (!filter_.primary_categories().empty() &&
      !HasAnyOf(entry, Facet::kPrimaryCategory, filter_.primary_categories())) {
    return false;
  }
  if (!authors_.empty() && !HasAnyAuthor(entry, authors_)) return false;
  if (!keywords_.empty() && !HasAnyKeyword(entry, keywords_)) return false;
  if (filter_.has_code() && !entry.has_code()) return false;
  if (entry.revised() < revised_since_) return false;
  return words_.empty() || std::binary_search(with_words_.begin(), with_words_.end(), &entry);
}

void Filter::LookUpWords(const search::Index& index) {
  if (!words_.empty()) with_words_ = words_.MatchesIn(index);
}

void Filter::LookUpWords(const search::Index& index, std::span<const EntryPtr> entries) {
  if (!words_.empty()) with_words_ = words_.MatchesAmong(index, entries);
}

}  // namespace paperwire::serve
