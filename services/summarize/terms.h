#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::summarize {

// A word as terms are made of them; a compound with hyphens is one ("off-policy", "HCP-DCNet").
struct TermWord {
  // As written.
  std::string_view text;
  // In small letters, with a space for each hyphen; a run's words stand in one text, so that what
  // lies between two of them is a term.
  std::string_view folded;
  // An acronym, or a name by its letters: "LLM", "FedAvg", "GPT-4", "dLLM".
  bool name = false;
  // Says little by itself.
  bool general = false;
  // A term may begin with it, end with it, or be it.
  bool may_begin = true;
  bool may_end = false;
  bool may_be = false;
  // It may be a verb after all ("offers", "learning"), or even if it is not ("balance"); said twice
  // in the same company it is none.
  bool doubtful = false;
  bool verb = false;
  // Somebody's, and so written with a capital.
  bool person = false;
};

// Words in a row, with nothing but a space between them.
struct TermRun {
  std::span<const TermWord> words;
  // The acronym that follows in parentheses; empty: none does.
  std::string_view acronym;
};

// The stretches of a text that terms are cut from. The text must outlive it and stay where it is.
class TermRuns {
 public:
  explicit TermRuns(std::string_view text);
  TermRuns(const TermRuns&) = delete;
  TermRuns& operator=(const TermRuns&) = delete;

  const std::vector<TermRun>& runs() const { return runs_; }
  // Whether the word, in small letters, is written so; whether it keeps a capital among words that
  // have none.
  bool WritesSmall(std::string_view lower) const;
  bool WritesCapital(std::string_view lower) const;

 private:
  struct Word {
    size_t begin = 0;
    size_t end = 0;
  };
  // In words_.
  struct Stretch {
    size_t begin = 0;
    size_t end = 0;
    std::string_view acronym;
  };

  void Add(Word at, Word before);
  void Break();
  void NoteCapital(Word at);
  std::string_view Written(Word word) const {
    return text_.substr(word.begin, word.end - word.begin);
  }

  const std::string_view text_;
  // The text in small letters; math, which has letters but no words, is full stops.
  std::string lower_;
  // The same with a space for each hyphen.
  std::string folded_;
  std::vector<TermWord> words_;
  std::vector<Stretch> stretches_;
  std::vector<TermRun> runs_;
  // Where the last word with a capital ended, and whether it stands in capital_.
  size_t capital_end_ = 0;
  bool noted_ = false;
  // The last word may go on with "of".
  bool takes_of_ = false;
  std::vector<std::string_view> small_;
  std::vector<std::string_view> capital_;
};

}  // namespace paperwire::summarize
