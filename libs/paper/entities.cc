// DecodeEntities of text.h.
#include <array>
#include <charconv>
#include <utility>

#include "libs/paper/text.h"
#include "libs/paper/utf8.h"

namespace paperwire::paper {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kNamed = {{
    {"amp", "&"},
    {"lt", "<"},
    {"gt", ">"},
    {"quot", "\""},
    {"apos", "'"},
    {"nbsp", " "},
    {"ndash", "–"},
    {"mdash", "—"},
    {"lsquo", "‘"},
    {"rsquo", "’"},
    {"ldquo", "“"},
    {"rdquo", "”"},
    {"hellip", "…"},
    {"times", "×"},
    {"plusmn", "±"},
    {"middot", "·"},
}};

constexpr size_t kLongestName = 8;

// "#177" or "#xB1" as its character; nothing when it is none.
std::string Numeric(std::string_view digits) {
  int base = 10;
  if (digits.starts_with('x') || digits.starts_with('X')) {
    digits.remove_prefix(1);
    base = 16;
  }
  uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  std::string out;
  if (error == std::errc() && end == digits.data() + digits.size() && value >= 0x20 &&
      value <= 0x10FFFF && !surrogate) {
    AppendUtf8(out, value);
  }
  return out;
}

// What the entity of that name stands for; empty when it is not known.
std::string Entity(std::string_view name) {
  if (name.starts_with('#')) return Numeric(name.substr(1));
  for (const auto& [known, character] : kNamed) {
    if (known == name) return std::string(character);
  }
  return {};
}

}  // namespace

std::string DecodeEntities(std::string_view text) {
  std::string out;
  size_t done = 0;
  for (size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    const size_t end = text.substr(at, kLongestName + 2).find(';');
    if (end == std::string_view::npos) continue;
    const std::string character = Entity(text.substr(at + 1, end - 1));
    if (character.empty()) continue;
    out += text.substr(done, at - done);
    out += character;
    done = at + end + 1;
    at = done - 1;
  }
  if (done == 0) return std::string(text);
  out += text.substr(done);
  return out;
}

}  // namespace paperwire::paper
