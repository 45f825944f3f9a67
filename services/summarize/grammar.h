#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "services/summarize/sentence_words.h"

namespace paperwire::summarize {

// Indices of words of a sentence, [begin, end).
struct WordSpan {
  size_t begin = 0;
  size_t end = 0;
  size_t size() const { return end - begin; }
};

// The words of one sentence and what can be told of them without parsing it: where the main verb
// is, what stands aside, what a cut would leave open. All guesses, from word classes. Keeps a view
// of the sentence. Immutable, so thread-safe.
class Grammar {
 public:
  explicit Grammar(std::string_view sentence);

  std::string_view text() const { return text_; }
  // Number of words; an index may be beyond them: nothing is there.
  size_t size() const { return words_.size(); }
  const SentenceWord& word(size_t i) const { return words_[i]; }

  // Whether word `i` has one of these WordClass values.
  bool Is(size_t i, uint32_t classes) const {
    return i < words_.size() && (words_[i].classes & classes) != 0;
  }
  // Whether word `i`, in lower case, is `word`, or one of these.
  bool Same(size_t i, WordKey word) const { return i < words_.size() && words_[i].key == word; }
  bool Any(size_t i, std::initializer_list<WordKey> some) const {
    if (i >= words_.size()) return false;
    for (const WordKey word : some) {
      if (words_[i].key == word) return true;
    }
    return false;
  }
  // The sign before word `i`: see SentenceWord::after.
  char Before(size_t i) const { return i > 0 && i <= words_.size() ? words_[i - 1].after : '\0'; }
  bool IsAside(size_t i) const { return i < words_.size() && words_[i].aside; }

  // "also", "empirically": may stand between a subject and its verb.
  bool IsMiddle(size_t i) const;
  // "also" there: it needs the sentence before.
  bool IsIdleSequel(size_t i) const;
  // "we", "I".
  bool IsAuthor(size_t i) const;
  // Whether a subject that needs no sentence before it begins here: "we", "this paper", "our".
  bool IsActor(size_t i) const;
  // Whether the word is a verb in a form that goes with a subject.
  bool IsFinite(size_t i) const;
  // The first finite verb of [begin, end) that belongs to no "that" or "which"; `end` where there
  // is none.
  size_t MainVerb(size_t begin, size_t end) const;
  bool HasMainVerb() const;
  // Whether a pair ("both … and"), a comparison or a clause begins in `span` and ends after it.
  bool LeavesOpen(const WordSpan& span) const;

 private:
  void MarkAsides();
  bool HoldsHalf(const WordSpan& span) const;

  const std::string_view text_;
  std::vector<SentenceWord> words_;
};

}  // namespace paperwire::summarize
