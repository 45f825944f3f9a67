// What a language model may write, about any abstract: the bytes before the first NUL are the
// abstract, the rest is the answer.
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/grounding/gate.h"
#include "libs/grounding/hygiene.h"
#include "services/summarize/answer.h"
#include "services/summarize/judge.h"
#include "services/summarize/prompt.h"
#include "tests/fuzz/require.h"

namespace paperwire::summarize {
namespace {

using fuzz::Require;

void CheckText(std::string_view text, const std::string& source) {
  fuzz::RequireClean(text);
  Require(!grounding::HasLinkOrMarkup(text), "no link and no markup");
  Require(grounding::CountHidden(text) == 0, "nothing hidden");
  Require(grounding::UngroundedNumbers(text, source).empty(), "every number is in the source");
}

void CheckRequest(const Material& material) {
  const std::string mark = MakeMark(material.All());
  Require(material.All().find(mark) == std::string::npos, "the mark is not in the paper");
  const llm::ChatRequest request = MakeRequest(material, mark);
  Require(request.system == PromptSystem(), "the rules are the same for every paper");
  Require(request.user.size() < 30000, "a request is bounded");
}

void Check(std::string_view abstract, std::string_view content) {
  v1::Paper paper;
  paper.set_title("On Reading Answers");
  *paper.mutable_abstract() = std::string(abstract);
  const Material material = MaterialOf(paper);
  CheckRequest(material);
  const absl::StatusOr<v1::Summary> answer = ReadAnswer(content);
  if (!answer.ok()) {
    Require(!answer.status().message().empty() && answer.status().message().size() < 200,
            "a refusal says why, in a line");
    return;
  }
  Require(!answer->tldr().empty() && answer->highlights_size() > 0, "an answer says something");
  const Judged judged = Judge(material, {}).Look(*answer);
  const v1::Summary& left = judged.summary;
  for (const std::string* text : {&left.tldr(), &left.summary(), &left.methodology(),
                                  &left.results(), &left.implications()}) {
    CheckText(*text, material.All());
  }
  for (const std::string& line : left.highlights()) CheckText(line, material.All());
  Require(left.provenance().grounding_size() >= 6, "every section has its verdict");
}

}  // namespace
}  // namespace paperwire::summarize

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t end = bytes.find('\0');
  const bool both = end != std::string_view::npos;
  paperwire::summarize::Check(both ? bytes.substr(0, end) : std::string_view(),
                              both ? bytes.substr(end + 1) : bytes);
  return 0;
}
