#include "services/serve/search/query.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "libs/calendar/calendar.h"
#include "libs/paper/arxiv_id.h"
#include "libs/paper/text.h"
#include "services/serve/search/query_words.h"
#include "services/serve/search/terms.h"

namespace paperwire::serve::search {
namespace {

constexpr size_t kShortestPrefix = 2;
constexpr size_t kLongestShown = 80;

absl::Status Refuse(std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("query: {}", why));
}

std::string Shown(std::string_view text) { return paper::Truncate(text, kLongestShown); }

bool IsSpace(char byte) { return static_cast<unsigned char>(byte) <= ' ' || byte == '\x7f'; }

// The bytes of a double quote of any form at the front; 0: none stands there.
size_t QuoteLength(std::string_view text) {
  if (text.starts_with('"')) return 1;
  for (const std::string_view quote : {"\u201c", "\u201d", "\u201e"}) {
    if (text.starts_with(quote)) return quote.size();
  }
  return 0;
}

// One item of a query, as written.
struct Item {
  bool excluded = false;
  // Empty: words. In small letters.
  std::string field;
  std::string_view value;
  bool quoted = false;
  // Where it begins in the query.
  size_t begin = 0;
};

class Parser {
 public:
  Parser(std::string_view text, const TagReader& read_tag) : text_(text), read_tag_(read_tag) {}

  absl::StatusOr<Query> Parse();

 private:
  // False at the end.
  bool Next(Item& item);
  void TakeField(Item& item);
  absl::Status Add(const Item& item);
  absl::Status AddWords(const Item& item, GroupSet groups, bool name);
  absl::Status AddTag(const Item& item);
  absl::Status AddCategory(const Item& item);
  absl::Status AddDate(const Item& item);
  absl::Status AddClause(Clause clause, const Item& item);

  std::string_view text_;
  const TagReader& read_tag_;
  size_t at_ = 0;
  size_t prefixes_ = 0;
  bool stop_words_ = false;
  bool dates_ = false;
  Query query_;
};

Clause Fact(std::string term, bool prefix = false) {
  Clause clause;
  clause.fact = true;
  clause.boost = 0;
  clause.any.emplace_back();
  clause.any.back().prefix = prefix;
  clause.any.back().slots.push_back({.term = std::move(term), .offset = 0, .begin = 0, .end = 0});
  return clause;
}

void Parser::TakeField(Item& item) {
  size_t end = at_;
  while (end < text_.size() && absl::ascii_isalpha(static_cast<unsigned char>(text_[end]))) ++end;
  // "Title: and more" is words, and so is "std::vector".
  if (end == at_ || end + 1 >= text_.size() || text_[end] != ':' || text_[end + 1] == ':' ||
      IsSpace(text_[end + 1])) {
    return;
  }
  const size_t space = static_cast<size_t>(
      std::find_if(text_.begin() + static_cast<ptrdiff_t>(at_), text_.end(), IsSpace) -
      text_.begin());
  // "arXiv:2606.01234" and the address of a paper are no fields.
  if (paper::ParseArxivId(text_.substr(at_, space - at_)).ok()) return;
  item.field = text_.substr(at_, end - at_);
  absl::AsciiStrToLower(&item.field);
  at_ = end + 1;
}

bool Parser::Next(Item& item) {
  while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  if (at_ == text_.size()) return false;
  item = {};
  item.begin = at_;
  while (at_ < text_.size() && text_[at_] == '-') {
    ++at_;
    item.excluded = true;
  }
  TakeField(item);
  const size_t quote = QuoteLength(text_.substr(at_));
  at_ += quote;
  item.quoted = quote > 0;
  const size_t begin = at_;
  while (at_ < text_.size()) {
    const size_t closing = QuoteLength(text_.substr(at_));
    if (closing > 0 || (!item.quoted && IsSpace(text_[at_]))) {
      item.value = text_.substr(begin, at_ - begin);
      // An opening quote is left for the next item.
      if (item.quoted) at_ += closing;
      return true;
    }
    ++at_;
  }
  item.value = text_.substr(begin);
  return true;
}

absl::Status Parser::AddClause(Clause clause, const Item& item) {
  if (query_.all.size() + query_.none.size() == kMostClauses) {
    return Refuse(fmt::format("has too many words (at most {})", kMostClauses));
  }
  clause.begin = item.begin;
  clause.end = at_;
  clause.quoted = item.quoted;
  (item.excluded ? query_.none : query_.all).push_back(std::move(clause));
  return absl::OkStatus();
}

absl::Status Parser::AddWords(const Item& item, GroupSet groups, bool name) {
  if (!item.quoted && groups == 0) {
    const auto id = paper::ParseArxivId(item.value);
    if (id.ok()) return AddClause(Fact(IdTerm(id->base)), item);
  }
  const bool prefix = !item.quoted && item.value.ends_with('*');
  const Reading reading = {
      .prefix = prefix, .name = name, .at = static_cast<size_t>(item.value.data() - text_.data())};
  Clause clause;
  clause.groups = groups;
  clause.any = SequencesOf(item.value, reading);
  if (clause.any.empty()) {
    Word word;
    stop_words_ = stop_words_ || WordScanner(item.value).Next(word);
    return absl::OkStatus();
  }
  const Sequence& row = clause.any.front();
  if (row.slots.size() > kMostSlots || row.slots.back().offset >= kMostSlots) {
    return Refuse(fmt::format("a phrase has at most {} words", kMostSlots));
  }
  if (row.prefix) {
    if (paper::CountCharacters(row.slots.back().term) < kShortestPrefix) {
      return Refuse(
          fmt::format("\"{}\": at least two letters must stand before the *", Shown(item.value)));
    }
    if (++prefixes_ > kMostPrefixes) {
      return Refuse(fmt::format("has too many words with a * (at most {})", kMostPrefixes));
    }
  }
  return AddClause(std::move(clause), item);
}

absl::Status Parser::AddTag(const Item& item) {
  const absl::StatusOr<std::string> slug = read_tag_(item.value);
  if (!slug.ok()) return Refuse(std::string(slug.status().message()));
  return AddClause(Fact(TagTerm(*slug)), item);
}

absl::Status Parser::AddCategory(const Item& item) {
  std::string_view category = item.value;
  if (category.ends_with(".*")) category.remove_suffix(2);
  const bool fits =
      !category.empty() && std::all_of(category.begin(), category.end(), [](char byte) {
        return absl::ascii_isalpha(static_cast<unsigned char>(byte)) || byte == '-' || byte == '.';
      });
  if (!fits) {
    return Refuse(fmt::format(
        "\"{}\" is no arXiv category; known are those such as cs.LG, and cs for all of cs",
        Shown(item.value)));
  }
  Clause clause = Fact(CategoryTerm(category));
  if (category.find('.') == std::string_view::npos) {
    clause.any.push_back(Fact(CategoryTerm(std::string(category) + "."), true).any.front());
  }
  return AddClause(std::move(clause), item);
}

absl::Status Parser::AddDate(const Item& item) {
  const size_t dots = item.value.find("..");
  const bool range = dots != std::string_view::npos;
  const std::string_view from = item.value.substr(0, dots);
  const std::string_view to = range ? item.value.substr(dots + 2) : from;
  Days days;
  if (!from.empty()) days.from = DayOf(from);
  if (!to.empty()) days.to = DayOf(to);
  if ((from.empty() && to.empty()) || (!from.empty() && days.from == kFirstDay) ||
      (!to.empty() && days.to == kFirstDay)) {
    return Refuse(
        fmt::format("\"date:{}\" is no date; known are date:2026-06-23, "
                    "date:2026-06-20..2026-06-23, date:2026-06-20.. and "
                    "date:..2026-06-23",
                    Shown(item.value)));
  }
  if (days.from > days.to) {
    return Refuse(fmt::format("\"date:{}\" ends before it begins", Shown(item.value)));
  }
  dates_ = true;
  if (item.excluded) {
    if (query_.not_days.size() == kMostClauses) return Refuse("has too many dates (at most 32)");
    query_.not_days.push_back(days);
    return absl::OkStatus();
  }
  query_.days = {.from = std::max(query_.days.from, days.from),
                 .to = std::min(query_.days.to, days.to)};
  return absl::OkStatus();
}

absl::Status Parser::Add(const Item& item) {
  if (item.field.empty()) return AddWords(item, 0, false);
  if (item.field == "author") return AddWords(item, SetOf(Group::kAuthors), true);
  if (item.field == "title") return AddWords(item, SetOf(Group::kTitle), false);
  if (item.field == "tag") return AddTag(item);
  if (item.field == "cat") return AddCategory(item);
  if (item.field == "date") return AddDate(item);
  return Refuse(
      fmt::format("\"{}:\" is no field; known are tag:, cat:, author:, title: and date:; "
                  "in quotes it is words",
                  Shown(item.field)));
}

absl::StatusOr<Query> Parser::Parse() {
  if (text_.size() > kLongestQuery) {
    return Refuse(fmt::format("is too long (at most {} bytes)", kLongestQuery));
  }
  if (paper::CountBadBytes(text_) > 0) return Refuse("is not UTF-8");
  for (Item item; Next(item);) {
    const absl::Status status = Add(item);
    if (!status.ok()) return status;
  }
  if (query_.all.empty() && query_.none.empty() && !dates_) {
    return Refuse(stop_words_ ? "holds only words that nearly every text has; add another"
                              : "must hold a word, a \"phrase\" or a field such as tag:");
  }
  return std::move(query_);
}

}  // namespace

bool Query::HasWords() const {
  return std::any_of(all.begin(), all.end(), [](const Clause& clause) { return !clause.fact; });
}

absl::StatusOr<Query> ParseQuery(std::string_view text, const TagReader& read_tag) {
  return Parser(text, read_tag).Parse();
}

Clause ClauseOf(std::string_view text) {
  Clause clause;
  clause.any = SequencesOf(text, {});
  return clause;
}

}  // namespace paperwire::serve::search
