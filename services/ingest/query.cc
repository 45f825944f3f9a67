// The Atom answers of the query API.
#include <charconv>
#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "libs/paper/text.h"
#include "services/ingest/finish.h"
#include "services/ingest/formats.h"
#include "services/ingest/times.h"
#include "services/ingest/xml.h"

namespace paperwire::ingest {
namespace {

void SetTime(std::string_view text, google::protobuf::Timestamp* (v1::Paper::*field)(),
             v1::Paper& paper) {
  const auto time = ParseTime(text);
  if (time) (paper.*field)()->set_seconds(absl::ToUnixSeconds(*time));
}

int64_t TotalResults(pugi::xml_node feed) {
  const std::string_view text = xml::Text(feed, xml::kOpenSearch, "totalResults");
  int64_t total = 0;
  std::from_chars(text.data(), text.data() + text.size(), total);
  return total;
}

void AddEntry(pugi::xml_node entry, Reading& reading) {
  const auto id = paper::ParseArxivId(xml::Text(entry, xml::kAtom, "id"));
  const std::string_view title = xml::Text(entry, xml::kAtom, "title");
  if (!id.ok()) return reading.PassOver("", paper::CleanLine(std::string(id.status().message())));
  if (title.empty()) return reading.PassOver(id->base, "no title");
  RawPaper raw{.id = *id, .title = title, .abstract = xml::Text(entry, xml::kAtom, "summary")};
  for (const pugi::xml_node child : entry.children()) {
    const std::string_view name = xml::LocalName(child);
    const std::string_view space = xml::Namespace(child);
    if (name == "category" && space == xml::kAtom) {
      raw.categories.emplace_back(child.attribute("term").value());
    } else if (name == "author" && space == xml::kAtom) {
      std::vector<std::string> affiliations;
      xml::ForEach(child, xml::kArxiv, "affiliation",
                   [&](pugi::xml_node place) { affiliations.emplace_back(xml::Text(place)); });
      raw.authors.emplace_back(std::string(xml::Text(child, xml::kAtom, "name")),
                               std::move(affiliations));
    } else if (space == xml::kArxiv) {
      if (name == "primary_category") raw.primary = child.attribute("term").value();
      if (name == "comment") raw.comment = xml::Text(child);
      if (name == "journal_ref") raw.journal_ref = xml::Text(child);
      if (name == "doi") raw.dois.push_back(xml::Text(child));
    }
  }
  v1::Paper& paper = reading.papers.emplace_back();
  Finish(raw, paper);
  SetTime(xml::Text(entry, xml::kAtom, "published"), &v1::Paper::mutable_submitted_time, paper);
  SetTime(xml::Text(entry, xml::kAtom, "updated"), &v1::Paper::mutable_updated_time, paper);
  paper.set_source(reading.format);
}

}  // namespace

Reading ReadQuery(pugi::xml_node feed) {
  Reading reading;
  reading.format = "query";
  for (const pugi::xml_node entry : feed.children()) {
    if (!xml::Is(entry, xml::kAtom, "entry")) continue;
    const std::string_view id = xml::Text(entry, xml::kAtom, "id");
    if (id.find("/api/errors") != std::string_view::npos) {
      reading.outcome = Outcome::kErrorFeed;
      reading.detail = paper::CleanLine(xml::Text(entry, xml::kAtom, "summary").substr(0, 300));
      if (reading.detail.empty()) reading.detail = "an error without a reason";
      reading.papers.clear();
      return reading;
    }
    AddEntry(entry, reading);
  }
  if (!reading.papers.empty()) {
    if (reading.passed_over > 0) {
      reading.outcome = Outcome::kIncomplete;
      reading.detail = reading.WhatWasPassedOver();
    }
    return reading;
  }
  if (reading.passed_over > 0) {
    reading.outcome = Outcome::kUnknown;
    reading.detail = reading.WhatWasPassedOver();
  } else if (TotalResults(feed) > 0) {
    reading.outcome = Outcome::kMissing;
    reading.detail = std::to_string(TotalResults(feed)) + " results in total, none in the answer";
  } else {
    reading.outcome = Outcome::kEmpty;
  }
  return reading;
}

}  // namespace paperwire::ingest
