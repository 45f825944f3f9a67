// The listing pages of arxiv.org: what was announced on a day, and how many of it.
#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "libs/calendar/calendar.h"
#include "libs/paper/text.h"
#include "services/ingest/finish.h"
#include "services/ingest/formats.h"
#include "services/ingest/html.h"

namespace paperwire::ingest {
namespace {

// A page has three; more are none of arXiv's.
constexpr size_t kMaxSections = 16;

// "Wednesday, 12 August 2026", "Tue, 23 Jun 2026".
std::optional<absl::CivilDay> ParseDay(std::string_view text) {
  const std::string value(text.substr(0, 60));
  for (const char* format : {"%A, %d %B %Y", "%a, %d %b %Y"}) {
    absl::Time time;
    if (absl::ParseTime(format, value, &time, nullptr)) {
      return absl::ToCivilDay(time, absl::UTCTimeZone());
    }
  }
  return std::nullopt;
}

// The number at the beginning of `text`, and what follows it; false when there is none.
bool TakeNumber(std::string_view& text, int& number) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

// What follows `phrase` in `text`; nothing when it is not there.
std::optional<std::string_view> After(std::string_view text, std::string_view phrase) {
  const size_t at = text.find(phrase);
  if (at == std::string_view::npos) return std::nullopt;
  return text.substr(at + phrase.size());
}

v1::AnnounceType TypeOf(std::string_view heading) {
  if (heading.starts_with("New submissions")) return v1::ANNOUNCE_TYPE_NEW;
  if (heading.starts_with("Cross")) return v1::ANNOUNCE_TYPE_CROSS;
  if (heading.starts_with("Replacement")) return v1::ANNOUNCE_TYPE_REPLACE;
  return v1::ANNOUNCE_TYPE_UNSPECIFIED;
}

std::string NameOf(v1::AnnounceType type) {
  if (type == v1::ANNOUNCE_TYPE_NEW) return "new submissions";
  return type == v1::ANNOUNCE_TYPE_CROSS ? "cross-lists" : "replacements";
}

// "New submissions (showing 79 of 79 entries)", also "(showing first 25 of 79 entries)",
// "(continued, showing last 5 of 79 entries)", and with "for Wednesday, 12 August 2026" before it.
std::optional<Section> ParseHeading(std::string_view heading) {
  Section section{.type = TypeOf(heading)};
  auto rest = After(heading, "showing ");
  if (section.type == v1::ANNOUNCE_TYPE_UNSPECIFIED || !rest) return std::nullopt;
  for (const std::string_view word : {"first ", "last "}) {
    if (rest->starts_with(word)) rest->remove_prefix(word.size());
  }
  if (!TakeNumber(*rest, section.shown) || !rest->starts_with(" of ")) return std::nullopt;
  rest->remove_prefix(4);
  if (!TakeNumber(*rest, section.total)) return std::nullopt;
  return section;
}

// "cs.LG" of "Machine Learning (cs.LG)".
std::string CategoryIn(std::string_view subject) {
  const size_t open = subject.rfind('(');
  const size_t close = subject.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  return std::string(subject.substr(open + 1, close - open - 1));
}

// "cs.LG" of "/list/cs.LG/recent" or "/catchup/cs.LG/2026-06-24".
std::string SubjectIn(std::string_view address) {
  const bool recent = address.find("/recent") != std::string_view::npos;
  const auto rest = After(address, recent ? "/list/" : "/catchup/");
  if (!rest || rest->find('/') == std::string_view::npos) return {};
  return paper::CleanLine(rest->substr(0, std::min<size_t>(rest->find('/'), 40)));
}

// What an entry's two elements (<dt>, <dd>) say.
struct Entry {
  paper::ArxivId id;
  bool has_id = false;
  int number = 0;
  std::string title = {};
  std::string authors = {};
  std::string abstract = {};
  std::string comment = {};
  std::string journal_ref = {};
  std::string subjects = {};
};

void ReadTerm(const xmlNode* term, Entry& entry) {
  for (const xmlNode* node = term; node != nullptr; node = html::Next(node, term, true)) {
    if (!html::IsElement(node, "a")) continue;
    const std::string_view name = html::Attribute(node, "name");
    if (name.starts_with("item")) {
      std::string_view digits = name.substr(4);
      TakeNumber(digits, entry.number);
    }
    const std::string_view address = html::Attribute(node, "href");
    if (html::Attribute(node, "title") == "Abstract" || address.starts_with("/abs/")) {
      auto id = paper::ParseArxivId(html::Text(node));
      if (!id.ok() && address.size() > 5) id = paper::ParseArxivId(address.substr(5));
      if (id.ok() && !entry.has_id) {
        entry.id = *id;
        entry.has_id = true;
      }
    } else if (const auto version = paper::ParseArxivId(address);
               version.ok() && entry.has_id && version->base == entry.id.base) {
      // Only the link to the HTML of a paper names its version.
      entry.id.version = std::max(entry.id.version, version->version);
    }
  }
}

void ReadDescription(const xmlNode* description, Entry& entry) {
  bool into = true;
  for (const xmlNode* node = description; node != nullptr;
       node = html::Next(node, description, into)) {
    into = false;
    if (html::HasClass(node, "list-title")) {
      entry.title = html::Text(node);
    } else if (html::HasClass(node, "list-authors")) {
      entry.authors = html::Text(node);
    } else if (html::HasClass(node, "list-comments")) {
      entry.comment = html::Text(node);
    } else if (html::HasClass(node, "list-journal-ref")) {
      entry.journal_ref = html::Text(node);
    } else if (html::HasClass(node, "list-subjects")) {
      entry.subjects = html::Text(node);
    } else if (html::IsElement(node, "p")) {
      if (entry.abstract.empty()) entry.abstract = html::Text(node);
    } else {
      into = true;
    }
  }
}

class ListingReader {
 public:
  Reading Read(const xmlNode* root) {
    reading_.format = "listing";
    bool into = true;
    for (const xmlNode* node = root; node != nullptr; node = html::Next(node, root, into)) {
      into = true;
      if (node->type == XML_TEXT_NODE) {
        Note(reinterpret_cast<const char*>(node->content));
      } else if (html::IsElement(node, "h1") || html::IsElement(node, "h3")) {
        Heading(paper::CleanLine(html::Text(node)));
      } else if (html::IsElement(node, "a")) {
        if (reading_.category.empty()) {
          reading_.category = SubjectIn(html::Attribute(node, "href"));
        }
      } else if (html::IsElement(node, "dt")) {
        Close();
        entry_.emplace();
        ReadTerm(node, *entry_);
        into = false;
      } else if (html::IsElement(node, "dd")) {
        if (entry_) ReadDescription(node, *entry_);
        Close();
        into = false;
      }
    }
    Close();
    Conclude();
    return std::move(reading_);
  }

 private:
  void Heading(std::string_view text) {
    Close();
    if (const auto day = After(text, "Showing new listings for "); day) {
      is_listing_ = true;
      reading_.announced = ParseDay(*day);
    } else if (text.starts_with("Catchup results for ")) {
      is_listing_ = true;
      const size_t on = text.rfind(" on ");
      if (on != std::string_view::npos) reading_.announced = ParseDay(text.substr(on + 4));
    } else if (TypeOf(text) != v1::ANNOUNCE_TYPE_UNSPECIFIED) {
      const auto section = ParseHeading(text);
      is_listing_ = is_listing_ || section;
      if (!section) undeclared_ = true;
      if (reading_.listing.sections.size() >= kMaxSections) return;
      reading_.listing.sections.push_back(section.value_or(Section{.type = TypeOf(text)}));
      const auto named = After(text, " for ");
      if (!reading_.announced && named) {
        reading_.announced = ParseDay(named->substr(0, named->find(" (")));
      }
    }
  }

  void Note(std::string_view text) {
    if (auto total = After(text, "Total of "); total && !reading_.listing.total) {
      int number = 0;
      if (TakeNumber(*total, number)) reading_.listing.total = number;
    }
    for (const std::string_view phrase : {"No updates", "No further updates", "No new listings"}) {
      if (text.find(phrase) != std::string_view::npos) says_none_ = true;
    }
  }

  // Makes a paper of the entry at hand.
  void Close() {
    if (!entry_) return;
    const Entry entry = *std::exchange(entry_, std::nullopt);
    last_number_ = std::max(last_number_, entry.number);
    if (reading_.listing.sections.empty()) {
      undeclared_ = true;
      return;
    }
    if (reading_.papers.size() >= kMaxEntries) {
      too_large_ = true;
      return;
    }
    Section& section = reading_.listing.sections.back();
    const std::string title = paper::CleanLine(entry.title);
    if (!entry.has_id || title.empty()) {
      reading_.PassOver(entry.id.base, entry.has_id ? "no title" : "no identifier");
      return;
    }
    ++section.listed;
    RawPaper raw{.id = entry.id, .title = title, .abstract = entry.abstract};
    if (raw.id.version == 0 && section.type == v1::ANNOUNCE_TYPE_REPLACE) raw.id.version = 2;
    if (entry.authors.find("(author list is unavailable)") == std::string::npos) {
      raw.author_line = entry.authors;
    }
    raw.comment = entry.comment;
    raw.journal_ref = entry.journal_ref;
    std::vector<std::string> categories;
    for (size_t i = 0; i < entry.subjects.size();) {
      const size_t end = std::min(entry.subjects.find(';', i), entry.subjects.size());
      categories.push_back(CategoryIn(std::string_view(entry.subjects).substr(i, end - i)));
      i = end + 1;
    }
    raw.categories.assign(categories.begin(), categories.end());
    v1::Paper& paper = reading_.papers.emplace_back();
    Finish(raw, paper);
    paper.set_announce_type(section.type);
    paper.set_source(reading_.format);
  }

  void Fail(Outcome outcome, std::string detail) {
    reading_.outcome = outcome;
    reading_.detail = std::move(detail);
    reading_.papers.clear();
  }

  void Conclude() {
    ListingPage& listing = reading_.listing;
    if (!is_listing_) {
      reading_ = {};
      return Fail(Outcome::kHtml, "a page for people, not a feed");
    }
    if (too_large_) return Fail(Outcome::kTooLarge, "more than 10,000 entries");
    if (!reading_.announced) return Fail(Outcome::kUnknown, "a listing that does not tell its day");
    int declared = 0;
    int listed = 0;
    int total = 0;
    std::string differences;
    for (const Section& section : listing.sections) {
      declared += section.shown;
      listed += section.listed;
      total += section.total;
      if (section.listed == section.shown && section.shown <= section.total) continue;
      differences += (differences.empty() ? "" : "; ") + NameOf(section.type) + ": " +
                     std::to_string(section.listed) + " of " + std::to_string(section.shown) +
                     " entries shown, " + std::to_string(section.total) + " in all";
    }
    // Entries are numbered over all pages.
    listing.more = listed > 0 && listing.total && last_number_ < *listing.total;
    if (listed == 0) {
      if (declared > 0 || reading_.passed_over > 0) {
        return Fail(Outcome::kMissing, std::to_string(declared) + " entries shown, none there");
      }
      if (says_none_ || listing.total == 0) {
        reading_.outcome = Outcome::kEmpty;
        return;
      }
      return Fail(Outcome::kMissing, "lists neither papers nor that there are none");
    }
    const std::string announced = calendar::FormatDate(*reading_.announced);
    for (v1::Paper& paper : reading_.papers) {
      paper.set_announced(announced);
      if (paper.announce_type() == v1::ANNOUNCE_TYPE_REPLACE && !IsOwn(paper)) {
        paper.set_announce_type(v1::ANNOUNCE_TYPE_REPLACE_CROSS);
      }
    }
    if (undeclared_ && differences.empty()) differences = "a section without a count";
    if (differences.empty() && listing.total && total > *listing.total) {
      differences = "sections of " + std::to_string(total) + " entries, " +
                    std::to_string(*listing.total) + " in all";
    }
    // On a page that is all there is, the sections make the total.
    if (differences.empty() && listing.total && !listing.more && total == declared &&
        last_number_ == total && total != *listing.total) {
      differences = std::to_string(total) + " entries, but " + std::to_string(*listing.total) +
                    " are declared";
    }
    if (differences.empty()) differences = reading_.WhatWasPassedOver();
    if (differences.empty()) return;
    reading_.outcome = Outcome::kIncomplete;
    reading_.detail = differences;
  }

  // Whether the paper's primary category is the listing's own, or in its archive.
  bool IsOwn(const v1::Paper& paper) const {
    const std::string& own = reading_.category;
    if (own.empty() || paper.categories().empty()) return true;
    const std::string& primary = paper.categories(0);
    return primary == own || primary.starts_with(own + ".");
  }

  Reading reading_;
  std::optional<Entry> entry_;
  int last_number_ = 0;
  bool is_listing_ = false;
  bool says_none_ = false;
  bool undeclared_ = false;
  bool too_large_ = false;
};

// A page that does not end with its closing tag was cut off: what follows could be more entries.
bool IsCutOff(std::string_view html) {
  const size_t end = html.find_last_not_of(" \t\r\n");
  std::string tail(html.substr(0, end + 1));
  tail = tail.substr(tail.size() < 7 ? 0 : tail.size() - 7);
  std::transform(tail.begin(), tail.end(), tail.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return tail != "</html>";
}

}  // namespace

Reading ReadListing(std::string_view html) {
  const html::Document document(html);
  Reading reading;
  if (document.root() == nullptr) {
    reading.outcome = Outcome::kHtml;
    reading.detail = "a page without elements, or nested too deeply";
    return reading;
  }
  reading = ListingReader().Read(document.root());
  if (reading.format == "listing" && IsCutOff(html)) {
    reading.outcome = Outcome::kTruncated;
    reading.detail = "a listing that ends at byte " + std::to_string(html.size());
    reading.papers.clear();
  }
  return reading;
}

}  // namespace paperwire::ingest
