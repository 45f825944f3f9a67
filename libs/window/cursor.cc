#include "libs/window/cursor.h"

#include <fmt/format.h>

#include <charconv>

namespace paperwire::window {
namespace {

bool ReadNumber(std::string_view text, uint64_t& number) {
  const char* end_of_text = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), end_of_text, number);
  return error == std::errc() && end == end_of_text;
}

}  // namespace

std::string Cursor::ToString() const { return fmt::format("{}-{}", milliseconds, sequence); }

std::optional<Cursor> Cursor::Parse(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  Cursor cursor;
  if (!ReadNumber(text.substr(0, dash), cursor.milliseconds)) return std::nullopt;
  if (!ReadNumber(text.substr(dash + 1), cursor.sequence)) return std::nullopt;
  return cursor;
}

}  // namespace paperwire::window
