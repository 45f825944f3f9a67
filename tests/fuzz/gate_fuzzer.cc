// The grounding gate on any text against any source: the bytes before the first NUL are the source.
#include <cstdint>
#include <string_view>

#include "libs/grounding/fold.h"
#include "libs/grounding/gate.h"
#include "libs/grounding/names.h"
#include "libs/grounding/numbers.h"
#include "tests/fuzz/require.h"

namespace paperwire::grounding {
namespace {

using fuzz::Require;

void Check(std::string_view source, std::string_view text) {
  const Folded folded(text);
  for (const Number& number : FindNumbers(folded.text())) {
    Require(number.begin < number.end && number.end <= folded.text().size(),
            "a number is somewhere");
    Require(number.value >= 0 && number.value <= 1e308, "a number can be counted with");
    folded.Written(text, number.begin, number.end);
  }
  for (const Name& name : FindNames(folded.text())) {
    Require(name.begin < name.end && name.end <= folded.text().size(), "a name is somewhere");
  }
  const Gate gate(source);
  const Verdict verdict = gate.Check(v1::SECTION_SUMMARY, text);
  Require(verdict.kept.size() <= 4000, "what is kept is bounded");
  Require(verdict.removed > 0 || verdict.outcome != v1::GROUNDING_OUTCOME_REMOVED,
          "removed says what was removed");
  fuzz::RequireClean(verdict.kept);
}

}  // namespace
}  // namespace paperwire::grounding

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t end = bytes.find('\0');
  const bool both = end != std::string_view::npos;
  paperwire::grounding::Check(bytes.substr(0, end), both ? bytes.substr(end + 1) : bytes);
  return 0;
}
