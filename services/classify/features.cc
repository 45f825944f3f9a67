#include "services/classify/features.h"

namespace paperwire::classify {

void Read(std::string_view title, std::string_view text, Reading& reading) {
  reading.title = title;
  reading.text = text;
  grounding::ReadWords(title, reading.title_words, kMostWords);
  grounding::ReadWords(text, reading.text_words, kMostWords);
}

uint32_t CategoryKey(std::string_view category) {
  uint64_t hash = grounding::kWordSeed;
  for (const char c : category) {
    const uint8_t letter = grounding::kWordBytes[static_cast<uint8_t>(c)];
    hash = grounding::MixByte(hash, letter != 0 ? letter : static_cast<uint8_t>(c));
  }
  return FeatureKey(FeatureKind::kCategory, hash);
}

}  // namespace paperwire::classify
