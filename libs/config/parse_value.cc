#include "libs/config/parse_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace paperwire::config {
namespace {

constexpr std::array<std::pair<std::string_view, int64_t>, 4> kUnits = {
    {{"ms", 1}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}}};

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<int64_t> ParseInteger(std::string_view text) { return ParseNumber<int64_t>(text); }

std::optional<double> ParseReal(std::string_view text) {
  const std::optional<double> value = ParseNumber<double>(text);
  if (!value.has_value() || !std::isfinite(*value)) return std::nullopt;
  return value;
}

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  for (const auto& [unit, milliseconds] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto count = ParseInteger(text.substr(0, text.size() - unit.size()));
    if (!count.has_value() || *count < 0) return std::nullopt;
    if (*count > std::numeric_limits<int64_t>::max() / milliseconds) return std::nullopt;
    return std::chrono::milliseconds(*count * milliseconds);
  }
  return std::nullopt;
}

std::optional<bool> ParseTruth(std::string_view text) {
  for (const std::string_view yes : {"true", "yes", "on", "1"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"false", "no", "off", "0"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::vector<std::string> ParseList(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = Trimmed(text.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

std::string FormatReal(double value) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), result.ptr};
}

std::string FormatDuration(std::chrono::milliseconds value) {
  const int64_t count = value.count();
  for (const std::string_view unit : {"h", "m", "s"}) {
    for (const auto& [name, milliseconds] : kUnits) {
      if (name == unit && count != 0 && count % milliseconds == 0) {
        return std::to_string(count / milliseconds).append(unit);
      }
    }
  }
  return std::to_string(count) + "ms";
}

std::string FormatList(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    if (!text.empty()) text += ',';
    text += value;
  }
  return text;
}

}  // namespace paperwire::config
