#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::grounding {

// A name as it stands in a folded text (fold.h): a method, a data set, a model, an acronym.
struct Name {
  // [begin, end) in bytes of the folded text; no possessive.
  size_t begin = 0;
  size_t end = 0;
  // Only a capital at its start speaks for it ("Wikipedia"); false for "GPT-4", "BERT", "PyTorch".
  bool weak = false;
  // The weak name before it, at a space, belongs to the same run ("Graph Neural Networks").
  bool follows = false;
};

// The names of `folded`: words with capitals inside, acronyms, words of letters and digits, and
// words with a capital within a sentence. Linear in the text. Pure, thread-safe.
std::vector<Name> FindNames(std::string_view folded);

// The words of a source, by which names are found in it. Constant after construction, thread-safe.
class NameIndex {
 public:
  // Keeps `folded`, which must outlive it.
  explicit NameIndex(std::string_view folded);

  // Whether the source speaks of `name`: whatever the case, hyphens, spaces, plural and possessive;
  // an acronym may stand there in full. A compound ("BERT-based") is held if its names are. Weak
  // names may stand there in another form ("Lipschitz", "Lipschitzness").
  bool Holds(std::string_view name, bool weak) const;
  // Whether the source holds the acronym of these words.
  bool HoldsAcronymOf(const std::vector<std::string_view>& words) const;

 private:
  struct Word {
    uint32_t begin = 0;
    uint32_t end = 0;
    // Another sentence or clause than the word before.
    bool breaks = false;
    // "of", "for", …: an acronym may leave it out.
    bool small = false;
  };

  void ReadWords();
  void AddKeys();
  void AddSeries();
  void Insert(uint64_t key);
  bool Contains(uint64_t key) const;
  bool HoldsKey(std::string_view name) const;
  bool HoldsPart(std::string_view part, bool weak) const;
  bool HoldsStem(std::string_view word) const;
  bool HoldsWordFrom(std::string_view stem) const;
  bool Spells(std::string_view letters, size_t longest, size_t word, size_t used) const;
  bool HoldsInFull(std::string_view acronym) const;

  const std::string_view text_;
  std::vector<Word> words_;
  // Open table of the keys of up to eight pieces in a row; 0 is an empty place.
  std::vector<uint64_t> keys_;
};

}  // namespace paperwire::grounding
