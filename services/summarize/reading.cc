#include "services/summarize/reading.h"

#include <cstddef>
#include <unordered_set>

#include "libs/grounding/hygiene.h"
#include "libs/paper/text.h"
#include "services/summarize/role_features.h"
#include "services/summarize/source.h"
#include "services/summarize/third_person.h"

namespace paperwire::summarize {
namespace {

// Why a sentence says nothing for a card; empty: it may.
std::string_view LeftOut(const Reading::Sentence& sentence, std::unordered_set<uint64_t>& seen) {
  if (IsAvailability(sentence.as_written)) return "availability";
  if (IsInstruction(sentence.as_written)) return "instruction";
  if (LettersOutsideMath(sentence.text) < 3) return "no words";
  std::vector<Token> tokens;
  const std::string text = WithoutConnective(sentence.text);
  ReadTokens(text, tokens);
  uint64_t hash = tokens.size();
  for (const Token& token : tokens) {
    // Two results may differ in a figure only.
    const uint32_t own =
        token.kind == TokenKind::kWord
            ? token.hash
            : HashWord(std::string_view(text).substr(token.begin, token.end - token.begin));
    hash = hash * 0x100000001B3ULL + own;
  }
  if (!seen.insert(hash).second) return "repeated";
  return {};
}

}  // namespace

Reading Read(std::string_view title, const std::vector<std::string_view>& sentences) {
  Reading reading;
  reading.title = paper::CleanLine(grounding::WithoutLinksAndMarkup(ReadableAbstract(title)));
  reading.sentences.reserve(sentences.size());
  std::unordered_set<uint64_t> seen;
  for (const std::string_view given : sentences) {
    Reading::Sentence& sentence = reading.sentences.emplace_back();
    sentence.as_written = given;
    sentence.text = paper::CleanLine(grounding::WithoutLinksAndMarkup(given));
    sentence.left_out = LeftOut(sentence, seen);
  }
  for (size_t i = 0; i < reading.sentences.size(); ++i) {
    if (!reading.sentences[i].left_out.empty()) continue;
    reading.index.push_back(i);
    reading.texts.push_back(reading.sentences[i].text);
    ReadTokens(reading.texts.back(), reading.tokens.emplace_back());
    reading.leans.push_back(i > 0 && LeansOnPrevious(reading.texts.back()));
  }
  reading.roles = RoleModel::Trained().Marginals(RoleFeatures(reading.texts, reading.tokens));
  return reading;
}

}  // namespace paperwire::summarize
