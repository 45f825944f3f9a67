#include "services/summarize/addresses.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace paperwire::summarize {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsAlpha(char c) { return Lower(c) >= 'a' && Lower(c) <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string Lowered(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

// The length of a letter of any script at `at`; 0: none stands there. Quotes, dashes and signs
// (U+2000 to U+2FFF, U+3000 to U+303F) are none.
size_t LetterAt(std::string_view text, size_t at) {
  if (at >= text.size()) return 0;
  const unsigned char lead = static_cast<unsigned char>(text[at]);
  if (IsAlpha(text[at])) return 1;
  if (lead < 0xC3 || lead == 0xE2) return 0;
  if (lead == 0xE3 && text.substr(at, 2) == "\xE3\x80") return 0;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  return at + length <= text.size() ? length : 0;
}

bool IsNameByte(char c) {
  return IsAlpha(c) || IsDigit(c) || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// The length of a dot at `at`, of whatever script; 0: none.
size_t DotAt(std::string_view text, size_t at) {
  if (text[at] == '.') return 1;
  for (const std::string_view dot :
       {"\xEF\xBC\x8E", "\xE3\x80\x82", "\xEF\xBD\xA1", "\xE2\x80\xA4", "\xEF\xB9\x92"}) {
    if (text.substr(at).starts_with(dot)) return dot.size();
  }
  return 0;
}

// What addresses end with: behind a dot that stands apart, only these make one.
bool BeginsWithDomain(std::string_view text) {
  constexpr std::array<std::string_view, 24> kDomains = {
      "com", "org", "net",  "edu",  "gov",   "info", "io",      "ai",
      "co",  "me",  "xyz",  "app",  "dev",   "site", "network", "online",
      "ru",  "cn",  "link", "shop", "click", "page", "tv",      "club"};
  size_t end = 0;
  while (end < text.size() && IsAlpha(text[end])) ++end;
  if (end < text.size() && (IsDigit(text[end]) || text[end] == '-')) return false;
  const std::string word = Lowered(text.substr(0, end));
  return std::find(kDomains.begin(), kDomains.end(), word) != kDomains.end();
}

size_t SkipSpaces(std::string_view text, size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

// Where the name ends whose part behind a dot begins at `at`, its path included.
size_t EndOfName(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && (IsNameByte(text[end]) || text[end] == '.' || text[end] == '/')) {
    // "Node.js-based" is told of Node.js.
    if (text[end] == '-') break;
    ++end;
  }
  while (end > at && (text[end - 1] == '.' || text[end - 1] == '/')) --end;
  return end;
}

// Where the name begins that ends at `end`; `end`: there is none.
size_t BeginOfName(std::string_view text, size_t end) {
  size_t begin = end;
  while (begin > 0 && (IsNameByte(text[begin - 1]) || text[begin - 1] == '.')) --begin;
  return begin;
}

}  // namespace

StatedAddresses::StatedAddresses(std::string_view source) : source_(Lowered(source)) {}

std::string_view StatedAddresses::FindOther(std::string_view text) const {
  const auto is_stated = [this](std::string_view name) {
    const std::string lower = Lowered(name);
    for (size_t at = source_.find(lower); at != std::string::npos;
         at = source_.find(lower, at + 1)) {
      const size_t end = at + lower.size();
      const bool begins = at == 0 || !IsNameByte(source_[at - 1]);
      if (begins && (end == source_.size() || !IsNameByte(source_[end]) || source_[end] == '-')) {
        return true;
      }
    }
    return false;
  };
  for (size_t i = 1; i < text.size(); ++i) {
    size_t begin = i;
    size_t end = i;
    if (const size_t dot = DotAt(text, i); dot > 0) {
      const size_t first = i + dot;
      const size_t letter = LetterAt(text, first);
      const size_t apart = SkipSpaces(text, first);
      if (IsNameByte(text[i - 1]) && letter > 0 && LetterAt(text, first + letter) > 0) {
        begin = BeginOfName(text, i);
        end = EndOfName(text, first);
      } else if ((text[i - 1] == ' ' || dot > 1) && BeginsWithDomain(text.substr(apart))) {
        while (begin > 0 && text[begin - 1] == ' ') --begin;
        begin = BeginOfName(text, begin);
        end = EndOfName(text, apart);
      }
    } else if (text[i - 1] == ' ' && Lowered(text.substr(i, 4)) == "dot " && i > 1 &&
               BeginsWithDomain(text.substr(SkipSpaces(text, i + 4)))) {
      // "A quantum dot network" is a thing of physics.
      end = EndOfName(text, SkipSpaces(text, i + 4));
    }
    if (end > i && !is_stated(text.substr(begin, end - begin))) {
      return text.substr(begin, end - begin);
    }
  }
  return {};
}

}  // namespace paperwire::summarize
