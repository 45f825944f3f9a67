#include "libs/paper/text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
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

// What most text is made of and needs no look at each character: from `begin`, which is printable
// ASCII, to before the first byte that is neither that nor a single blank or line break inside.
struct Plain {
  size_t end = 0;
  bool breaks = false;
};

Plain PlainFrom(std::string_view text, size_t begin) {
  size_t i = begin;
  bool stopped = false;
  bool blank_before = false;
  bool breaks = false;
#ifdef __SSE2__
  while (!stopped && i + 16 <= text.size()) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    const auto equal = [bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    const __m128i line_breaks = equal('\n');
    const auto blanks =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(line_breaks, equal(' '))));
    // As signed numbers, bytes of longer characters are less than a blank too.
    const __m128i others = _mm_andnot_si128(
        line_breaks, _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')), equal(0x7F)));
    const unsigned stops = static_cast<unsigned>(_mm_movemask_epi8(others)) |
                           (blanks & ((blanks << 1) | static_cast<unsigned>(blank_before)));
    breaks = breaks || _mm_movemask_epi8(line_breaks) != 0;
    blank_before = (blanks >> 15) != 0;
    stopped = stops != 0;
    i += stopped ? static_cast<size_t>(std::countr_zero(stops)) : 16;
  }
#endif
  for (; !stopped && i < text.size(); ++i) {
    const char c = text[i];
    const bool blank = c == ' ' || c == '\n';
    if (blank ? blank_before : c < ' ' || c == 0x7F) break;
    breaks = breaks || c == '\n';
    blank_before = blank;
  }
  // A blank at the end may be one of several.
  while (text[i - 1] == ' ' || text[i - 1] == '\n') --i;
  return {.end = i, .breaks = breaks};
}

void AppendAsOneLine(std::string& out, std::string_view text, bool breaks) {
  const size_t begin = out.size();
  out += text;
  if (!breaks) return;
  for (size_t at = out.find('\n', begin); at != std::string::npos; at = out.find('\n', at + 1)) {
    out[at] = ' ';
  }
}

void Clean(std::string_view text, bool keep_paragraphs, std::string& out) {
  out.clear();
  out.reserve(text.size());
  bool space = false;
  bool paragraph = false;
  bool after_break = false;
  char32_t previous = 0;
  const auto separate = [&] {
    if (space && !out.empty()) out += keep_paragraphs && paragraph ? '\n' : ' ';
    space = paragraph = after_break = false;
  };
  for (size_t position = 0; position < text.size();) {
    if (text[position] > ' ' && text[position] < 0x7F) {
      const Plain plain = PlainFrom(text, position);
      separate();
      AppendAsOneLine(out, text.substr(position, plain.end - position), plain.breaks);
      position = plain.end;
      previous = 0;
      continue;
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
    separate();
    AppendUtf8(out, c);
  }
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

void CleanLine(std::string_view text, std::string& out) { Clean(text, false, out); }

void CleanParagraphs(std::string_view text, std::string& out) { Clean(text, true, out); }

std::string CleanLine(std::string_view text) {
  std::string out;
  Clean(text, false, out);
  return out;
}

std::string CleanParagraphs(std::string_view text) {
  std::string out;
  Clean(text, true, out);
  return out;
}

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
    // Most text is ASCII.
    std::array<uint64_t, 4> words = {};
    if (position + sizeof(words) <= text.size()) {
      std::memcpy(words.data(), text.data() + position, sizeof(words));
      if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u) == 0) {
        position += sizeof(words);
        continue;
      }
    }
    const size_t end = std::min(position + sizeof(words), text.size());
    while (position < end) {
      const size_t before = position;
      const char32_t c = Next(text, position);
      // A replacement character that stands in the text takes three bytes.
      if (c == kReplacement && position == before + 1) ++bad;
    }
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
