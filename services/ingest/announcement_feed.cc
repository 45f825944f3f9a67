// The announcement feeds of rss.arxiv.org, in both their formats.
#include <algorithm>
#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "libs/calendar/calendar.h"
#include "libs/paper/text.h"
#include "services/ingest/finish.h"
#include "services/ingest/formats.h"
#include "services/ingest/times.h"
#include "services/ingest/xml.h"

namespace paperwire::ingest {
namespace {

v1::AnnounceType ParseType(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text == "new") return v1::ANNOUNCE_TYPE_NEW;
  if (text == "cross") return v1::ANNOUNCE_TYPE_CROSS;
  if (text == "replace") return v1::ANNOUNCE_TYPE_REPLACE;
  if (text == "replace-cross") return v1::ANNOUNCE_TYPE_REPLACE_CROSS;
  return v1::ANNOUNCE_TYPE_UNSPECIFIED;
}

// "arXiv:2606.20670v1 Announce Type: new \nAbstract: …": the abstract, and the type where no
// element told it.
struct Description {
  std::string_view id;
  std::string_view type;
  std::string_view abstract;
};

std::string_view FirstWord(std::string_view text) {
  const auto end =
      std::find_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; });
  return {text.begin(), end};
}

Description SplitDescription(std::string_view text) {
  Description out;
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  if (!text.starts_with("arXiv:")) return {.id = {}, .type = {}, .abstract = text};
  out.id = FirstWord(text);
  constexpr std::string_view kType = "Announce Type: ";
  constexpr std::string_view kAbstract = "Abstract: ";
  const size_t abstract = text.find(kAbstract);
  const std::string_view head = text.substr(0, abstract);
  const size_t type = head.find(kType);
  if (type != std::string_view::npos) {
    out.type = head.substr(type + kType.size());
    out.type = FirstWord(out.type);
  }
  if (abstract != std::string_view::npos) out.abstract = text.substr(abstract + kAbstract.size());
  return out;
}

// "cs.LG" of "cs.LG updates on arXiv.org".
std::string CategoryOf(std::string_view title) {
  const size_t end = title.find(" updates on");
  return end == std::string_view::npos
             ? ""
             : paper::CleanLine(title.substr(0, std::min<size_t>(end, 200)));
}

std::optional<absl::CivilDay> DateOf(std::string_view text) {
  const auto time = ParseTime(text);
  if (!time) return std::nullopt;
  return calendar::DateInNewYork(*time);
}

// Dates, of which all items of a feed have the same.
class Dates {
 public:
  // As written for a paper; empty when there is none.
  const std::string& Of(std::string_view text) {
    if (text != text_) {
      text_ = text;
      const auto date = DateOf(text);
      written_ = date ? calendar::FormatDate(*date) : "";
    }
    return written_;
  }

 private:
  std::string_view text_;
  std::string written_;
};

// What the two formats name differently.
struct Item {
  std::string_view id = {};
  std::string_view link = {};
  std::string_view title = {};
  std::string_view description = {};
  std::string_view published = {};
  std::vector<std::string_view> categories = {};
  // In both by the same names.
  std::string_view type = {};
  std::string_view creator = {};
  std::string_view rights = {};
  std::string_view journal_ref = {};
  std::vector<std::string_view> dois = {};
};

// Whether it is one of those; then it is taken.
bool TakeCommon(std::string_view space, std::string_view name, std::string_view text, Item& item) {
  if (space == xml::kDc) {
    if (name == "creator") item.creator = text;
    if (name == "rights") item.rights = text;
    return true;
  }
  if (space != xml::kArxiv) return false;
  if (name == "announce_type") item.type = text;
  if (name == "journal_reference") item.journal_ref = text;
  if (name == "DOI") item.dois.push_back(text);
  return true;
}

void Add(Item item, Dates& dates, Reading& reading) {
  const Description description = SplitDescription(item.description);
  absl::StatusOr<paper::ArxivId> id = paper::ParseArxivId(item.id);
  if (!id.ok()) id = paper::ParseArxivId(description.id);
  if (!id.ok()) id = paper::ParseArxivId(item.link);
  v1::AnnounceType type = ParseType(item.type);
  if (type == v1::ANNOUNCE_TYPE_UNSPECIFIED) type = ParseType(description.type);
  if (!id.ok()) return reading.PassOver("", "no identifier");
  if (item.title.empty()) return reading.PassOver(id->base, "no title");
  if (type == v1::ANNOUNCE_TYPE_UNSPECIFIED) return reading.PassOver(id->base, "no announce type");
  RawPaper raw{.id = *id, .title = item.title, .abstract = description.abstract};
  raw.author_line = item.creator;
  raw.categories = std::move(item.categories);
  raw.journal_ref = item.journal_ref;
  raw.license = item.rights;
  raw.dois = std::move(item.dois);
  v1::Paper& paper = reading.papers.emplace_back();
  Finish(raw, paper);
  paper.set_announce_type(type);
  if (const std::string& announced = dates.Of(item.published); !announced.empty()) {
    paper.set_announced(announced);
  } else if (reading.announced) {
    paper.set_announced(calendar::FormatDate(*reading.announced));
  }
  paper.set_source(reading.format);
}

// Adds each entry of that name, filled by `take`, which gets its children one by one.
template <typename Take>
void ForEachEntry(pugi::xml_node list, std::string_view space, std::string_view name,
                  Reading& reading, Take take) {
  Dates dates;
  xml::Scope scope(list);
  reading.papers.reserve(static_cast<size_t>(std::distance(list.begin(), list.end())));
  xml::ForEachChild(
      list, scope, [&](pugi::xml_node node, std::string_view its_space, std::string_view its_name) {
        if (its_space != space || its_name != name) return;
        Item item;
        xml::Scope inner(node, scope);
        xml::ForEachChild(
            node, inner,
            [&](pugi::xml_node child, std::string_view child_space, std::string_view child_name) {
              take(child, child_space, child_name, item);
            });
        // Such a feed has no date of its own: "updated" is when it was built.
        if (space == xml::kAtom && !reading.announced) reading.announced = DateOf(item.published);
        Add(std::move(item), dates, reading);
      });
}

void Conclude(std::string_view title, std::string_view reason, Reading& reading) {
  if (title.starts_with("Feed error")) {
    reading.outcome = Outcome::kErrorFeed;
    reading.detail = paper::CleanLine(reason.substr(0, 300));
    if (reading.detail.empty()) reading.detail = "an error without a reason";
    reading.papers.clear();
  } else if (reading.papers.empty()) {
    reading.outcome = reading.passed_over > 0 ? Outcome::kUnknown : Outcome::kEmpty;
    if (reading.passed_over > 0) reading.detail = reading.WhatWasPassedOver();
  } else if (reading.passed_over > 0) {
    // What was announced is more than what was read, and nobody may think otherwise.
    reading.outcome = Outcome::kIncomplete;
    reading.detail = reading.WhatWasPassedOver();
  }
}

}  // namespace

Reading ReadRss(pugi::xml_node rss) {
  Reading reading;
  reading.format = "rss";
  const pugi::xml_node channel = xml::Child(rss, "", "channel");
  if (!channel) {
    reading.outcome = Outcome::kUnknown;
    reading.detail = "RSS without a channel";
    return reading;
  }
  const std::string_view title = xml::Text(channel, "", "title");
  reading.category = CategoryOf(title);
  reading.announced = DateOf(xml::Text(channel, "", "pubDate"));
  ForEachEntry(channel, "", "item", reading,
               [](pugi::xml_node child, std::string_view space, std::string_view name, Item& item) {
                 const std::string_view text = xml::Text(child);
                 if (TakeCommon(space, name, text, item) || !space.empty()) return;
                 if (name == "guid") {
                   item.id = text;
                 } else if (name == "link") {
                   item.link = text;
                 } else if (name == "title") {
                   item.title = text;
                 } else if (name == "description") {
                   item.description = text;
                 } else if (name == "pubDate") {
                   item.published = text;
                 } else if (name == "category") {
                   item.categories.push_back(text);
                 }
               });
  Conclude(title, xml::Text(channel, "", "description"), reading);
  return reading;
}

bool IsAnnouncement(pugi::xml_node feed) {
  const std::string_view id = xml::Text(feed, xml::kAtom, "id");
  if (id.find("rss.arxiv.org") != std::string_view::npos) return true;
  const pugi::xml_node entry = xml::Child(feed, xml::kAtom, "entry");
  return entry && xml::Child(entry, xml::kArxiv, "announce_type");
}

Reading ReadAtom(pugi::xml_node feed) {
  Reading reading;
  reading.format = "atom";
  const std::string_view title = xml::Text(feed, xml::kAtom, "title");
  reading.category = CategoryOf(title);
  ForEachEntry(feed, xml::kAtom, "entry", reading,
               [](pugi::xml_node child, std::string_view space, std::string_view name, Item& item) {
                 const std::string_view text = xml::Text(child);
                 if (TakeCommon(space, name, text, item) || space != xml::kAtom) return;
                 if (name == "id") {
                   item.id = text;
                 } else if (name == "link") {
                   item.link = child.attribute("href").value();
                 } else if (name == "title") {
                   item.title = text;
                 } else if (name == "summary") {
                   item.description = text;
                 } else if (name == "published") {
                   item.published = text;
                 } else if (name == "category") {
                   item.categories.emplace_back(child.attribute("term").value());
                 }
               });
  Conclude(title, xml::Text(feed, xml::kAtom, "subtitle"), reading);
  return reading;
}

}  // namespace paperwire::ingest
