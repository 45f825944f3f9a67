#include "libs/telemetry/log_text.h"

#include <algorithm>
#include <array>

namespace paperwire::telemetry {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kHexDigits = "0123456789abcdef";

unsigned char ByteAt(std::string_view text, size_t at) {
  return static_cast<unsigned char>(text[at]);
}

bool IsContinuation(std::string_view text, size_t at, unsigned low = 0x80, unsigned high = 0xbf) {
  return at < text.size() && ByteAt(text, at) >= low && ByteAt(text, at) <= high;
}

// The bytes of the UTF-8 character that begins at `at`; 0 when none does (Unicode 15, table 3-7).
size_t CharacterLength(std::string_view text, size_t at) {
  const unsigned char lead = ByteAt(text, at);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return IsContinuation(text, at + 1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const unsigned low = lead == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : 0xbf;
    return IsContinuation(text, at + 1, low, high) && IsContinuation(text, at + 2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const unsigned low = lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xf4 ? 0x8f : 0xbf;
    const bool whole = IsContinuation(text, at + 1, low, high) && IsContinuation(text, at + 2) &&
                       IsContinuation(text, at + 3);
    return whole ? 4 : 0;
  }
  return 0;
}

void AppendControl(std::string& out, unsigned char letter) {
  switch (letter) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHexDigits[letter >> 4];
      out += kHexDigits[letter & 0x0f];
  }
}

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (size_t at = 0; at < text.size();) {
    const size_t length = CharacterLength(text, at);
    const unsigned char letter = ByteAt(text, at);
    if (length == 0) {
      out += kReplacement;
      ++at;
      continue;
    }
    if (letter < 0x20 || letter == 0x7f) {
      AppendControl(out, letter);
    } else {
      if (letter == '"' || letter == '\\') out += '\\';
      out += text.substr(at, length);
    }
    at += length;
  }
  out += '"';
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) { AppendQuoted(out, text); }

void AppendPlain(std::string& out, std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return letter > 0x20 && letter < 0x7f && letter != '"' && letter != '\\' && letter != '=';
  });
  if (plain) {
    out += text;
  } else {
    AppendQuoted(out, text);
  }
}

}  // namespace paperwire::telemetry
