#include "libs/grounding/hygiene.h"

#include <array>
#include <cstddef>

namespace paperwire::grounding {
namespace {

constexpr size_t kLongestTag = 400;
constexpr size_t kLongestCode = 60;

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

// Whether a link can begin here: few words need a closer look.
bool MayBeginLink(std::string_view text, size_t at) {
  const char c = Lower(text[at]);
  const bool letter =
      c == 'h' || c == 'f' || c == 'w' || c == 'j' || c == 'm' || c == 'g' || c == 'a' || c == 'd';
  if (!letter || (at > 0 && IsAlpha(text[at - 1]))) return false;
  const char next = at + 1 < text.size() ? Lower(text[at + 1]) : '\0';
  switch (c) {
    case 'h':
      return next == 't' || next == 'u';
    case 'f':
      return next == 't';
    case 'w':
      return next == 'w';
    case 'g':
      return next == 'i';
    case 'a':
      return next == 'r';
    case 'd':
      return next == 'o';
    default:
      return next == 'a';
  }
}

// Whether a stop or a colon stands inside a word, as in every link: most sentences have none.
bool MayHoldLink(std::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '.' && text[i] != ':') continue;
    const char next = text[i + 1];
    if (!IsSpace(next) && !(text[i] == '.' && next >= '0' && next <= '9')) return true;
  }
  return false;
}

// The length of a link that begins here; 0 when none does.
size_t LinkAt(std::string_view text, size_t at) {
  if (!MayBeginLink(text, at)) return 0;
  const std::string_view rest = text.substr(at);
  constexpr std::array<std::string_view, 6> kSchemes = {"http://", "https://",    "ftp://",
                                                        "www.",    "javascript:", "mailto:"};
  // Written without a scheme, as people do.
  constexpr std::array<std::string_view, 5> kHosts = {"github.com/", "github.io", "huggingface.co/",
                                                      "arxiv.org/", "doi.org/"};
  bool link = false;
  for (const std::string_view scheme : kSchemes) {
    link = link || (StartsWith(rest, scheme) && rest.size() > scheme.size() &&
                    !IsSpace(rest[scheme.size()]));
  }
  for (const std::string_view host : kHosts) link = link || StartsWith(rest, host);
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
  if (rest[0] == '`' && rest.size() > 1 && !IsSpace(rest[1]) && rest[1] != '`') {  // `code`
    const size_t close = rest.substr(1, kLongestCode).find('`');
    return close != std::string_view::npos && !IsSpace(rest[close]) ? 1 : 0;
  }
  if (at > 0 && text[at - 1] != '\n') return 0;
  // Headings and items of a list.
  size_t signs = 0;
  while (signs < rest.size() && signs < 6 && rest[signs] == '#') ++signs;
  if (signs == 0 && (rest[0] == '-' || rest[0] == '*' || rest[0] == '+')) signs = 1;
  if (rest.substr(0, 3) == "\xE2\x80\xA2") signs = 3;
  return signs > 0 && signs < rest.size() && rest[signs] == ' ' ? signs : 0;
}

// Whether a '$' at `at` opens or closes math.
bool IsDollar(std::string_view text, size_t at) {
  return text[at] == '$' && (at == 0 || text[at - 1] != '\\');
}

}  // namespace

std::string_view FindLink(std::string_view text) {
  if (!MayHoldLink(text)) return text.substr(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (!MayBeginLink(text, i)) continue;
    const size_t length = LinkAt(text, i);
    if (length > 0) return text.substr(i, length);
  }
  return text.substr(text.size());
}

std::string_view FindMarkup(std::string_view text) {
  bool math = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsAlpha(text[i]) || text[i] == ' ') continue;
    if (IsDollar(text, i)) math = !math;
    size_t length = TagAt(text, i);
    if (length == 0 && !math) length = MarkAt(text, i);
    if (length > 0) return text.substr(i, length);
  }
  return text.substr(text.size());
}

bool HasLinkOrMarkup(std::string_view text) {
  return !FindLink(text).empty() || !FindMarkup(text).empty();
}

size_t CountHidden(std::string_view text) {
  size_t hidden = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x7F) continue;
    if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F) ++hidden;
    const std::string_view three = text.substr(i, 3);
    // U+200B–200F, U+202A–202E, U+2060–2069, U+FEFF
    if (c == 0xE2 && three.size() == 3) {
      const unsigned char second = static_cast<unsigned char>(three[1]);
      const unsigned char third = static_cast<unsigned char>(three[2]);
      hidden +=
          second == 0x80 && ((third >= 0x8B && third <= 0x8F) || (third >= 0xAA && third <= 0xAE));
      hidden += second == 0x81 && third >= 0xA0 && third <= 0xA9;
    }
    hidden += three == "\xEF\xBB\xBF";
  }
  return hidden;
}

std::string WithoutLinksAndMarkup(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool math = false;
  // Between the signs of `code`.
  bool code = false;
  const bool links = MayHoldLink(text);
  for (size_t i = 0; i < text.size();) {
    if (IsDollar(text, i)) math = !math;
    size_t skip = links ? LinkAt(text, i) : 0;
    if (skip == 0) {
      skip = TagAt(text, i);
      if (skip > 0) out += ' ';
    }
    if (skip == 0 && !math) {
      skip = code && text[i] == '`' ? 1 : MarkAt(text, i);
      if (skip == 1 && text[i] == '`') code = !code;
    }
    if (skip > 0) {
      i += skip;
      continue;
    }
    out += text[i++];
  }
  return out;
}

}  // namespace paperwire::grounding
