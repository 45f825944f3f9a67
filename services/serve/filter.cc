#include "services/serve/filter.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "google/protobuf/util/time_util.h"
#include "libs/calendar/calendar.h"

namespace paperwire::serve {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kMostValues = 50;
constexpr size_t kLongestWord = 200;

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
                      const Snapshot& snapshot, Values& tags) {
  if (tags.size() > kMostValues) return Refuse(field, "has too many values (at most 50)");
  for (std::string& tag : tags) {
    const auto standing = catalogue.Read(tag);
    if (standing.ok()) {
      tag = std::string(standing->slug);
    } else if (snapshot.OfTag(tag).empty()) {
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

std::string FoldedText(const v1::Entry& entry) {
  std::string text = entry.paper().title() + "\n" + entry.paper().abstract() + "\n";
  const v1::Summary& summary = entry.summary();
  for (const std::string* part : {&summary.tldr(), &summary.summary(), &summary.methodology(),
                                  &summary.results(), &summary.implications()}) {
    text.append(*part).push_back('\n');
  }
  for (const std::string& highlight : summary.highlights()) text.append(highlight).push_back('\n');
  absl::AsciiStrToLower(&text);
  return text;
}

bool IsWordByte(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) ||
         static_cast<unsigned char>(byte) >= 0x80;
}

// Whole words only: "art" is not in "start".
bool Contains(const std::string& text, const std::string& word) {
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const bool left = at == 0 || !IsWordByte(text[at - 1]) || !IsWordByte(word.front());
    const size_t end = at + word.size();
    const bool right = end == text.size() || !IsWordByte(text[end]) || !IsWordByte(word.back());
    if (left && right) return true;
  }
  return false;
}

// Off the word at `begin`, which ends the text. What may be left of a plural ends like the
// singular, so both are cut alike: nobody sees it.
void TakePlural(std::string& text, size_t begin) {
  const auto ends = [&](std::string_view ending) {
    return text.size() - begin > 3 && text.ends_with(ending);
  };
  if (ends("s") && !ends("ss") && !ends("us")) text.pop_back();
  if (ends("ie")) {
    text.replace(text.size() - 2, 2, "y");
  } else if (ends("se") || ends("xe") || ends("che") || ends("she")) {
    text.pop_back();
  }
}

}  // namespace

std::string FoldKeyword(std::string_view keyword) {
  std::string folded;
  const auto end_word = [&folded] { TakePlural(folded, folded.rfind(' ') + 1); };
  for (const char byte : keyword) {
    if (IsWordByte(byte)) {
      folded += absl::ascii_tolower(static_cast<unsigned char>(byte));
    } else if (!folded.empty() && folded.back() != ' ') {
      end_word();
      folded += ' ';
    }
  }
  if (!folded.empty() && folded.back() == ' ') {
    folded.pop_back();
  } else {
    end_word();
  }
  return folded;
}

bool HasAnyKeyword(const ServedEntry& entry, std::span<const std::string> folded) {
  const std::vector<std::string_view> keywords = entry.values(Facet::kKeyword);
  return std::any_of(keywords.begin(), keywords.end(), [&](std::string_view keyword) {
    const std::string own = FoldKeyword(keyword);
    return std::any_of(folded.begin(), folded.end(),
                       [&](const std::string& asked) { return Contains(own, asked); });
  });
}

absl::StatusOr<Filter> Filter::Make(const v1::EntryFilter& filter,
                                    const tags::TagCatalogue& catalogue, const Snapshot& snapshot) {
  Filter made;
  made.filter_ = filter;
  made.empty_ = filter.ByteSizeLong() == 0;
  absl::Status status = CheckDate("announced_from", filter.announced_from());
  status.Update(CheckDate("announced_to", filter.announced_to()));
  status.Update(TakeTags("tags_any", catalogue, snapshot, *made.filter_.mutable_tags_any()));
  status.Update(TakeTags("tags_all", catalogue, snapshot, *made.filter_.mutable_tags_all()));
  for (const auto& [field, categories] :
       {std::pair("categories", &filter.categories()),
        std::pair("primary_categories", &filter.primary_categories())}) {
    if (categories->size() > kMostValues) {
      status.Update(Refuse(field, "has too many values (at most 50)"));
    }
  }
  status.Update(TakeWords("keywords", filter.keywords(), made.keywords_));
  for (std::string& keyword : made.keywords_) {
    keyword = FoldKeyword(keyword);
    if (keyword.empty()) status.Update(Refuse("keywords", "a keyword must hold a word"));
  }
  status.Update(TakeWords("include_words", filter.include_words(), made.include_));
  status.Update(TakeWords("exclude_words", filter.exclude_words(), made.exclude_));
  if (!status.ok()) return status;
  if (filter.has_revised_since()) {
    if (filter.revised_since().seconds() < TimeUtil::kTimestampMinSeconds ||
        filter.revised_since().seconds() > TimeUtil::kTimestampMaxSeconds) {
      return Refuse("revised_since", "is not a valid time");
    }
    made.revised_since_ = absl::FromUnixSeconds(filter.revised_since().seconds()) +
                          absl::Nanoseconds(filter.revised_since().nanos());
  }
  return made;
}

bool Filter::Matches(const ServedEntry& entry) const {
  if (empty_) return true;
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
  if (!keywords_.empty() && !HasAnyKeyword(entry, keywords_)) return false;
  if (filter_.has_code() && !entry.has_code()) return false;
  if (entry.revised() < revised_since_) return false;
  if (include_.empty() && exclude_.empty()) return true;
  const std::string text = FoldedText(entry.Message());
  const auto contains = [&](const std::string& word) { return Contains(text, word); };
  if (!include_.empty() && !std::any_of(include_.begin(), include_.end(), contains)) return false;
  return std::none_of(exclude_.begin(), exclude_.end(), contains);
}

}  // namespace paperwire::serve
