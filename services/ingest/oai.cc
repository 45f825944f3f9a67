// OAI-PMH, with arXiv's three kinds of metadata.
#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "google/protobuf/timestamp.pb.h"
#include "libs/paper/text.h"
#include "services/ingest/finish.h"
#include "services/ingest/formats.h"
#include "services/ingest/times.h"
#include "services/ingest/xml.h"

namespace paperwire::ingest {
namespace {

std::vector<std::string_view> SplitWords(std::string_view text) {
  std::vector<std::string_view> words;
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
  for (auto begin = text.begin(); begin != text.end();) {
    const auto end = std::find_if(begin, text.end(), blank);
    if (end != begin) words.emplace_back(begin, end);
    begin = end == text.end() ? end : end + 1;
  }
  return words;
}

void SetSeconds(const std::optional<absl::Time>& time, google::protobuf::Timestamp* field) {
  field->set_seconds(absl::ToUnixSeconds(*time));
}

constexpr size_t kMaxSets = 64;
constexpr size_t kMaxToken = 4096;

struct Dates {
  std::optional<absl::Time> submitted;
  std::optional<absl::Time> updated;
};

// More than any paper has.
constexpr size_t kMaxVersions = 8191;

// "v3".
std::optional<uint32_t> VersionNumber(std::string_view label) {
  uint32_t number = 0;
  if (!label.starts_with('v')) return std::nullopt;
  const auto [end, error] = std::from_chars(label.data() + 1, label.data() + label.size(), number);
  if (error != std::errc() || end != label.data() + label.size()) return std::nullopt;
  if (number < 1 || number > kMaxVersions) return std::nullopt;
  return number;
}

// Ascending, each number once. Nearly always they stand so.
void Order(std::vector<Version>& versions) {
  const auto unordered = [](const Version& a, const Version& b) { return a.number >= b.number; };
  if (std::adjacent_find(versions.begin(), versions.end(), unordered) == versions.end()) return;
  std::stable_sort(versions.begin(), versions.end(),
                   [](const Version& a, const Version& b) { return a.number < b.number; });
  versions.erase(
      std::unique(versions.begin(), versions.end(),
                  [](const Version& a, const Version& b) { return a.number == b.number; }),
      versions.end());
}

// arXivRaw: every version, text as typed.
Dates FillRaw(pugi::xml_node meta, RawPaper& raw, std::vector<Version>& versions) {
  Dates dates;
  xml::ForEachChild(meta, [&](pugi::xml_node node, std::string_view space, std::string_view name) {
    if (space != xml::kOaiRaw) return;
    if (name == "version") {
      const auto number = VersionNumber(node.attribute("version").value());
      if (!number || versions.size() >= kMaxVersions) return;
      Version& version = versions.emplace_back();
      version.number = *number;
      for (const pugi::xml_node child : node.children()) {
        if (child.type() != pugi::node_element) continue;
        const std::string_view field = xml::LocalName(child);
        const std::string_view text = xml::Text(child);
        if (field == "date") version.submitted = ParseTime(text);
        if ((field == "size" && text == "0kb") || (field == "source_type" && text == "I")) {
          version.withdrawn = true;
        }
      }
      return;
    }
    const std::string_view text = xml::Text(node);
    if (name == "title") {
      raw.title = text;
    } else if (name == "abstract") {
      raw.abstract = text;
    } else if (name == "authors") {
      raw.author_line = text;
    } else if (name == "categories") {
      raw.categories = SplitWords(text);
    } else if (name == "comments") {
      raw.comment = text;
    } else if (name == "journal-ref") {
      raw.journal_ref = text;
    } else if (name == "license") {
      raw.license = text;
    } else if (name == "doi" && !text.empty()) {
      raw.dois.push_back(text);
    }
  });
  Order(versions);
  if (versions.empty()) return dates;
  raw.id.version = versions.back().number;
  raw.withdrawn = versions.back().withdrawn;
  dates.updated = versions.back().submitted;
  if (versions.front().number == 1) dates.submitted = versions.front().submitted;
  return dates;
}

// arXiv: authors in parts, no versions. "created" is version 1 from the old server and the
// current version from the new one; nothing in the record tells which.
Dates FillArxiv(pugi::xml_node meta, RawPaper& raw) {
  Dates dates;
  const auto text = [&](std::string_view name) { return xml::Text(meta, xml::kOaiArxiv, name); };
  raw.title = text("title");
  raw.abstract = text("abstract");
  raw.categories = SplitWords(text("categories"));
  raw.comment = text("comments");
  raw.journal_ref = text("journal-ref");
  raw.license = text("license");
  if (!text("doi").empty()) raw.dois.push_back(text("doi"));
  xml::ForEach(xml::Child(meta, xml::kOaiArxiv, "authors"), xml::kOaiArxiv, "author",
               [&](pugi::xml_node author) {
                 std::string name(xml::Text(author, xml::kOaiArxiv, "forenames"));
                 for (const char* part : {"keyname", "suffix"}) {
                   const std::string_view word = xml::Text(author, xml::kOaiArxiv, part);
                   if (!word.empty()) name += (name.empty() ? "" : " ") + std::string(word);
                 }
                 std::vector<std::string> places;
                 xml::ForEach(author, xml::kOaiArxiv, "affiliation",
                              [&](pugi::xml_node place) { places.emplace_back(xml::Text(place)); });
                 raw.authors.emplace_back(std::move(name), std::move(places));
               });
  dates.submitted = ParseTime(text("created"));
  return dates;
}

// oai_dc: names as "Last, First", subjects in words, several descriptions.
Dates FillDc(pugi::xml_node meta, RawPaper& raw) {
  Dates dates;
  raw.title = xml::Text(meta, xml::kDc, "title");
  xml::ForEach(meta, xml::kDc, "creator", [&](pugi::xml_node creator) {
    const std::string_view text = xml::Text(creator);
    const size_t comma = text.find(", ");
    std::string name(text);
    if (comma != std::string_view::npos) {
      name = std::string(text.substr(comma + 2)) + " " + std::string(text.substr(0, comma));
    }
    raw.authors.emplace_back(std::move(name), std::vector<std::string>());
  });
  xml::ForEach(meta, xml::kDc, "description", [&](pugi::xml_node description) {
    std::string_view text = xml::Text(description);
    if (text.starts_with("Comment: ")) {
      raw.comment = text.substr(9);
    } else if (raw.abstract.empty()) {
      raw.abstract = text;
    }
  });
  xml::ForEach(meta, xml::kDc, "date", [&](pugi::xml_node date) {
    const auto time = ParseTime(xml::Text(date));
    if (!dates.submitted) dates.submitted = time;
    dates.updated = time;
  });
  return dates;
}

// "cs.LG" of the set "cs:cs:LG", "hep-th" of "physics:hep-th".
std::string CategoryOfSet(std::string_view set) {
  const size_t last = set.rfind(':');
  if (last == std::string_view::npos) return std::string(set);
  const size_t middle = set.rfind(':', last - 1);
  if (middle == std::string_view::npos) return std::string(set.substr(last + 1));
  return std::string(set.substr(middle + 1, last - middle - 1)) + "." +
         std::string(set.substr(last + 1));
}

// The first of each name counts.
void TakeFirst(pugi::xml_node node, pugi::xml_node& place) {
  if (!place) place = node;
}

void AddRecord(pugi::xml_node node, std::string_view space, xml::Scope& list, Reading& reading) {
  pugi::xml_node header;
  pugi::xml_node metadata;
  xml::Scope scope(node, list);
  xml::ForEachChild(node, scope,
                    [&](pugi::xml_node child, std::string_view its_space, std::string_view name) {
                      if (its_space != space) return;
                      if (name == "header") TakeFirst(child, header);
                      if (name == "metadata") TakeFirst(child, metadata);
                    });
  Record record;
  pugi::xml_node id_node;
  pugi::xml_node datestamp;
  xml::Scope header_scope(header, scope);
  xml::ForEachChild(header, header_scope,
                    [&](pugi::xml_node child, std::string_view its_space, std::string_view name) {
                      if (its_space != space) return;
                      if (name == "identifier") TakeFirst(child, id_node);
                      if (name == "datestamp") TakeFirst(child, datestamp);
                      if (name == "setSpec" && record.sets.size() < kMaxSets) {
                        record.sets.push_back(CategoryOfSet(xml::Text(child)));
                      }
                    });
  pugi::xml_node meta = metadata.first_child();
  while (meta && meta.type() != pugi::node_element) meta = meta.next_sibling();
  const std::string_view kind = xml::Namespace(meta);
  const std::string_view identifier = xml::Text(id_node);
  auto id = paper::ParseArxivId(identifier);
  if (!id.ok() && identifier.empty()) id = paper::ParseArxivId(xml::Text(meta, kind, "id"));
  if (!id.ok()) return reading.PassOver("", paper::CleanLine(std::string(id.status().message())));
  record.id = id->base;
  if (const auto day = ParseTime(xml::Text(datestamp)); day) {
    record.datestamp = absl::ToCivilDay(*day, absl::UTCTimeZone());
  }
  if (std::string_view(header.attribute("status").value()) == "deleted") {
    record.deleted = true;
    reading.records.push_back(std::move(record));
    return;
  }
  RawPaper raw{.id = *id};
  Dates dates;
  if (xml::Is(meta, xml::kOaiRaw, "arXivRaw")) {
    dates = FillRaw(meta, raw, record.versions);
  } else if (xml::Is(meta, xml::kOaiArxiv, "arXiv")) {
    dates = FillArxiv(meta, raw);
  } else if (xml::Is(meta, xml::kOaiDc, "dc")) {
    dates = FillDc(meta, raw);
    raw.categories.assign(record.sets.begin(), record.sets.end());
  } else {
    return reading.PassOver(record.id, "metadata of a kind that is not known");
  }
  if (raw.title.empty()) return reading.PassOver(record.id, "no title");
  v1::Paper& paper = reading.papers.emplace_back();
  Finish(raw, paper);
  if (dates.submitted) SetSeconds(dates.submitted, paper.mutable_submitted_time());
  if (dates.updated) SetSeconds(dates.updated, paper.mutable_updated_time());
  paper.set_source(reading.format);
  record.withdrawn = paper.withdrawn();
  record.paper = reading.papers.size() - 1;
  reading.records.push_back(std::move(record));
}

void ReadRecords(pugi::xml_node list, std::string_view space, Reading& reading) {
  xml::Scope scope(list);
  const auto count = static_cast<size_t>(std::distance(list.begin(), list.end()));
  reading.papers.reserve(reading.papers.size() + count);
  reading.records.reserve(reading.records.size() + count);
  xml::ForEachChild(list, scope,
                    [&](pugi::xml_node node, std::string_view its_space, std::string_view name) {
                      if (its_space == space && name == "record")
                        AddRecord(node, space, scope, reading);
                    });
  const pugi::xml_node token = xml::Child(list, space, "resumptionToken");
  const std::string_view text = xml::Text(token);
  if (text.size() <= kMaxToken) reading.oai.resumption_token = paper::CleanLine(text);
  reading.oai.token_expires = ParseTime(token.attribute("expirationDate").value());
}

void ReadError(pugi::xml_node error, Reading& reading) {
  const std::string_view code = error.attribute("code").value();
  reading.oai.error_code = paper::CleanLine(code.substr(0, 60));
  reading.outcome = code == "noRecordsMatch"       ? Outcome::kOaiNoRecords
                    : code == "badResumptionToken" ? Outcome::kOaiBadToken
                                                   : Outcome::kOaiError;
  reading.detail =
      reading.oai.error_code + ": " + paper::CleanLine(xml::Text(error).substr(0, 300));
}

}  // namespace

Reading ReadOai(pugi::xml_node root) {
  Reading reading;
  reading.format = "oai";
  const std::string_view space = xml::Namespace(root);
  const std::string_view name = xml::LocalName(root);
  bool lists_records = name == "ListRecords" || name == "record";
  if (name == "record") {
    xml::Scope scope(root.parent());
    AddRecord(root, space, scope, reading);
  } else if (lists_records) {
    ReadRecords(root, space, reading);
  } else {
    reading.oai.response_date = ParseTime(xml::Text(root, space, "responseDate"));
    if (const pugi::xml_node error = xml::Child(root, space, "error"); error) {
      ReadError(error, reading);
      return reading;
    }
    for (const char* verb : {"ListRecords", "GetRecord"}) {
      const pugi::xml_node list = xml::Child(root, space, verb);
      if (!list) continue;
      lists_records = true;
      ReadRecords(list, space, reading);
    }
  }
  if (!lists_records) {
    reading.outcome = Outcome::kNoPapers;
    reading.detail = "an OAI-PMH answer without records";
  } else if (reading.records.empty() && reading.passed_over > 0) {
    reading.outcome = Outcome::kUnknown;
    reading.detail = reading.WhatWasPassedOver();
  } else if (reading.records.empty()) {
    reading.outcome = Outcome::kMissing;
    reading.detail = "an OAI-PMH list without a record";
  } else if (reading.passed_over > 0) {
    reading.outcome = Outcome::kIncomplete;
    reading.detail = reading.WhatWasPassedOver();
  } else if (reading.papers.empty()) {
    reading.outcome = Outcome::kEmpty;
    reading.detail = "deleted records only";
  }
  return reading;
}

}  // namespace paperwire::ingest
