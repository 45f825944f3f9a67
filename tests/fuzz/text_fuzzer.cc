// Decoding and cleaning of any text ends, and what comes out is clean.
#include <cstddef>
#include <cstdint>
#include <string>

#include "libs/paper/arxiv_id.h"
#include "libs/paper/marks.h"
#include "libs/paper/text.h"
#include "tests/fuzz/require.h"

namespace paperwire::paper {
namespace {

using fuzz::Require;

void Check(std::string_view text) {
  const std::string decoded = DecodeTex(text);
  const std::string paragraphs = CleanParagraphs(decoded);
  fuzz::RequireClean(paragraphs);
  const std::string line = CleanLine(decoded);
  Require(line.find('\n') == std::string::npos, "a line is one line");
  Require(CleanLine(line) == line, "a line is clean");
  Require(CountCharacters(line) <= line.size(), "a character has a byte");
  for (const size_t length : {0u, 1u, 3u, 10u, 100u}) {
    const std::string cut = Truncate(line, length);
    Require(cut.size() <= length, "what is cut is short enough");
    Require(CountBadBytes(cut) == 0, "it is cut between characters");
  }
  Require(CountBadBytes(ReplaceBadBytes(text)) == 0, "bad bytes are replaced");
  if (const auto id = ParseArxivId(text); id.ok()) {
    const auto again = ParseArxivId(id->ToString());
    Require(again.ok() && *again == *id, "an identifier reads back");
  }
  const std::string url = FindCodeUrl(paragraphs, line);
  Require(url.empty() || url.starts_with("https://"), "an address is one");
  FindVenue(line.substr(0, 2000), "");
}

}  // namespace
}  // namespace paperwire::paper

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  paperwire::paper::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
