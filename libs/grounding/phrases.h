#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace paperwire::grounding {

// A word of a text: a run of letters and digits, compared in lower case.
struct Word {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint64_t hash = 0;
};

// By byte: the byte of a word in lower case; 0: it is in no word. Bytes beyond ASCII are letters.
inline constexpr std::array<uint8_t, 256> kWordBytes = [] {
  std::array<uint8_t, 256> bytes{};
  for (size_t byte = 0; byte < bytes.size(); ++byte) {
    const bool capital = byte >= 'A' && byte <= 'Z';
    const bool word =
        capital || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80;
    if (word) bytes[byte] = static_cast<uint8_t>(capital ? byte - 'A' + 'a' : byte);
  }
  return bytes;
}();

// How a word is hashed (FNV-1a of its bytes in lower case), byte by byte.
inline constexpr uint64_t kWordSeed = 1469598103934665603U;
inline uint64_t MixByte(uint64_t hash, uint8_t byte) { return (hash ^ byte) * 1099511628211U; }
inline uint64_t MixLetter(uint64_t hash, char c) {
  return MixByte(hash, kWordBytes[static_cast<uint8_t>(c)]);
}

// The first `most` words of `text` into `words`, which is cleared first. Hyphens separate words.
void ReadWords(std::string_view text, std::vector<Word>& words,
               size_t most = std::numeric_limits<size_t>::max());

// Finds many phrases in a text at once, by whole words, whatever the case and the hyphens. Built
// once; then constant and thread-safe, and Match allocates nothing.
class PhraseSet {
 public:
  // Phrases are in lower case, words separated by one space; a word that ends in '*' stands for
  // all words that begin so ("federat*"). At most 8 words each, prefixes of 3–12 letters.
  explicit PhraseSet(const std::vector<std::string>& phrases);

  struct Hit {
    // Index of the phrase as given.
    uint32_t phrase = 0;
    // The words [first, first + count) of the text.
    uint32_t first = 0;
    uint32_t count = 0;
  };

  // Calls `visit(Hit)` for every phrase found at every place, in order of place.
  template <typename Visit>
  void Match(std::string_view text, const std::vector<Word>& words, Visit visit) const {
    for (uint32_t at = 0; at < words.size(); ++at) {
      if (MayBegin(words[at].hash)) {
        const auto exact = by_word_.find(words[at].hash);
        if (exact != by_word_.end()) Try(text, words, at, exact->second, visit);
      }
      const uint32_t length = words[at].end - words[at].begin;
      if (length < kShortestPrefix || !prefix_starts_[Start(text, words[at])]) continue;
      PrefixHash hash;
      for (const uint32_t prefix : prefix_lengths_) {
        if (prefix > length) break;
        hash.Read(text, words[at], prefix);
        if (!prefixes_[Bit(hash.value)]) continue;
        const auto found = by_prefix_.find(hash.value);
        if (found != by_prefix_.end()) Try(text, words, at, found->second, visit);
      }
    }
  }

 private:
  struct Part {
    uint64_t hash = 0;
    // 0: the whole word.
    uint32_t prefix = 0;
  };
  struct Phrase {
    uint32_t index = 0;
    uint32_t count = 0;
    std::array<Part, 8> parts;
  };

  // Which of 4,096 bits stands for a word: most words of a text begin no phrase, and one look at a
  // bit is all they cost.
  static size_t Bit(uint64_t hash) { return (hash ^ hash >> 32U) & 4095U; }
  bool MayBegin(uint64_t hash) const { return first_words_[Bit(hash)]; }

  static constexpr uint32_t kShortestPrefix = 3;
  // Of the first letters of a word, longer and longer.
  struct PrefixHash {
    uint64_t value = kWordSeed;
    uint32_t length = 0;
    void Read(std::string_view text, const Word& word, uint32_t to) {
      for (; length < to; ++length) value = MixLetter(value, text[word.begin + length]);
    }
  };
  // Which of 32,768 bits stands for the first three letters, whatever their case.
  static size_t Start(std::string_view text, const Word& word) {
    size_t start = 0;
    for (uint32_t i = 0; i < kShortestPrefix; ++i) {
      start = start << 5U | (static_cast<unsigned char>(text[word.begin + i]) & 31U);
    }
    return start;
  }

  static bool Fits(std::string_view text, const Word& word, const Part& part);

  template <typename Visit>
  void Try(std::string_view text, const std::vector<Word>& words, uint32_t at,
           const std::vector<Phrase>& candidates, Visit& visit) const {
    for (const Phrase& phrase : candidates) {
      if (at + phrase.count > words.size()) continue;
      bool fits = true;
      for (uint32_t k = 1; k < phrase.count && fits; ++k) {
        fits = Fits(text, words[at + k], phrase.parts[k]);
      }
      if (fits) visit(Hit{phrase.index, at, phrase.count});
    }
  }

  // Constant after construction.
  std::unordered_map<uint64_t, std::vector<Phrase>> by_word_;
  std::unordered_map<uint64_t, std::vector<Phrase>> by_prefix_;
  std::vector<uint32_t> prefix_lengths_;
  std::bitset<4096> first_words_;
  std::bitset<4096> prefixes_;
  // What prefixes begin with: most words begin otherwise.
  std::bitset<32768> prefix_starts_;
};

}  // namespace paperwire::grounding
