#include "libs/grounding/language.h"

#include <cstddef>
#include <string>
#include <vector>

#include "libs/grounding/phrases.h"

namespace paperwire::grounding {
namespace {

constexpr size_t kEnoughToTell = 10;
constexpr size_t kEnoughToMiss = 30;

const std::vector<std::string> kEnglish = {
    "the",  "of",   "and",   "to",     "is",      "that",    "for",  "with",  "are",   "this",
    "by",   "from", "our",   "which",  "it",      "can",     "be",   "these", "their", "has",
    "have", "than", "while", "using",  "we",      "not",     "its",  "into",  "such",  "between",
    "at",   "both", "and",   "across", "through", "without", "when", "under", "over",  "show"};

// Small words of other languages that are none in English.
const std::vector<std::string> kForeign = {
    "der",        "und",  "ist",  "nicht",      "mit",   "eine", "einen", "wir", "von",   "auf",
    "f\xC3\xBCr", "das",  "wird", "durch",      "les",   "des",  "une",   "est", "dans",  "pour",
    "nous",       "avec", "sur",  "qui",        "cette", "aux",  "los",   "las", "una",   "para",
    "con",        "por",  "del",  "como",       "esta",  "este", "que",   "gli", "della", "che",
    "sono",       "nel",  "uma",  "n\xC3\xA3o", "dos",   "het",  "een",   "van", "voor",  "niet",
    "wij",        "zijn", "deze", "och",        "det",   "som",  "att"};

const PhraseSet& SmallWords() {
  static const PhraseSet kSet = [] {
    std::vector<std::string> all = kEnglish;
    all.insert(all.end(), kForeign.begin(), kForeign.end());
    return PhraseSet(all);
  }();
  return kSet;
}

// Letters of Latin script, and of others (Cyrillic, Arabic, Chinese, …); signs of mathematics and
// Greek letters are neither.
struct Letters {
  size_t latin = 0;
  size_t other = 0;
};

Letters CountLetters(std::string_view text) {
  Letters letters;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC3 && c <= 0xC9)) {
      ++letters.latin;
    } else if ((c >= 0xD0 && c <= 0xDF) || c == 0xE0 || c == 0xE1 || (c >= 0xE3 && c <= 0xED)) {
      ++letters.other;
    }
  }
  return letters;
}

// Words in small letters: neither names nor numbers.
size_t CountPlainWords(std::string_view text, const std::vector<Word>& words) {
  size_t plain = 0;
  for (const Word& word : words) {
    bool small = word.end - word.begin > 1;
    for (size_t i = word.begin; i < word.end; ++i) {
      small = small && (text[i] < '0' || (text[i] > '9' && (text[i] < 'A' || text[i] > 'Z')));
    }
    plain += small;
  }
  return plain;
}

// Most English shows itself by three of these; nothing else does.
bool IsPlainlyEnglish(std::string_view text) {
  int found = 0;
  for (const std::string_view word : {" the ", " of ", " and ", " with ", " that ", " is "}) {
    found += text.find(word) != std::string_view::npos;
    if (found == 3) return true;
  }
  return false;
}

}  // namespace

Language LanguageOf(std::string_view text) {
  const Letters letters = CountLetters(text);
  if (letters.other > 4 && letters.other * 3 > letters.latin) return Language::kOther;
  if (letters.other == 0 && IsPlainlyEnglish(text)) return Language::kEnglish;
  std::vector<Word> words;
  ReadWords(text, words);
  if (words.size() < kEnoughToTell) return Language::kUnclear;
  size_t english = 0;
  size_t foreign = 0;
  SmallWords().Match(text, words, [&](const PhraseSet::Hit& hit) {
    ++(hit.phrase < kEnglish.size() ? english : foreign);
  });
  if (foreign > 2 && foreign > english) return Language::kOther;
  if (english * 12 >= words.size()) return Language::kEnglish;
  return english == 0 && CountPlainWords(text, words) >= kEnoughToMiss ? Language::kOther
                                                                       : Language::kUnclear;
}

}  // namespace paperwire::grounding
