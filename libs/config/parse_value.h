#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::config {

// The texts of settings and what they mean. Parsers take the whole text or nothing.
std::optional<int64_t> ParseInteger(std::string_view text);
// Finite numbers only.
std::optional<double> ParseReal(std::string_view text);
// "250ms", "30s", "15m", "8h".
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);
// "true", "yes", "on", "1" and their opposites.
std::optional<bool> ParseTruth(std::string_view text);
// Comma-separated; blanks around the parts and empty parts are dropped.
std::vector<std::string> ParseList(std::string_view text);

std::string FormatReal(double value);
// In the largest unit that shows it whole.
std::string FormatDuration(std::chrono::milliseconds value);
std::string FormatList(const std::vector<std::string>& values);

}  // namespace paperwire::config
