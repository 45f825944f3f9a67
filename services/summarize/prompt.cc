#include "services/summarize/prompt.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>

#include "libs/grounding/language.h"
#include "libs/grounding/sentences.h"
#include "libs/paper/text.h"
#include "services/summarize/smuggled.h"
#include "services/summarize/source.h"

extern "C" {
extern const char kPaperwirePromptSystem[];
extern const char kPaperwirePromptSystemEnd[];
extern const char kPaperwirePromptUser[];
extern const char kPaperwirePromptUserEnd[];
extern const char kPaperwirePromptAgain[];
extern const char kPaperwirePromptAgainEnd[];
extern const char kPaperwirePromptSchema[];
extern const char kPaperwirePromptSchemaEnd[];
}

namespace paperwire::summarize {
namespace {

constexpr size_t kLongestTitle = 1000;
constexpr size_t kLongestAnswer = 8000;
constexpr size_t kMostReasons = 12;
constexpr size_t kLongestReason = 300;

std::string_view Between(const char* begin, const char* end) {
  std::string_view text(begin, static_cast<size_t>(end - begin));
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

// `form` with every {{name}} replaced, in one pass: what is put in is not looked at again.
std::string Fill(std::string_view form,
                 const std::vector<std::pair<std::string_view, std::string_view>>& values) {
  std::string filled;
  while (!form.empty()) {
    const size_t open = form.find("{{");
    filled += form.substr(0, open);
    if (open == std::string_view::npos) break;
    form.remove_prefix(open + 2);
    const std::string_view name = form.substr(0, form.find("}}"));
    for (const auto& [known, value] : values) {
      if (known == name) filled += value;
    }
    form.remove_prefix(name.size() + 2);
  }
  return filled;
}

}  // namespace

std::string_view PromptSystem() {
  return Between(kPaperwirePromptSystem, kPaperwirePromptSystemEnd);
}

std::string_view PromptSchema() {
  return Between(kPaperwirePromptSchema, kPaperwirePromptSchemaEnd);
}

Material MaterialOf(const v1::Paper& paper) {
  Material material;
  material.title = paper::Truncate(paper::CleanLine(paper.title()), kLongestTitle);
  const std::string readable = ReadableAbstract(paper.abstract());
  const bool english = LooksEnglish(readable);
  for (const std::string_view sentence : grounding::SplitSentences(readable)) {
    const bool foreign = english && (!LooksEnglish(sentence) || HoldsForeignScript(sentence));
    if (foreign || FindSmuggled(sentence).kind == v1::GROUNDING_ITEM_KIND_INSTRUCTION) continue;
    if (!material.abstract.empty()) material.abstract += ' ';
    material.abstract += sentence;
  }
  return material;
}

std::string MakeMark(std::string_view text) {
  std::random_device random;
  std::string mark;
  do {
    mark.clear();
    for (int i = 0; i < 4; ++i) {
      const uint32_t bits = random();
      for (int shift = 0; shift < 32; shift += 4) mark += "0123456789abcdef"[bits >> shift & 15U];
    }
  } while (text.find(mark) != std::string_view::npos);
  return mark;
}

llm::ChatRequest MakeRequest(const Material& material, std::string_view mark) {
  llm::ChatRequest request;
  request.system = PromptSystem();
  request.user = Fill(Between(kPaperwirePromptUser, kPaperwirePromptUserEnd),
                      {{"mark", mark}, {"title", material.title}, {"abstract", material.abstract}});
  request.schema_name = "card";
  request.schema = PromptSchema();
  return request;
}

llm::ChatRequest AskAgain(const llm::ChatRequest& first, std::string_view mark,
                          std::string_view answer, const std::vector<std::string>& reasons) {
  std::string lines;
  for (size_t i = 0; i < std::min(reasons.size(), kMostReasons); ++i) {
    if (i > 0) lines += '\n';
    // They quote the answer, which may hold anything.
    lines += "- " + paper::Truncate(paper::CleanLine(reasons[i]), kLongestReason);
  }
  const std::string told = paper::Truncate(paper::CleanParagraphs(answer), kLongestAnswer);
  llm::ChatRequest request = first;
  request.user =
      Fill(Between(kPaperwirePromptAgain, kPaperwirePromptAgainEnd),
           {{"first", first.user}, {"mark", mark}, {"answer", told}, {"reasons", lines}});
  return request;
}

}  // namespace paperwire::summarize
