#include "services/summarize/keywords.h"

#include <algorithm>
#include <map>
#include <unordered_set>

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
  // As first written.
  std::string text;
  double score = 0;
};

bool IsAcronym(std::string_view word) {
  if (word.size() < 2 || word.size() > 12) return false;
  return std::count_if(word.begin(), word.end(), IsUpper) >= 2 &&
         std::none_of(word.begin(), word.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool IsContent(std::string_view lower) {
  if (lower.size() < 3 || StopWords().contains(lower)) return false;
  if (lower.ends_with("ly")) return false;
  return std::all_of(lower.begin(), lower.end(), [](char c) { return IsLower(c); });
}

// Counts the terms of one text into `terms`, each place worth `weight`.
void Count(std::string_view text, double weight, std::map<std::string, Term>& terms) {
  // Math has letters, but no words.
  std::string plain(text);
  bool math = false;
  for (char& c : plain) {
    if (c == '$') {
      math = !math;
      c = '.';
    } else if (math) {
      c = '.';
    }
  }
  std::vector<grounding::Word> words;
  grounding::ReadWords(plain, words);
  std::vector<std::string> lower(words.size());
  std::vector<bool> content(words.size());
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string_view word =
        std::string_view(plain).substr(words[i].begin, words[i].end - words[i].begin);
    for (const char c : word) lower[i] += Lower(c);
    content[i] = IsContent(lower[i]);
    if (IsAcronym(word)) {
      // "LLMs" is LLM.
      std::string name(word);
      if (name.size() > 2 && name.back() == 's' && IsUpper(name[name.size() - 2])) name.pop_back();
      Term& term = terms["\x01" + name];
      term.text = name;
      term.score += weight * 1.2;
    }
  }
  const auto joined = [&](size_t i) {
    const std::string_view gap =
        std::string_view(plain).substr(words[i].end, words[i + 1].begin - words[i].end);
    return gap == " " || gap == "-";
  };
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!content[i] || !content[i + 1] || !joined(i)) continue;
    for (size_t n = 2; n <= 3; ++n) {
      const size_t last = i + n - 1;
      if (last >= words.size() || !content[last] || !joined(last - 1)) break;
      if (lower[last].ends_with("ed") || lower[last].ends_with("ive")) continue;
      std::string key;
      for (size_t k = i; k <= last; ++k) key += (k > i ? " " : "") + lower[k];
      if (key.back() == 's' && !key.ends_with("ss")) key.pop_back();
      Term& term = terms[key];
      if (term.text.empty()) {
        for (size_t k = i; k <= last; ++k) {
          if (k > i) term.text += plain[words[k].begin - 1];
          term.text += lower[k];
        }
      }
      term.score += weight * (n == 2 ? 1.0 : 1.15);
    }
  }
}

}  // namespace

std::vector<std::string> Keywords(std::string_view title, std::string_view abstract, size_t limit) {
  std::map<std::string, Term> terms;
  Count(title, 1.6, terms);
  Count(abstract, 1.0, terms);
  std::vector<Term> ranked;
  for (auto& [key, term] : terms) {
    if (term.score >= 1.5) ranked.push_back(std::move(term));
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Term& a, const Term& b) { return a.score > b.score; });
  std::vector<std::string> chosen;
  for (const Term& term : ranked) {
    if (chosen.size() == limit) break;
    const bool overlaps = std::any_of(chosen.begin(), chosen.end(), [&](const std::string& other) {
      return other.find(term.text) != std::string::npos ||
             term.text.find(other) != std::string::npos;
    });
    if (!overlaps) chosen.push_back(term.text);
  }
  return chosen;
}

}  // namespace paperwire::summarize
