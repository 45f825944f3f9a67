#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/summarize/word_classes.h"

namespace paperwire::summarize {

// A word of a sentence as a cutter sees it: its letters, what they can be, and the signs around.
struct SentenceWord {
  // Letters only: brackets, quotes, commas and stops around them are outside.
  uint32_t begin = 0;
  uint32_t end = 0;
  // WordClass values; none for words that hold digits or math.
  uint32_t classes = 0;
  WordKey key = WordKey::Of({});
  // The sign between this word and the next: ',', ';', ':', '.', '-' for a dash, or 0.
  char after = 0;
  // Inside parentheses or brackets that stand apart from words ("(LLMs)").
  bool bracketed = false;
  // Bracketed, or in another way beside the sentence.
  bool aside = false;
  // The sentence has a digit, math or a capital here.
  bool figure = false;
  bool capital = false;
};

// The words of `sentence` in `words`, which is cleared first. $math$ is one word with what touches
// it. Linear. Thread-safe.
void ReadSentenceWords(std::string_view sentence, std::vector<SentenceWord>& words);

// Length of the openings at the front of `sentence` that only say where we are ("In this paper, ");
// 0 where there is none.
size_t SettingLength(std::string_view sentence);

// Makes the first letter a capital; "eBPF", "macOS" and "k-means" keep theirs.
void Capitalize(std::string& text);

}  // namespace paperwire::summarize
