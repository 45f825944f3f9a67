#include "libs/grounding/speech.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "libs/grounding/phrases.h"

namespace paperwire::grounding {
namespace {

// A model on itself. Apostrophes part words: "can't" is "can t".
const std::vector<std::string> kRefusals = {
    "i m sorry",
    "i am sorry",
    "i apologize",
    "i apologise",
    "i cannot",
    "i can t",
    "i could not",
    "i couldn t",
    "i am unable to",
    "i m unable to",
    "i am not able to",
    "i m not able to",
    "i do not have access",
    "i don t have access",
    "i do not have enough information",
    "i don t have enough information",
    "as an ai language model",
    "as an ai assistant",
    "as an ai model",
    "as an ai i",
    "as a language model i",
    "as a large language model i",
    "against my guidelines",
    "my training data",
    "my knowledge cutoff",
};

const std::vector<std::string> kInstructions = {
    "ignore all previous",
    "ignore previous instructions",
    "ignore the previous instructions",
    "ignore the above",
    "ignore all prior",
    "ignore any previous",
    "ignore your instructions",
    "disregard all previous",
    "disregard previous instructions",
    "disregard the above",
    "forget all previous",
    "forget everything",
    "you are a helpful",
    "you are an ai",
    "you are an expert",
    "you are now",
    "give a positive review",
    "do not highlight any negatives",
    "reveal your prompt",
    "reveal your system prompt",
    "respond only with",
    "respond with json",
    "return only json",
    "return json",
    "valid json object",
    "output only the",
    "output only json",
    "new instructions",
    "here is the summary",
    "here is a summary",
    "here s a summary",
    "here s the summary",
    "here is the json",
    "here is the requested",
    "here is the card",
    "as requested here",
    "as you requested",
    "sure here is",
    "sure here s",
    "certainly here is",
    "certainly here s",
    "let me know if",
    "i hope this helps",
    "the user asked",
    "the user wants",
    "the text you provided",
    "the abstract you provided",
    "the abstract provided by the user",
    "based on the abstract you",
    "in at most 30 words",
    "in third person",
};

const std::vector<std::string> kPlaceholders = {
    "lorem ipsum",      "summary generation failed", "generation failed",     "failed to generate",
    "error generating", "no summary available",      "summary not available", "to be determined",
    "to be added",      "insert text here",          "insert summary here",   "your text here",
    "placeholder text",
};

// What a whole text may be instead of one; in lower case, letters and digits only.
constexpr std::array<std::string_view, 26> kGaps = {
    "na",           "none",        "null",    "nil",     "nan",          "undefined",
    "todo",         "tbd",         "tba",     "fixme",   "error",        "empty",
    "unknown",      "string",      "text",    "failed",  "notavailable", "notapplicable",
    "notspecified", "placeholder", "summary", "results", "implications", "methodology",
    "tldr",         "xxx"};

const PhraseSet& Phrases() {
  static const PhraseSet kSet = [] {
    std::vector<std::string> all = kRefusals;
    all.insert(all.end(), kInstructions.begin(), kInstructions.end());
    all.insert(all.end(), kPlaceholders.begin(), kPlaceholders.end());
    return PhraseSet(all);
  }();
  return kSet;
}

v1::GroundingItemKind KindOf(uint32_t phrase) {
  if (phrase < kRefusals.size()) return v1::GROUNDING_ITEM_KIND_REFUSAL;
  if (phrase < kRefusals.size() + kInstructions.size()) {
    return v1::GROUNDING_ITEM_KIND_INSTRUCTION;
  }
  return v1::GROUNDING_ITEM_KIND_PLACEHOLDER;
}

}  // namespace

std::vector<Speech> FindSpeech(std::string_view text) {
  std::vector<Word> words;
  ReadWords(text, words);
  std::vector<Speech> found;
  Phrases().Match(text, words, [&](const PhraseSet::Hit& hit) {
    found.push_back({.kind = KindOf(hit.phrase),
                     .begin = words[hit.first].begin,
                     .end = words[hit.first + hit.count - 1].end});
  });
  return found;
}

bool IsPlaceholder(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  const bool bracketed = text.size() > 2 && ((text.front() == '[' && text.back() == ']') ||
                                             (text.front() == '<' && text.back() == '>') ||
                                             (text.front() == '{' && text.back() == '}'));
  if (bracketed && text.size() < 80) return true;
  if (text.size() > 20) return false;
  std::string letters;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') letters += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters += c;
  }
  return std::find(kGaps.begin(), kGaps.end(), letters) != kGaps.end();
}

}  // namespace paperwire::grounding
