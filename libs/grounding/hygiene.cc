#include "libs/grounding/hygiene.h"

#include <array>
#include <cstddef>

namespace paperwire::grounding {
namespace {

constexpr size_t kLongestTag = 400;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsAlpha(char c) { return (Lower(c) >= 'a' && Lower(c) <= 'z'); }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool StartsWith(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (Lower(text[i]) != lower[i]) return false;
  }
  return true;
}

// The length of a link that begins here; 0 when none does.
size_t LinkAt(std::string_view text, size_t at) {
  if (at > 0 && IsAlpha(text[at - 1])) return 0;
  const std::string_view rest = text.substr(at);
  constexpr std::array<std::string_view, 6> kSchemes = {"http://", "https://",    "ftp://",
                                                        "www.",    "javascript:", "mailto:"};
  bool link = false;
  for (const std::string_view scheme : kSchemes) {
    link = link || (StartsWith(rest, scheme) && rest.size() > scheme.size() &&
                    !IsSpace(rest[scheme.size()]));
  }
  if (!link) return 0;
  size_t end = 0;
  while (end < rest.size() && !IsSpace(rest[end]) && rest[end] != '<' && rest[end] != '>' &&
         rest[end] != '"' && rest[end] != '}' && rest[end] != ')') {
    ++end;
  }
  while (end > 0 && (rest[end - 1] == '.' || rest[end - 1] == ',' || rest[end - 1] == ';' ||
                     rest[end - 1] == ':')) {
    --end;
  }
  return end;
}

// The length of an HTML tag or comment that begins here; 0 when none does.
size_t TagAt(std::string_view text, size_t at) {
  std::string_view rest = text.substr(at, kLongestTag);
  if (rest.size() < 3 || rest[0] != '<') return 0;
  if (rest.substr(0, 4) == "<!--") {
    const size_t end = rest.find("-->");
    return end == std::string_view::npos ? 4 : end + 3;
  }
  size_t i = rest[1] == '/' ? 2 : 1;
  const size_t name = i;
  while (i < rest.size() && IsAlpha(rest[i])) ++i;
  if (i == name || i >= rest.size()) return 0;
  while (i < rest.size() && rest[i] >= '0' && rest[i] <= '9') ++i;  // h1
  if (i < rest.size() && rest[i] == '>') return i + 1;
  if (i + 1 < rest.size() && rest[i] == '/' && rest[i + 1] == '>') return i + 2;
  if (i >= rest.size() || !IsSpace(rest[i])) return 0;
  // With attributes: p < q and r > s has none.
  const size_t end = rest.find('>', i);
  if (end == std::string_view::npos ||
      rest.substr(i, end - i).find('=') == std::string_view::npos) {
    return 0;
  }
  return end + 1;
}

// The length of a Markdown sign that begins here; 0 when none does.
size_t MarkAt(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.substr(0, 3) == "```") return 3;
  if (rest.substr(0, 2) == "**") return 2;
  if (rest.substr(0, 2) == "](") return 1;
  return 0;
}

// Whether a '$' at `at` opens or closes math.
bool IsDollar(std::string_view text, size_t at) {
  return text[at] == '$' && (at == 0 || text[at - 1] != '\\');
}

}  // namespace

bool HasLinkOrMarkup(std::string_view text) {
  bool math = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsDollar(text, i)) math = !math;
    if (LinkAt(text, i) > 0 || TagAt(text, i) > 0) return true;
    if (!math && MarkAt(text, i) > 0) return true;
  }
  return false;
}

std::string WithoutLinksAndMarkup(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool math = false;
  for (size_t i = 0; i < text.size();) {
    if (IsDollar(text, i)) math = !math;
    size_t skip = LinkAt(text, i);
    if (skip == 0) {
      skip = TagAt(text, i);
      if (skip > 0) out += ' ';
    }
    if (skip == 0 && !math) skip = MarkAt(text, i);
    if (skip > 0) {
      i += skip;
      continue;
    }
    out += text[i++];
  }
  return out;
}

}  // namespace paperwire::grounding
