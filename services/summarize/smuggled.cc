#include "services/summarize/smuggled.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "libs/grounding/phrases.h"
#include "services/summarize/prompt.h"
#include "services/summarize/source.h"

namespace paperwire::summarize {
namespace {

// So many words in a row are no chance.
constexpr size_t kEcho = 7;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsAlpha(char c) { return Lower(c) >= 'a' && Lower(c) <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHostByte(char c) { return IsAlpha(c) || IsDigit(c) || c == '-'; }

bool StartsWith(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(),
                    [](char want, char has) { return want == Lower(has); });
}

// The word around a place.
std::string_view WordAt(std::string_view text, size_t at) {
  size_t begin = at;
  while (begin > 0 && text[begin - 1] != ' ' && text[begin - 1] != '\n') --begin;
  const size_t end = std::min({text.find(' ', at), text.find('\n', at), text.size()});
  return text.substr(begin, end - begin);
}

// Whether the dot at `at` stands between a name and a domain that people click on.
bool IsDomainDot(std::string_view text, size_t at) {
  // Not those that are suffixes of program files or of names of methods.
  constexpr std::array<std::string_view, 30> kDomains = {
      "com",  "org",  "net", "edu",   "gov",  "info",    "xyz",  "top",  "site", "online",
      "club", "shop", "app", "dev",   "link", "example", "test", "ru",   "cn",   "de",
      "uk",   "tk",   "cc",  "onion", "page", "zip",     "live", "blog", "wiki", "invalid"};
  if (at == 0 || !IsHostByte(text[at - 1])) return false;
  const std::string_view rest = text.substr(at + 1);
  size_t length = 0;
  while (length < rest.size() && IsAlpha(rest[length])) ++length;
  const std::string_view name = rest.substr(0, length);
  if (name.empty() || (length < rest.size() && (IsHostByte(rest[length])))) return false;
  // "works.We": a stop without its space.
  if (name[0] >= 'A' && name[0] <= 'Z' && !(text[at - 1] >= 'A' && text[at - 1] <= 'Z')) {
    return false;
  }
  const bool known = std::any_of(kDomains.begin(), kDomains.end(), [&](std::string_view domain) {
    return domain.size() == name.size() && StartsWith(name, domain);
  });
  // With a path behind it any domain is one: "t.ly/x".
  const bool path = name.size() >= 2 && length + 1 < rest.size() && rest[length] == '/' &&
                    IsAlpha(text[at - 1]) && IsHostByte(rest[length + 1]);
  return known || path;
}

// "example.org" and what begins so; "k" of "Pass@k" is none.
bool IsMailHost(std::string_view text) {
  size_t length = 0;
  while (length < text.size() && IsHostByte(text[length])) ++length;
  return length > 0 && length + 1 < text.size() && text[length] == '.' && IsAlpha(text[length + 1]);
}

std::string_view FindAddress(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    switch (Lower(text[i])) {
      case '.':
        if (IsDomainDot(text, i)) return WordAt(text, i);
        break;
      case ':':
        if (rest.starts_with("://")) return WordAt(text, i);
        break;
      case '@':
        if (i > 0 && IsHostByte(text[i - 1]) && IsMailHost(rest.substr(1))) return WordAt(text, i);
        break;
      case '[':
      case '(':
        for (const std::string_view dot : {"[.]", "(.)", "[dot]", "(dot)", "[at]", "(at)"}) {
          if (StartsWith(rest, dot)) return rest.substr(0, dot.size());
        }
        break;
      case 'd':
      case 'v':
      case 'b':
      case 'm':
      case 't':
        if (i > 0 && IsAlpha(text[i - 1])) break;
        for (const std::string_view scheme : {"data:text", "data:image", "data:application",
                                              "vbscript:", "blob:", "magnet:", "tel:"}) {
          if (StartsWith(rest, scheme)) return WordAt(text, i);
        }
        break;
      default:
        break;
    }
  }
  return {};
}

// Whether a TeX command within math does something else than set it.
bool IsForeignCommand(std::string_view command) {
  constexpr std::array<std::string_view, 14> kForeign = {
      "\\href", "\\url",    "\\input", "\\include", "\\write", "\\def",     "\\newcommand",
      "\\let",  "\\csname", "\\read",  "\\html",    "\\class", "\\unicode", "\\require"};
  return std::any_of(kForeign.begin(), kForeign.end(),
                     [&](std::string_view foreign) { return StartsWith(command, foreign); });
}

std::string_view FindSigns(std::string_view text) {
  bool math = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    const char next = rest.size() > 1 ? rest[1] : ' ';
    switch (text[i]) {
      case '$':
        if (i == 0 || text[i - 1] != '\\') math = !math;
        break;
      case '\\':
        if (IsAlpha(next) && (!math || IsForeignCommand(rest))) return WordAt(text, i);
        break;
      case '<': {
        // "<b", "</b", "<!--", "<|system|>"; within math only what begins a known tag.
        const bool tag = IsAlpha(next) || next == '/' || next == '!' || next == '|' || next == '?';
        const bool element = StartsWith(rest, "<script") || StartsWith(rest, "<img") ||
                             StartsWith(rest, "<svg") || StartsWith(rest, "<a ") ||
                             StartsWith(rest, "<iframe") || rest.starts_with("</") ||
                             rest.starts_with("<!--");
        if (math ? element : tag) return WordAt(text, i);
        break;
      }
      case '&': {
        size_t end = 1;
        while (end < rest.size() && end < 12 &&
               (IsAlpha(rest[end]) || IsDigit(rest[end]) || (end == 1 && rest[end] == '#'))) {
          ++end;
        }
        // "Q&A;" is none.
        if (end > 2 && end < rest.size() && rest[end] == ';') return rest.substr(0, end + 1);
        break;
      }
      case '!':
        if (next == '[') return WordAt(text, i);
        break;
      case ']':
        if (next == '[' || next == ':') return WordAt(text, i);
        break;
      case '~':
      case '`':
        if (next == text[i]) return WordAt(text, i);
        break;
      case '{':
        if (!math && (next == '"' || next == '{' || next == '%')) return WordAt(text, i);
        break;
      case '"':
        // Pieces of JSON.
        if (!math && (next == ':' || next == '}')) return WordAt(text, i);
        break;
      default:
        break;
    }
  }
  return {};
}

// Marks piled on a letter, which run over the lines above and below.
std::string_view FindPile(std::string_view text) {
  constexpr int kMost = 2;
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : '\0';
  };
  int piled = 0;
  for (size_t i = 0; i < text.size();) {
    size_t length = 0;
    // U+0300–036F, then the blocks that extend it.
    if (byte(i) == 0xCC || (byte(i) == 0xCD && byte(i + 1) <= 0xAF)) length = 2;
    if ((byte(i) == 0xE1 &&
         (byte(i + 1) == 0xB7 || (byte(i + 1) == 0xAA && byte(i + 2) >= 0xB0))) ||
        (byte(i) == 0xE2 && byte(i + 1) == 0x83 && byte(i + 2) >= 0x90) ||
        (byte(i) == 0xEF && byte(i + 1) == 0xB8 && byte(i + 2) >= 0xA0 && byte(i + 2) <= 0xAF)) {
      length = 3;
    }
    piled = length > 0 ? piled + 1 : 0;
    if (piled > kMost) return WordAt(text, i);
    i += std::max<size_t>(length, 1);
  }
  return {};
}

// What only a machine reads: base64, hexadecimal, a hash.
std::string_view FindCode(std::string_view text) {
  constexpr size_t kShortest = 32;
  size_t begin = 0;
  bool digit = false;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (IsAlpha(c) || IsDigit(c) || c == '+' || c == '=' || c == '/') {
      digit = digit || IsDigit(c);
      continue;
    }
    if (digit && i - begin >= kShortest) return text.substr(begin, i - begin);
    begin = i + 1;
    digit = false;
  }
  return {};
}

// Turns to whoever writes the card, beyond those that abstracts are known for (source.h).
bool SpeaksToTheWriter(std::string_view text) {
  static const grounding::PhraseSet kOrders(std::vector<std::string>{
      "now write", "now output", "now answer", "now add", "now say", "now print", "please write",
      "please mention", "please add", "write that the", "end of paper", "paper ends here"});
  std::vector<grounding::Word> words;
  grounding::ReadWords(text, words);
  bool found = false;
  kOrders.Match(text, words, [&](const auto&) { found = true; });
  return found;
}

uint64_t Mix(const std::vector<grounding::Word>& words, size_t first) {
  uint64_t hash = grounding::kWordSeed;
  for (size_t i = first; i < first + kEcho; ++i) {
    hash = (hash ^ words[i].hash) * 1099511628211U;
    hash ^= hash >> 29U;
  }
  return hash;
}

const std::unordered_set<uint64_t>& RunsOfThePrompt() {
  static const std::unordered_set<uint64_t> kRuns = [] {
    std::vector<grounding::Word> words;
    grounding::ReadWords(PromptSystem(), words);
    std::unordered_set<uint64_t> runs;
    for (size_t i = 0; i + kEcho <= words.size(); ++i) runs.insert(Mix(words, i));
    return runs;
  }();
  return kRuns;
}

std::string_view FindEcho(std::string_view text) {
  std::vector<grounding::Word> words;
  grounding::ReadWords(text, words);
  for (size_t i = 0; i + kEcho <= words.size(); ++i) {
    if (!RunsOfThePrompt().contains(Mix(words, i))) continue;
    return text.substr(words[i].begin, words[i + kEcho - 1].end - words[i].begin);
  }
  return {};
}

}  // namespace

Smuggled FindSmuggled(std::string_view sentence) {
  if (const std::string_view found = FindAddress(sentence); !found.empty()) {
    return {v1::GROUNDING_ITEM_KIND_LINK, found};
  }
  if (const std::string_view found = FindSigns(sentence); !found.empty()) {
    return {v1::GROUNDING_ITEM_KIND_MARKUP, found};
  }
  if (const std::string_view found = FindEcho(sentence); !found.empty()) {
    return {v1::GROUNDING_ITEM_KIND_INSTRUCTION, found};
  }
  if (const std::string_view found = FindCode(sentence); !found.empty()) {
    return {v1::GROUNDING_ITEM_KIND_INSTRUCTION, found};
  }
  if (SpeaksToTheWriter(sentence) || IsInstruction(sentence))
    return {v1::GROUNDING_ITEM_KIND_INSTRUCTION, sentence};
  if (const std::string_view found = FindPile(sentence); !found.empty()) {
    return {v1::GROUNDING_ITEM_KIND_MARKUP, found};
  }
  return {};
}

bool HoldsForeignScript(std::string_view text) {
  constexpr int kFew = 4;
  int letters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    // The first bytes of Cyrillic, Armenian, Hebrew, Arabic, Indic, Thai, Hangul and Han.
    const unsigned char byte = static_cast<unsigned char>(text[i]);
    const unsigned char next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    // Latin with two marks, as in Vietnamese, and old Greek stand among them.
    const bool latin_or_greek = byte == 0xE1 && next >= 0xB4;
    letters += (byte >= 0xD0 && byte <= 0xDF) || byte == 0xE0 ||
               (byte == 0xE1 && !latin_or_greek) || (byte >= 0xE3 && byte <= 0xED);
  }
  return letters > kFew;
}

}  // namespace paperwire::summarize
