// The announcement feeds of rss.arxiv.org, in both their formats.
#include <algorithm>
#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "libs/calendar/calendar.h"
#include "libs/paper/text.h"
#include "services/ingest/finish.h"
#include "services/ingest/formats.h"
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

Description SplitDescription(std::string_view text) {
  Description out;
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  if (!text.starts_with("arXiv:")) return {.id = {}, .type = {}, .abstract = text};
  out.id = text.substr(0, text.find_first_of(" \n"));
  constexpr std::string_view kType = "Announce Type: ";
  constexpr std::string_view kAbstract = "Abstract: ";
  const size_t abstract = text.find(kAbstract);
  const std::string_view head = text.substr(0, abstract);
  const size_t type = head.find(kType);
  if (type != std::string_view::npos) {
    out.type = head.substr(type + kType.size());
    out.type = out.type.substr(0, out.type.find_first_of(" \n"));
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
  const auto time = xml::ParseTime(text);
  if (!time) return std::nullopt;
  return calendar::DateInNewYork(*time);
}

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

void Add(const Item& item, Reading& reading) {
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
  raw.categories = item.categories;
  raw.journal_ref = item.journal_ref;
  raw.license = item.rights;
  raw.dois = item.dois;
  v1::Paper paper = Finish(raw);
  paper.set_announce_type(type);
  auto announced = DateOf(item.published);
  if (!announced) announced = reading.announced;
  if (announced) paper.set_announced(calendar::FormatDate(*announced));
  paper.set_source(reading.format);
  reading.papers.push_back(std::move(paper));
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
  for (const pugi::xml_node node : channel.children()) {
    if (!xml::Is(node, "", "item")) continue;
    Item item;
    xml::ForEachChild(node,
                      [&item](pugi::xml_node child, std::string_view space, std::string_view name) {
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
    Add(item, reading);
  }
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
  for (const pugi::xml_node node : feed.children()) {
    if (!xml::Is(node, xml::kAtom, "entry")) continue;
    Item item;
    xml::ForEachChild(node,
                      [&item](pugi::xml_node child, std::string_view space, std::string_view name) {
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
    // The feed has no date of its own: "updated" is when it was built.
    if (!reading.announced) reading.announced = DateOf(item.published);
    Add(item, reading);
  }
  Conclude(title, xml::Text(feed, xml::kAtom, "subtitle"), reading);
  return reading;
}

}  // namespace paperwire::ingest
