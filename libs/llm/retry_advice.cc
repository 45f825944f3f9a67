#include "libs/llm/retry_advice.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>

#include "libs/config/parse_value.h"

namespace paperwire::llm {
namespace {

using Headers = std::map<std::string, std::string>;
using std::chrono::milliseconds;

constexpr milliseconds kLongest = std::chrono::hours(24);

std::string HeaderOf(const Headers& headers, const std::string& name) {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

// `count` units of `unit`.
std::optional<milliseconds> Times(const std::string& count, milliseconds unit) {
  const std::optional<double> value = config::ParseReal(count);
  if (!value.has_value() || *value < 0) return std::nullopt;
  const double most = static_cast<double>(kLongest.count()) / static_cast<double>(unit.count());
  const double bounded = std::min(*value, most) * static_cast<double>(unit.count());
  return milliseconds(std::llround(std::ceil(bounded)));
}

std::optional<milliseconds> Until(const std::string& date, clock::WallTime now) {
  std::tm fields{};
  const char* end = strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &fields);
  if (end == nullptr || *end != '\0') return std::nullopt;
  // In seconds: a clock's own unit does not reach as far as dates do.
  const auto then = static_cast<int64_t>(timegm(&fields));
  const int64_t left =
      then - std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return std::chrono::seconds(std::clamp<int64_t>(left, 0, kLongest / std::chrono::seconds(1)));
}

}  // namespace

std::optional<milliseconds> RetryAfter(const Headers& headers, clock::WallTime now) {
  if (const auto exact = Times(HeaderOf(headers, "retry-after-ms"), milliseconds(1))) return exact;
  const std::string text = HeaderOf(headers, "retry-after");
  if (const auto seconds = Times(text, std::chrono::seconds(1))) return seconds;
  return Until(text, now);
}

std::optional<bool> ShouldRetry(const Headers& headers) {
  const std::string text = HeaderOf(headers, "x-should-retry");
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

}  // namespace paperwire::llm
