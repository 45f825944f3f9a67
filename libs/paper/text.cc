#include "libs/paper/text.h"

#include <cstdint>
#include <cstring>

#include "libs/paper/utf8.h"

namespace paperwire::paper {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// Reads one character at `position` and moves past it; a bad byte is U+FFFD and one step.
char32_t Next(std::string_view text, size_t& position) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(position);
  if (first < 0x80) {
    ++position;
    return first;
  }
  size_t length = 0;
  char32_t value = 0;
  char32_t least = 0;
  if ((first & 0xE0) == 0xC0) {
    length = 2, value = first & 0x1Fu, least = 0x80;
  } else if ((first & 0xF0) == 0xE0) {
    length = 3, value = first & 0x0Fu, least = 0x800;
  } else if ((first & 0xF8) == 0xF0) {
    length = 4, value = first & 0x07u, least = 0x10000;
  }
  if (length == 0 || position + length > text.size()) {
    ++position;
    return kReplacement;
  }
  for (size_t i = 1; i < length; ++i) {
    const unsigned char next = byte(position + i);
    if ((next & 0xC0) != 0x80) {
      ++position;
      return kReplacement;
    }
    value = (value << 6) | (next & 0x3Fu);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least || surrogate || value > 0x10FFFF) {
    ++position;
    return kReplacement;
  }
  position += length;
  return value;
}

bool IsLineBreak(char32_t c) {
  return c == '\n' || c == '\r' || c == 0x0B || c == 0x0C || c == 0x85 || c == 0x2028 ||
         c == 0x2029;
}

bool IsSpace(char32_t c) {
  return c == ' ' || c == '\t' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x202F || c == 0x205F || c == 0x3000 || IsLineBreak(c);
}

// What has no width or changes the order of what surrounds it, and what is no character at all.
bool IsInvisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x061C || c == 0x180E ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE || (c >= 0xE0000 && c <= 0xE0FFF);
}

constexpr uint64_t Repeat(uint8_t byte) { return 0x0101010101010101u * byte; }

// How many bytes from `position` are printable ASCII without two blanks in a row, seen eight at a
// time: most of a text, which needs no look at each character. What stands before is no blank.
size_t PlainLength(std::string_view text, size_t position) {
  constexpr uint64_t kHigh = Repeat(0x80);
  const size_t begin = position;
  uint64_t blank_before = 0;
  while (position + sizeof(uint64_t) <= text.size()) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + position, sizeof(word));
    if ((word & kHigh) != 0) break;
    // With no high bit set, none of these carries into the next byte.
    const uint64_t blanks = ~((word ^ Repeat(' ')) + Repeat(0x7F)) & kHigh;
    const uint64_t controls = ~(word + Repeat(0x60)) & kHigh;
    const uint64_t deletes = (word + Repeat(1)) & kHigh;
    if (controls != 0 || deletes != 0 || (blanks & ((blanks << 8) | blank_before)) != 0) break;
    blank_before = (blanks >> 56) & 0x80;
    position += sizeof(word);
  }
  // A blank at the end may be one of several.
  while (position > begin && text[position - 1] == ' ') --position;
  return position - begin;
}

std::string Clean(std::string_view text, bool keep_paragraphs) {
  std::string out;
  out.reserve(text.size());
  bool space = false;
  bool paragraph = false;
  bool after_break = false;
  char32_t previous = 0;
  for (size_t position = 0; position < text.size();) {
    if (!space && !out.empty()) {
      if (const size_t plain = PlainLength(text, position); plain > 0) {
        out.append(text, position, plain);
        position += plain;
        previous = 0;
        continue;
      }
    }
    const char32_t c = Next(text, position);
    if (IsSpace(c)) {
      space = true;
      const bool second_half = c == '\n' && previous == '\r';
      if (IsLineBreak(c) && !second_half) {
        if (after_break) paragraph = true;
        after_break = true;
      } else if (!IsLineBreak(c) && after_break) {
        paragraph = true;
      }
      previous = c;
      continue;
    }
    previous = c;
    if (IsInvisible(c)) continue;
    if (space && !out.empty()) out += keep_paragraphs && paragraph ? '\n' : ' ';
    space = paragraph = after_break = false;
    AppendUtf8(out, c);
  }
  return out;
}

}  // namespace

void AppendUtf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

std::string CleanLine(std::string_view text) { return Clean(text, false); }

std::string CleanParagraphs(std::string_view text) { return Clean(text, true); }

std::string Truncate(std::string_view text, size_t max_bytes) {
  constexpr std::string_view kEllipsis = "…";
  if (text.size() <= max_bytes) return std::string(text);
  if (max_bytes < kEllipsis.size()) return "";
  size_t end = max_bytes - kEllipsis.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + std::string(kEllipsis);
}

size_t CountBadBytes(std::string_view text) {
  size_t bad = 0;
  for (size_t position = 0; position < text.size();) {
    // Most text is ASCII: eight bytes at a time.
    uint64_t word = 0;
    if (position + sizeof(word) <= text.size()) {
      std::memcpy(&word, text.data() + position, sizeof(word));
      if ((word & 0x8080808080808080u) == 0) {
        position += sizeof(word);
        continue;
      }
    }
    const size_t before = position;
    const char32_t c = Next(text, position);
    // A replacement character that stands in the text takes three bytes.
    if (c == kReplacement && position == before + 1) ++bad;
  }
  return bad;
}

std::string ReplaceBadBytes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t position = 0; position < text.size();) AppendUtf8(out, Next(text, position));
  return out;
}

size_t CountCharacters(std::string_view text) {
  size_t count = 0;
  for (size_t position = 0; position < text.size(); ++count) Next(text, position);
  return count;
}

}  // namespace paperwire::paper
