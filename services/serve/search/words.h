#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace paperwire::serve::search {

// A word of a text, as it stands there.
struct Word {
  // Bytes of the text.
  size_t begin = 0;
  size_t end = 0;
  // Which word of the text it is, from 0. A formula that is left out counts as one.
  uint32_t position = 0;
  // One hyphen, dash or apostrophe stands between the word before and this one: "self-supervised".
  bool joined = false;
};

// Finds the words of a text in one pass. Letters, digits and their marks make a word; a point
// between two digits belongs to it ("4.1"), a possessive 's does not. Of $…$ short ones are read
// ("$k$-means", "$\beta$-VAE"), formulas are left out. Any bytes are taken; those that are no UTF-8
// separate. Linear in the text's length. Not thread-safe; reads the text while it lives.
class WordScanner {
 public:
  explicit WordScanner(std::string_view text) : text_(text) {}

  // False at the end.
  bool Next(Word& word);

 private:
  void PassMath();
  void PassCommand();
  // The word at `at_`, a letter or digit of `length` bytes.
  void TakeWord(size_t length, Word& word);

  std::string_view text_;
  size_t at_ = 0;
  uint32_t position_ = 0;
  // Short math is being read up to here.
  size_t math_end_ = 0;
  // What stands between the last word and `at_`.
  int joints_ = 0;
  bool apart_ = true;
};

// Where the math at `begin`, a "$", ends: behind its closing "$"; `begin` where it is none.
size_t EndOfMath(std::string_view text, size_t begin);

// Appends `word` as words are compared, at most 64 bytes of it: small letters, accents and other
// marks taken off ("Erdős" and "Erdos": "erdos"), compatibility forms as what they stand for, a
// single Greek letter by its name.
void FoldWord(std::string_view word, std::string& out);

}  // namespace paperwire::serve::search
