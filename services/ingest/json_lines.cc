// Files of papers: one JSON object a line.
#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "libs/calendar/calendar.h"
#include "nlohmann/json.hpp"
#include "services/ingest/finish.h"
#include "services/ingest/formats.h"
#include "services/ingest/times.h"

namespace paperwire::ingest {
namespace {

using Json = nlohmann::json;

std::string_view String(const Json& object, const char* name) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_string()) return {};
  return field->get_ref<const std::string&>();
}

std::string_view FirstOf(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const std::string_view text = String(object, name);
    if (!text.empty()) return text;
  }
  return {};
}

void AddAuthors(const Json& object, RawPaper& raw) {
  const auto field = object.find("authors");
  if (field == object.end()) return;
  if (field->is_string()) raw.author_line = field->get_ref<const std::string&>();
  if (!field->is_array()) return;
  for (const Json& author : *field) {
    if (author.is_string()) {
      raw.authors.emplace_back(author.get<std::string>(), std::vector<std::string>());
    } else if (author.is_object()) {
      raw.authors.emplace_back(std::string(String(author, "name")), std::vector<std::string>());
    }
  }
}

void AddCategories(const Json& object, RawPaper& raw) {
  const auto field = object.find("categories");
  if (field == object.end()) return;
  if (field->is_string()) {
    const std::string_view text = field->get_ref<const std::string&>();
    for (size_t i = 0; i < text.size();) {
      const size_t end = std::min(text.find_first_of(" ,", i), text.size());
      if (end > i) raw.categories.push_back(text.substr(i, end - i));
      i = end + 1;
    }
  }
  if (!field->is_array()) return;
  for (const Json& category : *field) {
    if (category.is_string()) raw.categories.push_back(category.get_ref<const std::string&>());
  }
}

// What is wrong with the line; empty when it became a paper.
std::string AddLine(std::string_view line, Reading& reading) {
  const Json object = Json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) return "not JSON";
  if (!object.is_object()) return "not a JSON object";
  const auto id = paper::ParseArxivId(FirstOf(object, {"id", "arxiv_id", "arxivId"}));
  if (!id.ok()) return object.contains("id") ? std::string(id.status().message()) : "no \"id\"";
  RawPaper raw{.id = *id, .title = String(object, "title")};
  raw.abstract = FirstOf(object, {"abstract", "summary"});
  if (raw.title.empty()) return "no \"title\"";
  if (raw.abstract.empty()) return "no \"abstract\"";
  const auto version = object.find("version");
  if (version != object.end() && version->is_number_unsigned()) {
    const auto number = version->get<uint64_t>();
    if (number < 1 || number > 8191) return "a \"version\" that is not between 1 and 8191";
    raw.id.version = static_cast<uint32_t>(number);
  } else if (version != object.end() && version->is_string()) {
    const auto labelled = paper::ParseArxivId(id->base + version->get<std::string>());
    if (labelled.ok()) raw.id.version = labelled->version;
  }
  AddAuthors(object, raw);
  AddCategories(object, raw);
  raw.comment = String(object, "comment");
  raw.journal_ref = FirstOf(object, {"journal_ref", "journal-ref"});
  raw.license = String(object, "license");
  if (!String(object, "doi").empty()) raw.dois.push_back(String(object, "doi"));

  v1::Paper& paper = reading.papers.emplace_back();
  Finish(raw, paper);
  const std::string_view announced = FirstOf(object, {"announced", "first_seen"});
  if (!announced.empty()) {
    const auto date = calendar::ParseDate(announced);
    if (!date) return "a date \"" + std::string(announced.substr(0, 40)) + "\" not YYYY-MM-DD";
    paper.set_announced(calendar::FormatDate(*date));
  }
  if (const auto time = ParseTime(String(object, "published")); time) {
    paper.mutable_submitted_time()->set_seconds(absl::ToUnixSeconds(*time));
  }
  paper.set_source(reading.format);
  return "";
}

}  // namespace

Reading ReadJsonLines(std::string_view bytes) {
  Reading reading;
  reading.format = "jsonl";
  int number = 0;
  for (size_t i = 0; i < bytes.size();) {
    const size_t end = std::min(bytes.find('\n', i), bytes.size());
    const std::string_view line = bytes.substr(i, end - i);
    i = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string wrong = AddLine(line, reading);
    if (!wrong.empty()) {
      reading.outcome = Outcome::kBadLine;
      reading.detail = "line " + std::to_string(number) + ": " + wrong;
      reading.papers.clear();
      return reading;
    }
  }
  if (reading.papers.empty()) reading.outcome = Outcome::kEmpty;
  return reading;
}

}  // namespace paperwire::ingest
