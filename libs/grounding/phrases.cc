#include "libs/grounding/phrases.h"

#include <algorithm>

namespace paperwire::grounding {

void ReadWords(std::string_view text, std::vector<Word>& words, size_t most) {
  words.clear();
  for (size_t i = 0; i < text.size() && words.size() < most;) {
    uint8_t byte = kWordBytes[static_cast<uint8_t>(text[i])];
    if (byte == 0) {
      ++i;
      continue;
    }
    Word word{.begin = static_cast<uint32_t>(i), .end = 0, .hash = kWordSeed};
    do {
      word.hash = MixByte(word.hash, byte);
      if (++i == text.size()) break;
      byte = kWordBytes[static_cast<uint8_t>(text[i])];
    } while (byte != 0);
    word.end = static_cast<uint32_t>(i);
    words.push_back(word);
  }
}

PhraseSet::PhraseSet(const std::vector<std::string>& phrases) {
  for (uint32_t index = 0; index < phrases.size(); ++index) {
    const std::string& text = phrases[index];
    std::vector<Word> words;
    ReadWords(text, words);
    if (words.empty()) continue;
    Phrase phrase{.index = index, .count = 0, .parts = {}};
    for (const Word& word : words) {
      if (phrase.count == phrase.parts.size()) break;
      const bool prefix = word.end < text.size() && text[word.end] == '*';
      phrase.parts[phrase.count++] = {.hash = word.hash,
                                      .prefix = prefix ? word.end - word.begin : 0};
    }
    const Part& first = phrase.parts[0];
    if (first.prefix == 0) {
      by_word_[first.hash].push_back(phrase);
      first_words_.set(Bit(first.hash));
    } else {
      by_prefix_[first.hash].push_back(phrase);
      prefix_lengths_.push_back(first.prefix);
      prefix_starts_.set(Start(text, words[0]));
      prefixes_.set(Bit(first.hash));
    }
  }
  std::sort(prefix_lengths_.begin(), prefix_lengths_.end());
  prefix_lengths_.erase(std::unique(prefix_lengths_.begin(), prefix_lengths_.end()),
                        prefix_lengths_.end());
}

bool PhraseSet::Fits(std::string_view text, const Word& word, const Part& part) {
  if (part.prefix == 0) return word.hash == part.hash;
  if (word.end - word.begin < part.prefix) return false;
  PrefixHash hash;
  hash.Read(text, word, part.prefix);
  return hash.value == part.hash;
}

}  // namespace paperwire::grounding
