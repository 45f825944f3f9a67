#include "services/summarize/keywords.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "libs/grounding/phrases.h"

namespace paperwire::summarize {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// Words that no term begins with, ends with or holds.
const std::unordered_set<std::string_view>& StopWords() {
  static const std::unordered_set<std::string_view> kWords = {"a",
                                                              "about",
                                                              "above",
                                                              "across",
                                                              "after",
                                                              "again",
                                                              "against",
                                                              "all",
                                                              "almost",
                                                              "also",
                                                              "although",
                                                              "among",
                                                              "an",
                                                              "and",
                                                              "any",
                                                              "are",
                                                              "as",
                                                              "at",
                                                              "based",
                                                              "be",
                                                              "because",
                                                              "been",
                                                              "before",
                                                              "being",
                                                              "between",
                                                              "beyond",
                                                              "both",
                                                              "but",
                                                              "by",
                                                              "can",
                                                              "cannot",
                                                              "could",
                                                              "do",
                                                              "does",
                                                              "down",
                                                              "due",
                                                              "during",
                                                              "each",
                                                              "either",
                                                              "even",
                                                              "every",
                                                              "few",
                                                              "first",
                                                              "for",
                                                              "from",
                                                              "further",
                                                              "given",
                                                              "had",
                                                              "has",
                                                              "have",
                                                              "he",
                                                              "her",
                                                              "here",
                                                              "how",
                                                              "however",
                                                              "i",
                                                              "if",
                                                              "in",
                                                              "into",
                                                              "is",
                                                              "it",
                                                              "its",
                                                              "itself",
                                                              "just",
                                                              "less",
                                                              "like",
                                                              "many",
                                                              "may",
                                                              "me",
                                                              "more",
                                                              "most",
                                                              "much",
                                                              "must",
                                                              "my",
                                                              "no",
                                                              "nor",
                                                              "not",
                                                              "of",
                                                              "off",
                                                              "often",
                                                              "on",
                                                              "once",
                                                              "one",
                                                              "only",
                                                              "or",
                                                              "other",
                                                              "our",
                                                              "out",
                                                              "over",
                                                              "own",
                                                              "per",
                                                              "same",
                                                              "several",
                                                              "she",
                                                              "should",
                                                              "since",
                                                              "so",
                                                              "some",
                                                              "such",
                                                              "than",
                                                              "that",
                                                              "the",
                                                              "their",
                                                              "them",
                                                              "then",
                                                              "there",
                                                              "these",
                                                              "they",
                                                              "this",
                                                              "those",
                                                              "three",
                                                              "through",
                                                              "thus",
                                                              "to",
                                                              "too",
                                                              "toward",
                                                              "towards",
                                                              "two",
                                                              "under",
                                                              "until",
                                                              "up",
                                                              "upon",
                                                              "us",
                                                              "use",
                                                              "used",
                                                              "uses",
                                                              "using",
                                                              "very",
                                                              "via",
                                                              "was",
                                                              "we",
                                                              "were",
                                                              "what",
                                                              "when",
                                                              "where",
                                                              "whether",
                                                              "which",
                                                              "while",
                                                              "who",
                                                              "whose",
                                                              "why",
                                                              "will",
                                                              "with",
                                                              "within",
                                                              "without",
                                                              "would",
                                                              "yet",
                                                              "you",
                                                              "your",
                                                              "propose",
                                                              "proposed",
                                                              "proposes",
                                                              "present",
                                                              "presents",
                                                              "introduce",
                                                              "introduces",
                                                              "show",
                                                              "shows",
                                                              "shown",
                                                              "demonstrate",
                                                              "demonstrates",
                                                              "achieve",
                                                              "achieves",
                                                              "improve",
                                                              "improves",
                                                              "improving",
                                                              "existing",
                                                              "novel",
                                                              "new",
                                                              "paper",
                                                              "work",
                                                              "study",
                                                              "results",
                                                              "approach",
                                                              "approaches",
                                                              "method",
                                                              "methods",
                                                              "framework",
                                                              "outperforms",
                                                              "outperform",
                                                              "different",
                                                              "various",
                                                              "significantly",
                                                              "significant",
                                                              "specifically",
                                                              "recent",
                                                              "recently",
                                                              "well",
                                                              "high",
                                                              "low",
                                                              "large",
                                                              "small",
                                                              "better",
                                                              "best",
                                                              "several",
                                                              "state",
                                                              "art",
                                                              "remains",
                                                              "remain",
                                                              "make",
                                                              "makes",
                                                              "making",
                                                              "enables",
                                                              "enable",
                                                              "enabling",
                                                              "provide",
                                                              "provides",
                                                              "providing",
                                                              "allow",
                                                              "allows",
                                                              "require",
                                                              "requires",
                                                              "including",
                                                              "compared",
                                                              "find",
                                                              "finds",
                                                              "evaluate",
                                                              "experiments",
                                                              "extensive",
                                                              "key",
                                                              "important",
                                                              "towards",
                                                              "become",
                                                              "rather",
                                                              "do",
                                                              "re",
                                                              "e",
                                                              "g",
                                                              "et",
                                                              "al",
                                                              "rely",
                                                              "relies",
                                                              "respectively",
                                                              "lead",
                                                              "leads",
                                                              "reduces",
                                                              "reduce",
                                                              "reducing",
                                                              "learn",
                                                              "learns",
                                                              "learned",
                                                              "train",
                                                              "trained",
                                                              "ensure",
                                                              "ensures",
                                                              "moreover",
                                                              "furthermore",
                                                              "additionally",
                                                              "finally",
                                                              "develop",
                                                              "address",
                                                              "addresses",
                                                              "capture",
                                                              "captures",
                                                              "widely",
                                                              "common",
                                                              "still",
                                                              "directly",
                                                              "jointly",
                                                              "effectively",
                                                              "efficiently",
                                                              "performance",
                                                              "problem",
                                                              "problems"};
  return kWords;
}

struct Term {
  // As first written, in small letters if it is no acronym.
  std::string_view text;
  double score = 0;
};

// One text, as terms are read from it; must stay where it is for as long as they are used.
struct Text {
  // Math has letters, but no words: it is full stops here.
  std::string plain;
  // The same in small letters, and with a space between the words of a compound.
  std::string lower;
  std::string keys;
  double weight;
};

// By the words they are made of; the plural counts as the singular. Views into texts.
struct Terms {
  std::unordered_map<std::string_view, Term> acronyms;
  std::unordered_map<std::string_view, Term> phrases;
};

bool IsAcronym(std::string_view word) {
  if (word.size() < 2 || word.size() > 12) return false;
  return std::count_if(word.begin(), word.end(), IsUpper) >= 2 &&
         std::none_of(word.begin(), word.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool IsContent(std::string_view lower) {
  if (lower.size() < 3 || lower.ends_with("ly")) return false;
  return std::all_of(lower.begin(), lower.end(), IsLower) && !StopWords().contains(lower);
}

Text Read(std::string_view text, double weight) {
  Text read{.plain = std::string(text), .lower = {}, .keys = {}, .weight = weight};
  bool math = false;
  for (char& c : read.plain) {
    if (c == '$') {
      math = !math;
      c = '.';
    } else if (math) {
      c = '.';
    }
  }
  read.lower = read.plain;
  for (char& c : read.lower) c = Lower(c);
  read.keys = read.lower;
  std::replace(read.keys.begin(), read.keys.end(), '-', ' ');
  return read;
}

// Counts the terms of one text into `terms`.
void Count(const Text& text, Terms& terms) {
  std::vector<grounding::Word> words;
  grounding::ReadWords(text.plain, words);
  const auto part = [](const std::string& of, size_t begin, size_t end) {
    return std::string_view(of).substr(begin, end - begin);
  };
  std::vector<bool> content(words.size());
  for (size_t i = 0; i < words.size(); ++i) {
    content[i] = IsContent(part(text.lower, words[i].begin, words[i].end));
    std::string_view name = part(text.plain, words[i].begin, words[i].end);
    if (!IsAcronym(name)) continue;
    // "LLMs" is LLM.
    if (name.size() > 2 && name.back() == 's' && IsUpper(name[name.size() - 2])) {
      name.remove_suffix(1);
    }
    Term& term = terms.acronyms[name];
    term.text = name;
    term.score += text.weight * 1.2;
  }
  const auto joined = [&](size_t i) {
    const std::string_view gap = part(text.plain, words[i].end, words[i + 1].begin);
    return gap == " " || gap == "-";
  };
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!content[i] || !content[i + 1] || !joined(i)) continue;
    for (size_t n = 2; n <= 3; ++n) {
      const size_t last = i + n - 1;
      if (last >= words.size() || !content[last] || !joined(last - 1)) break;
      std::string_view key = part(text.keys, words[i].begin, words[last].end);
      if (key.ends_with("ed") || key.ends_with("ive")) continue;
      if (key.back() == 's' && !key.ends_with("ss")) key.remove_suffix(1);
      Term& term = terms.phrases[key];
      if (term.text.empty()) term.text = part(text.lower, words[i].begin, words[last].end);
      term.score += text.weight * (n == 2 ? 1.0 : 1.15);
    }
  }
}

// The strongest first; of equals acronyms, then by the alphabet.
std::vector<Term> Ranked(const Terms& terms) {
  std::vector<std::tuple<double, int, std::string_view, std::string_view>> order;
  for (const auto* kind : {&terms.acronyms, &terms.phrases}) {
    for (const auto& [key, term] : *kind) {
      if (term.score >= 1.5)
        order.emplace_back(-term.score, kind == &terms.phrases, key, term.text);
    }
  }
  std::sort(order.begin(), order.end());
  std::vector<Term> ranked;
  for (const auto& [score, kind, key, text] : order) ranked.push_back({text, -score});
  return ranked;
}

}  // namespace

std::vector<std::string> Keywords(std::string_view title, std::string_view abstract, size_t limit) {
  const Text texts[] = {Read(title, 1.6), Read(abstract, 1.0)};
  Terms terms;
  for (const Text& text : texts) Count(text, terms);
  std::vector<std::string> chosen;
  for (const Term& term : Ranked(terms)) {
    if (chosen.size() == limit) break;
    const bool overlaps = std::any_of(chosen.begin(), chosen.end(), [&](const std::string& other) {
      return other.find(term.text) != std::string::npos ||
             term.text.find(other) != std::string::npos;
    });
    if (!overlaps) chosen.emplace_back(term.text);
  }
  return chosen;
}

}  // namespace paperwire::summarize
