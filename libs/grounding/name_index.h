#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::grounding {

// The words of a source, by which names are found in it. Constant after construction, thread-safe.
class NameIndex {
 public:
  // Keeps `folded`, which must outlive it.
  explicit NameIndex(std::string_view folded);

  // Whether the source speaks of `name`: whatever the case, hyphens, spaces, plural and possessive;
  // an acronym may stand there in full. A compound ("BERT-based") is held if its names are. Weak
  // names may stand there in another form ("Lipschitz", "Lipschitzness").
  bool Holds(std::string_view name, bool weak) const;
  // Whether the source holds `name` as a whole, whatever the case, hyphens, spaces and plural.
  bool HoldsKey(std::string_view name) const;
  // Whether these words stand in the source in a row, none of them in another clause: whatever the
  // case, the hyphens and the plural of the last.
  bool HoldsInARow(std::string_view words) const;
  // Whether the source holds the acronym of these words.
  bool HoldsAcronymOf(const std::vector<std::string_view>& words) const;

 private:
  struct Word {
    uint32_t begin = 0;
    uint32_t end = 0;
    // Another sentence or clause than the word before.
    bool breaks = false;
  };

  void ReadWords();
  void AddKeys();
  void AddSeries();
  void Insert(uint64_t hash);
  bool Contains(uint64_t hash) const;
  bool HoldsPart(std::string_view part, bool weak) const;
  bool HoldsStem(std::string_view word) const;
  bool HoldsWordFrom(std::string_view stem) const;
  std::string_view TextOf(size_t word) const;
  // "of", "for", …: an acronym may leave it out.
  bool IsSmallWord(size_t word) const;
  bool Spells(std::string_view letters, size_t longest, size_t word, size_t used) const;
  bool HoldsInFull(std::string_view acronym) const;

  const std::string_view text_;
  std::vector<Word> words_;
  // Words of capitals, without the plural's s.
  std::vector<std::string_view> acronyms_;
  // Open table of the keys of up to eight pieces in a row; 0 is an empty place.
  std::vector<uint32_t> keys_;
};

}  // namespace paperwire::grounding
