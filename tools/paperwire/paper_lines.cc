#include "tools/paperwire/paper_lines.h"

#include <utility>

#include "absl/status/status.h"
#include "libs/paper/arxiv_id.h"
#include "nlohmann/json.hpp"
#include "services/ingest/finish.h"
#include "services/ingest/input.h"

namespace paperwire::cli {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSpace = " \t\r\n";

// The first of these fields that holds text, even none; null: there is no such field.
const std::string* TextOf(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto field = object.find(name);
    if (field != object.end() && field->is_string()) return &field->get_ref<const std::string&>();
  }
  return nullptr;
}

// What of an array is text; none where there is no such field.
std::vector<std::string_view> TextsOf(const Json& object, const char* name) {
  std::vector<std::string_view> texts;
  const auto field = object.find(name);
  if (field == object.end() || !field->is_array()) return texts;
  for (const Json& item : *field) {
    if (item.is_string()) texts.push_back(item.get_ref<const std::string&>());
  }
  return texts;
}

// What is wrong with `object`; empty when it became a paper.
std::string ReadObject(const Json& object, PaperLine& line) {
  if (object.is_discarded()) return "not JSON";
  if (!object.is_object()) return "not a JSON object";
  ingest::RawPaper raw;
  if (const std::string* id = TextOf(object, {"id", "arxiv_id", "arxivId"}); id != nullptr) {
    line.id = *id;
    if (auto parsed = paper::ParseArxivId(*id); parsed.ok()) raw.id = *std::move(parsed);
  }
  if (const std::string* title = TextOf(object, {"title"}); title != nullptr) raw.title = *title;
  raw.categories = TextsOf(object, "categories");
  const std::string* abstract = TextOf(object, {"abstract", "summary"});
  if (const auto sentences = object.find("sentences"); sentences != object.end()) {
    if (!sentences->is_array()) return "\"sentences\" that are no array";
    for (const Json& sentence : *sentences) {
      if (!sentence.is_string()) return "a sentence that is no text";
      line.sentences.push_back(sentence.get<std::string>());
    }
    line.split = true;
  } else if (abstract != nullptr) {
    raw.abstract = *abstract;
  } else {
    return "neither \"abstract\" nor \"sentences\"";
  }
  ingest::Finish(raw, line.paper);
  return "";
}

}  // namespace

absl::StatusOr<std::vector<PaperLine>> ReadPaperLines(std::string_view file_name,
                                                      std::string_view bytes) {
  std::vector<PaperLine> lines;
  const size_t first = bytes.find_first_not_of(kSpace);
  if (first == std::string_view::npos || bytes[first] != '{') {
    auto papers = ingest::ReadPapers(file_name, bytes);
    if (!papers.ok()) return papers.status();
    for (v1::Paper& paper : *papers) {
      PaperLine& line = lines.emplace_back();
      line.id = paper.arxiv_id();
      line.paper = std::move(paper);
    }
    return lines;
  }
  int number = 0;
  for (size_t i = 0; i < bytes.size();) {
    const size_t end = std::min(bytes.find('\n', i), bytes.size());
    const std::string_view text = bytes.substr(i, end - i);
    i = end + 1;
    ++number;
    if (text.find_first_not_of(kSpace) == std::string_view::npos) continue;
    const Json object = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
    const std::string wrong = ReadObject(object, lines.emplace_back());
    if (!wrong.empty()) {
      return absl::InvalidArgumentError(std::string(file_name) + ": line " +
                                        std::to_string(number) + ": " + wrong);
    }
  }
  return lines;
}

}  // namespace paperwire::cli
