#include "services/summarize/pointers.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "services/summarize/tokens.h"
#include "services/summarize/word_classes.h"

namespace paperwire::summarize {
namespace {

bool IsOneOf(uint32_t hash, const std::vector<uint32_t>& words) {
  return std::find(words.begin(), words.end(), hash) != words.end();
}

std::vector<uint32_t> Hashes(std::initializer_list<std::string_view> words) {
  std::vector<uint32_t> hashes;
  for (const std::string_view word : words) hashes.push_back(HashWord(word));
  return hashes;
}

}  // namespace

bool PointsOutside(std::string_view line) {
  static const std::vector<uint32_t> kPointers = Hashes({"this", "these", "such", "those"});
  static const std::vector<uint32_t> kOwn =
      Hashes({"paper", "work", "study", "article", "survey", "thesis", "research", "report",
              "position", "purpose", "end", "day"});
  constexpr uint32_t kNoNoun = kAuxiliary | kVerbS | kPreposition | kSubordinator | kConjunction |
                               kPronoun | kGerund | kCondition | kNegation;
  std::vector<Token> tokens;
  ReadTokens(line, tokens);
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!IsOneOf(tokens[i].hash, kPointers) || IsOneOf(tokens[i + 1].hash, kOwn)) continue;
    bool noun = false;
    bool known = false;
    for (size_t k = i + 1; k < std::min(i + 4, tokens.size()); ++k) {
      const Token& token = tokens[k];
      const uint32_t classes = ClassesOf(line.substr(token.begin, token.end - token.begin));
      if ((classes & kDeterminer) != 0) continue;
      if ((classes & kNoNoun) != 0 && (classes & kMaybeNoun) == 0) break;
      noun = true;
      for (size_t before = 0; before < i; ++before) {
        known = known || tokens[before].stem == token.stem;
      }
    }
    if (noun && !known) return true;
  }
  return false;
}

}  // namespace paperwire::summarize
