#include "tools/paperwire/explanation_text.h"

#include <algorithm>
#include <cmath>

#include "fmt/format.h"
#include "libs/tags/catalogue.h"
#include "nlohmann/json.hpp"
#include "services/classify/classify.h"
#include "services/summarize/roles.h"
#include "tools/paperwire/card_text.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

// Keeps the order in which fields are put in.
using Json = nlohmann::ordered_json;

constexpr int kMaxTextColumns = 100;
constexpr std::string_view kIndent = "    ";

// Four places say enough, and read well.
double Rounded(double value) { return std::round(value * 1e4) / 1e4; }

v1::Section Part(size_t index) { return static_cast<v1::Section>(index + 1); }

std::string Role(size_t index) {
  return std::string(summarize::RoleName(static_cast<summarize::Role>(index)));
}

Json SentenceJson(const summarize::ExplainedSentence& sentence) {
  Json json;
  json["text"] = sentence.text;
  json["role"] = summarize::RoleName(sentence.role);
  json["roles"] = Json::object();
  for (size_t i = 0; i < sentence.roles.size(); ++i) {
    json["roles"][Role(i)] = Rounded(sentence.roles[i]);
  }
  json["scores"] = Json::object();
  for (size_t i = 0; i < sentence.scores.size(); ++i) {
    json["scores"][PartName(Part(i))] = Rounded(sentence.scores[i]);
  }
  json["used"] = Json::array();
  for (const v1::Section part : sentence.used) json["used"].push_back(PartName(part));
  json["leftOut"] = sentence.left_out.empty() ? Json(nullptr) : Json(sentence.left_out);
  return json;
}

Json TagJson(const v1::Tag& tag) {
  Json json;
  json["slug"] = tag.slug();
  json["name"] = tag.name();
  json["confidence"] = Rounded(tag.confidence());
  json["evidence"] = Json::array();
  for (const std::string& evidence : tag.evidence()) json["evidence"].push_back(evidence);
  return json;
}

std::string Fate(const summarize::ExplainedSentence& sentence) {
  if (!sentence.left_out.empty()) return "left out: " + sentence.left_out;
  std::string parts;
  for (const v1::Section part : sentence.used) {
    parts += (parts.empty() ? "→ " : ", ") + PartName(part);
  }
  return parts.empty() ? "not used" : parts;
}

// "method 0.91, result 0.06": the role and what else it may be.
std::string RoleText(const summarize::ExplainedSentence& sentence) {
  const auto role = static_cast<size_t>(sentence.role);
  std::string text = fmt::format("{} {:.2f}", Role(role), sentence.roles[role]);
  for (size_t i = 0; i < sentence.roles.size(); ++i) {
    if (i != role && sentence.roles[i] >= 0.05) {
      text += fmt::format(", {} {:.2f}", Role(i), sentence.roles[i]);
    }
  }
  return text;
}

std::string SentenceText(size_t number, const summarize::ExplainedSentence& sentence, int columns) {
  std::string text = Wrap(sentence.text, columns, kIndent);
  text.replace(0, kIndent.size(), fmt::format("{:>2}  ", number));
  if (sentence.left_out.empty()) {
    text += Wrap(RoleText(sentence), columns, kIndent);
    std::string scores;
    for (size_t i = 0; i < sentence.scores.size(); ++i) {
      scores +=
          fmt::format("{}{} {:.2f}", i == 0 ? "" : ", ", PartName(Part(i)), sentence.scores[i]);
    }
    text += Wrap(scores, columns, kIndent);
  }
  return text + Wrap(Fate(sentence), columns, kIndent);
}

// "Theory 0.91: prove, bounds".
std::string TagText(const v1::Tag& tag, int columns) {
  std::string text = fmt::format("{} {:.2f}", tag.name(), tag.confidence());
  for (int i = 0; i < tag.evidence_size(); ++i) text += (i == 0 ? ": " : ", ") + tag.evidence(i);
  return Wrap(text, columns, "  ");
}

}  // namespace

std::string PartName(v1::Section section) {
  switch (section) {
    case v1::SECTION_TLDR:
      return "tldr";
    case v1::SECTION_HIGHLIGHTS:
      return "highlights";
    case v1::SECTION_SUMMARY:
      return "summary";
    case v1::SECTION_METHODOLOGY:
      return "methodology";
    case v1::SECTION_RESULTS:
      return "results";
    case v1::SECTION_IMPLICATIONS:
      return "implications";
    case v1::SECTION_KEYWORDS:
      return "keywords";
    default:
      return "";
  }
}

std::string ExplanationJson(const PaperLine& line, const summarize::Explanation& why,
                            const v1::Summary& summary, const std::vector<v1::Tag>& tags) {
  Json json;
  json["id"] = line.id;
  json["title"] = line.paper.title();
  json["model"] = summary.provenance().model();
  json["sentences"] = Json::array();
  for (const auto& sentence : why.sentences) json["sentences"].push_back(SentenceJson(sentence));
  json["tldrAsWritten"] = why.tldr_as_written;
  json["tldrUnbounded"] = why.tldr_unbounded;
  json["summary"] = Json::parse(ToJson(summary), nullptr, /*allow_exceptions=*/false);
  json["tags"] = Json::array();
  for (const v1::Tag& tag : tags) json["tags"].push_back(TagJson(tag));
  const auto confidences = classify::Confidences(line.paper, summary);
  for (size_t tag = 0; tag < confidences.size(); ++tag) {
    json["tagScores"][tags::Catalogue()[tag].slug] = confidences[tag];
  }
  json["tagProvenance"] = {{"model", classify::kModel}, {"lowConfidence", classify::IsGuess(tags)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ExplanationText(const PaperLine& line, const summarize::Explanation& why,
                            const v1::Summary& summary, const std::vector<v1::Tag>& tags,
                            int columns) {
  columns = std::min(columns, kMaxTextColumns);
  std::string text;
  if (!line.paper.title().empty()) text += Wrap(line.paper.title(), columns);
  if (!line.id.empty()) text += Wrap(line.id, columns);
  for (size_t i = 0; i < why.sentences.size(); ++i) {
    text += "\n" + SentenceText(i + 1, why.sentences[i], columns);
  }
  if (!why.tldr_as_written.empty() && why.tldr_as_written != summary.tldr()) {
    text += "\nTldr as written\n" + Wrap(why.tldr_as_written, columns, "  ");
  }
  text += SummaryText(summary, columns);
  text += classify::IsGuess(tags) ? "\nTags (a guess)\n" : "\nTags\n";
  for (const v1::Tag& tag : tags) text += TagText(tag, columns);
  return text;
}

}  // namespace paperwire::cli
