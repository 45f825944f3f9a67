#include "services/classify/phrase_text.h"

#include <algorithm>
#include <array>

namespace paperwire::classify {
namespace {

constexpr size_t kMostBytes = 40;

// They say nothing by themselves. Sorted.
constexpr std::array<std::string_view, 96> kPlainWords = {
    "a",        "across", "all",     "also",     "an",          "and",        "any",     "approach",
    "are",      "as",     "at",      "be",       "been",        "both",       "but",     "by",
    "can",      "class",  "classes", "data",     "do",          "does",       "done",    "each",
    "existing", "for",    "from",    "function", "functions",   "given",      "has",     "have",
    "how",      "if",     "in",      "into",     "is",          "it",         "its",     "learning",
    "may",      "method", "methods", "model",    "models",      "more",       "most",    "new",
    "no",       "not",    "novel",   "of",       "on",          "one",        "only",    "or",
    "other",    "our",    "over",    "paper",    "performance", "prediction", "problem", "problems",
    "results",  "such",   "task",    "tasks",    "than",        "that",       "the",     "their",
    "these",    "they",   "this",    "through",  "to",          "training",   "two",     "under",
    "up",       "use",    "used",    "using",    "via",         "was",        "we",      "well",
    "were",     "what",   "when",    "where",    "whether",     "which",      "while",   "with"};

constexpr size_t kLongestPlainWord = 11;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), Lower);
  return lowered;
}

bool IsPlainWord(std::string_view word) {
  if (word.size() < 2) return true;
  if (word.size() > kLongestPlainWord) return false;
  return std::binary_search(kPlainWords.begin(), kPlainWords.end(), Lowered(word));
}

}  // namespace

std::string PhraseText(std::string_view text, const std::vector<grounding::Word>& words,
                       uint32_t first, uint32_t count) {
  const grounding::Word& last = words[first + count - 1];
  const uint32_t begin = words[first].begin;
  if (last.end - begin > kMostBytes) return {};
  bool tells = false;
  for (uint32_t i = first; i < first + count; ++i) {
    tells = tells || !IsPlainWord(text.substr(words[i].begin, words[i].end - words[i].begin));
    if (i == first) continue;
    const std::string_view between =
        text.substr(words[i - 1].end, words[i].begin - words[i - 1].end);
    if (between.find_first_not_of(" -\n") != std::string_view::npos) return {};
  }
  if (!tells) return {};
  std::string phrase(text.substr(begin, last.end - begin));
  std::replace(phrase.begin(), phrase.end(), '\n', ' ');
  return phrase;
}

bool Tells(const std::vector<std::string>& phrases, std::string_view phrase) {
  const auto holds = [](std::string_view text, std::string_view part) {
    const auto same = [](char a, char b) { return Lower(a) == Lower(b); };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
  };
  return std::any_of(phrases.begin(), phrases.end(), [&](const std::string& other) {
    return holds(other, phrase) || holds(phrase, other);
  });
}

}  // namespace paperwire::classify
