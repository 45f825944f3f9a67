#include "services/summarize/source.h"

#include <cstddef>
#include <vector>

#include "libs/grounding/hygiene.h"
#include "libs/grounding/phrases.h"
#include "libs/paper/text.h"

namespace paperwire::summarize {
namespace {

constexpr size_t kLongest = 20000;

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWordByte(char c) {
  return IsAlpha(c) || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// Commands whose argument goes with them.
bool DropsArgument(std::string_view command) {
  return command.starts_with("cite") || command == "ref" || command == "eqref" ||
         command == "label" || command == "footnote" || command == "thanks" || command == "url";
}

// What DecodeTex leaves: unknown commands, braces, TeX quotes, Markdown's *emphasis*.
std::string WithoutTex(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool math = false;
  bool emphasis = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '$' && (i == 0 || text[i - 1] != '\\')) math = !math;
    if (math) {
      out += c;
      continue;
    }
    if (c == '\\' && IsAlpha(next)) {
      size_t end = i + 1;
      while (end < text.size() && IsAlpha(text[end])) ++end;
      const bool drops = DropsArgument(text.substr(i + 1, end - i - 1));
      if (drops && end < text.size() && text[end] == '{') {
        const size_t close = text.substr(0, end + 300).find('}', end);
        if (close != std::string_view::npos) end = close + 1;
      }
      i = end - 1;
      continue;
    }
    if (c == '{' || c == '}') continue;
    if ((c == '`' && next == '`') || (c == '\'' && next == '\'')) {
      out += '"';
      ++i;
      continue;
    }
    if (c == '*') {
      const bool before = i > 0 && IsWordByte(text[i - 1]);
      const bool after = IsWordByte(next);
      if (!before && after && !emphasis &&
          text.substr(i + 1, 200).find('*') != std::string_view::npos) {
        emphasis = true;
        continue;
      }
      if (emphasis && !after) {
        emphasis = false;
        continue;
      }
    }
    if (c == '~') {
      out += next >= '0' && next <= '9' ? '~' : ' ';
      continue;
    }
    out += c;
  }
  return out;
}

const grounding::PhraseSet& SmallWords() {
  static const grounding::PhraseSet kSet(std::vector<std::string>{
      "the",  "of",  "and",  "to", "in",    "is",    "that", "we",  "for",
      "with", "are", "this", "on", "by",    "as",    "from", "our", "which",
      "it",   "can", "be",   "an", "these", "their", "has",  "have"});
  return kSet;
}

template <typename Set>
bool Contains(std::string_view text, const Set& set) {
  std::vector<grounding::Word> words;
  grounding::ReadWords(text, words);
  bool found = false;
  set.Match(text, words, [&](const auto&) { found = true; });
  return found;
}

}  // namespace

std::string ReadableAbstract(std::string_view abstract) {
  const std::string bounded = paper::Truncate(abstract, kLongest);
  std::string text = paper::CleanParagraphs(bounded);
  for (const std::string_view lead : {"Abstract: ", "Abstract. ", "ABSTRACT: "}) {
    if (text.starts_with(lead)) text.erase(0, lead.size());
  }
  text = WithoutTex(paper::DecodeTex(text));
  return paper::CleanParagraphs(text);
}

bool LooksEnglish(std::string_view text) {
  std::vector<grounding::Word> words;
  grounding::ReadWords(text, words);
  size_t small = 0;
  SmallWords().Match(text, words, [&](const grounding::PhraseSet::Hit&) { ++small; });
  return words.size() < 8 || small * 12 >= words.size();
}

bool IsInstruction(std::string_view sentence) {
  static const grounding::PhraseSet kSet(std::vector<std::string>{"ignore all previous",
                                                                  "ignore previous",
                                                                  "ignore the above",
                                                                  "ignore all prior",
                                                                  "ignore any previous",
                                                                  "ignore your instructions",
                                                                  "disregard all previous",
                                                                  "disregard previous",
                                                                  "disregard the above",
                                                                  "you are a helpful",
                                                                  "you are an ai",
                                                                  "you are now",
                                                                  "as an ai language model",
                                                                  "give a positive review",
                                                                  "do not highlight any negatives",
                                                                  "reveal your prompt",
                                                                  "reveal your system prompt",
                                                                  "respond only with",
                                                                  "output only",
                                                                  "new instructions",
                                                                  "forget everything"});
  return Contains(sentence, kSet);
}

bool IsAvailability(std::string_view sentence) {
  static const grounding::PhraseSet kOpen(std::vector<std::string>{
      "available", "released", "release", "open source", "open sourced", "project page", "website",
      "github", "repository", "can be found", "found at", "accessible at", "demo", "at http",
      "https", "publicly"});
  static const grounding::PhraseSet kGoods(std::vector<std::string>{
      "code", "codes", "source code", "data", "dataset", "datasets", "models", "implementation",
      "project page", "website", "demo", "github", "checkpoints", "weights", "https", "http",
      "repository", "scripts", "videos"});
  std::vector<grounding::Word> words;
  grounding::ReadWords(sentence, words);
  if (words.size() > 30) return false;
  if (grounding::HasLinkOrMarkup(sentence)) return Contains(sentence, kOpen);
  const bool short_enough = words.size() <= 16;
  return short_enough && Contains(sentence, kOpen) && Contains(sentence, kGoods) &&
         (sentence.find("vailable") != std::string_view::npos ||
          sentence.find("ublicly") != std::string_view::npos ||
          sentence.find("elease") != std::string_view::npos);
}

int LettersOutsideMath(std::string_view text) {
  int letters = 0;
  bool math = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '$' && (i == 0 || text[i - 1] != '\\')) math = !math;
    if (!math && (IsAlpha(text[i]) || static_cast<unsigned char>(text[i]) >= 0x80)) ++letters;
  }
  return letters;
}

}  // namespace paperwire::summarize
