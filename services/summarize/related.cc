#include "services/summarize/related.h"

#include <algorithm>
#include <string>
#include <vector>

#include "libs/grounding/phrases.h"

namespace paperwire::summarize {
namespace {

constexpr uint32_t kBeginning = 5;

// What can be said of any paper.
const std::unordered_set<uint64_t>& CommonWords() {
  static const std::unordered_set<uint64_t> kCommon = [] {
    const std::string all =
        "about above after again against among because before being below between could during "
        "every further having itself other should their these those through under until where "
        "which while would paper papers author authors study studies propose proposes proposed "
        "present presents presented introduce introduces introduced show shows shown demonstrate "
        "demonstrates demonstrated work works approach approaches method methods result results "
        "finding findings using based model models significant significantly improve improves "
        "improved improvement novel within across various several research researchers provide "
        "provides providing including might potential";
    std::vector<grounding::Word> words;
    grounding::ReadWords(all, words);
    std::unordered_set<uint64_t> common;
    for (const grounding::Word& word : words) common.insert(word.hash);
    return common;
  }();
  return kCommon;
}

bool IsPlain(std::string_view text, const grounding::Word& word) {
  const std::string_view written = text.substr(word.begin, word.end - word.begin);
  return written.size() >= kBeginning &&
         std::none_of(written.begin(), written.end(), [](char c) { return c >= '0' && c <= '9'; });
}

uint64_t BeginningOf(std::string_view text, const grounding::Word& word) {
  uint64_t hash = grounding::kWordSeed;
  for (uint32_t i = 0; i < kBeginning; ++i) hash = grounding::MixLetter(hash, text[word.begin + i]);
  return hash;
}

}  // namespace

Related::Related(std::string_view source) {
  std::vector<grounding::Word> words;
  grounding::ReadWords(source, words);
  for (const grounding::Word& word : words) {
    if (IsPlain(source, word)) beginnings_.insert(BeginningOf(source, word));
  }
}

Related::Share Related::ShareOf(std::string_view text) const {
  std::vector<grounding::Word> words;
  grounding::ReadWords(text, words);
  std::unordered_set<uint64_t> seen;
  Share share;
  for (const grounding::Word& word : words) {
    if (!IsPlain(text, word) || CommonWords().contains(word.hash)) continue;
    if (!seen.insert(word.hash).second) continue;
    ++share.words;
    share.held += beginnings_.contains(BeginningOf(text, word));
  }
  return share;
}

bool Related::IsUnrelated(std::string_view sentence) const {
  const Share share = ShareOf(sentence);
  return share.words >= 2 && share.held * 5 < share.words;
}

}  // namespace paperwire::summarize
