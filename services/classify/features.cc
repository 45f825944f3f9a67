#include "services/classify/features.h"

namespace paperwire::classify {
namespace {

// Of a word or a category, whatever the case.
uint64_t Hash(std::string_view text) {
  uint64_t hash = grounding::kWordSeed;
  for (const char c : text) {
    const uint8_t letter = grounding::kWordBytes[static_cast<uint8_t>(c)];
    hash = grounding::MixByte(hash, letter != 0 ? letter : static_cast<uint8_t>(c));
  }
  return hash;
}

}  // namespace

void Read(std::string_view title, std::string_view text, Reading& reading) {
  reading.title = title;
  reading.text = text;
  grounding::ReadWords(title, reading.title_words);
  grounding::ReadWords(text, reading.text_words);
  if (reading.title_words.size() > kMostWords) reading.title_words.resize(kMostWords);
  if (reading.text_words.size() > kMostWords) reading.text_words.resize(kMostWords);
}

uint32_t BeginningKey(std::string_view word) {
  return FeatureKey(FeatureKind::kBeginning, Hash(word.substr(0, kBeginningBytes)));
}

uint32_t CategoryKey(std::string_view category) {
  return FeatureKey(FeatureKind::kCategory, Hash(category));
}

}  // namespace paperwire::classify
