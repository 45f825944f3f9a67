// OAI-PMH, with arXiv's three kinds of metadata.
#include <algorithm>
#include <string>
#include <utility>

#include "google/protobuf/timestamp.pb.h"
#include "services/ingest/finish.h"
#include "services/ingest/formats.h"
#include "services/ingest/xml.h"

namespace paperwire::ingest {
namespace {

std::vector<std::string_view> SplitWords(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t i = 0; i < text.size();) {
    const size_t end = std::min(text.find_first_of(" \n\t", i), text.size());
    if (end > i) words.push_back(text.substr(i, end - i));
    i = end + 1;
  }
  return words;
}

void SetSeconds(const std::optional<absl::Time>& time, google::protobuf::Timestamp* field) {
  field->set_seconds(absl::ToUnixSeconds(*time));
}

struct Dates {
  std::optional<absl::Time> submitted;
  std::optional<absl::Time> updated;
};

// arXivRaw: every version, text as typed.
Dates FillRaw(pugi::xml_node meta, RawPaper& raw) {
  Dates dates;
  const auto text = [&](std::string_view name) { return xml::Text(meta, xml::kOaiRaw, name); };
  raw.title = text("title");
  raw.abstract = text("abstract");
  raw.author_line = text("authors");
  raw.categories = SplitWords(text("categories"));
  raw.comment = text("comments");
  raw.journal_ref = text("journal-ref");
  raw.license = text("license");
  if (!text("doi").empty()) raw.dois.push_back(text("doi"));
  xml::ForEach(meta, xml::kOaiRaw, "version", [&](pugi::xml_node version) {
    const std::string_view label = version.attribute("version").value();
    const auto id = paper::ParseArxivId(raw.id.base + std::string(label));
    if (!id.ok() || id->version < raw.id.version) return;
    raw.id.version = id->version;
    const auto date = xml::ParseTime(xml::Text(version, xml::kOaiRaw, "date"));
    if (id->version == 1) dates.submitted = date;
    dates.updated = date;
    raw.withdrawn = xml::Text(version, xml::kOaiRaw, "size") == "0kb" ||
                    xml::Text(version, xml::kOaiRaw, "source_type") == "I";
  });
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
  dates.submitted = xml::ParseTime(text("created"));
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
    const auto time = xml::ParseTime(xml::Text(date));
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

bool AddRecord(pugi::xml_node record, std::string_view space, Reading& reading) {
  const pugi::xml_node header = xml::Child(record, space, "header");
  if (std::string_view(header.attribute("status").value()) == "deleted") return false;
  pugi::xml_node meta;
  for (const pugi::xml_node child : xml::Child(record, space, "metadata").children()) {
    if (child.type() == pugi::node_element) {
      meta = child;
      break;
    }
  }
  RawPaper raw;
  auto id = paper::ParseArxivId(xml::Text(header, space, "identifier"));
  const std::string_view kind = xml::Namespace(meta);
  if (!id.ok()) id = paper::ParseArxivId(xml::Text(meta, kind, "id"));
  if (!id.ok()) return false;
  raw.id = *id;
  Dates dates;
  std::vector<std::string> sets;
  if (xml::Is(meta, xml::kOaiRaw, "arXivRaw")) {
    dates = FillRaw(meta, raw);
  } else if (xml::Is(meta, xml::kOaiArxiv, "arXiv")) {
    dates = FillArxiv(meta, raw);
  } else if (xml::Is(meta, xml::kOaiDc, "dc")) {
    dates = FillDc(meta, raw);
    xml::ForEach(header, space, "setSpec",
                 [&](pugi::xml_node set) { sets.push_back(CategoryOfSet(xml::Text(set))); });
    raw.categories.assign(sets.begin(), sets.end());
  } else {
    return false;
  }
  if (raw.title.empty()) return false;
  v1::Paper paper = Finish(raw);
  if (dates.submitted) SetSeconds(dates.submitted, paper.mutable_submitted_time());
  if (dates.updated) SetSeconds(dates.updated, paper.mutable_updated_time());
  paper.set_source(reading.format);
  reading.papers.push_back(std::move(paper));
  return true;
}

}  // namespace

Reading ReadOai(pugi::xml_node root) {
  Reading reading;
  reading.format = "oai";
  const std::string_view space = xml::Namespace(root);
  bool lists_records = xml::LocalName(root) == "ListRecords" || xml::LocalName(root) == "record";
  const auto read_records = [&](pugi::xml_node parent) {
    xml::ForEach(parent, space, "record", [&](pugi::xml_node record) {
      if (!AddRecord(record, space, reading)) ++reading.passed_over;
    });
  };
  if (xml::LocalName(root) == "record") {
    if (!AddRecord(root, space, reading)) ++reading.passed_over;
  } else if (lists_records) {
    read_records(root);
  } else {
    const pugi::xml_node error = xml::Child(root, space, "error");
    if (error) {
      const std::string_view code = error.attribute("code").value();
      reading.outcome = code == "noRecordsMatch" ? Outcome::kOaiNoRecords : Outcome::kOaiError;
      reading.detail = std::string(code) + ": " + std::string(xml::Text(error).substr(0, 300));
      return reading;
    }
    for (const char* verb : {"ListRecords", "GetRecord"}) {
      const pugi::xml_node list = xml::Child(root, space, verb);
      if (!list) continue;
      lists_records = true;
      read_records(list);
    }
  }
  if (!reading.papers.empty()) return reading;
  if (!lists_records) {
    reading.outcome = Outcome::kNoPapers;
    reading.detail = "an OAI-PMH answer without records";
  } else if (reading.passed_over > 0) {
    reading.outcome = Outcome::kUnknown;
    reading.detail = "no record has metadata that we know";
  } else {
    reading.outcome = Outcome::kMissing;
    reading.detail = "an OAI-PMH list without a record";
  }
  return reading;
}

}  // namespace paperwire::ingest
