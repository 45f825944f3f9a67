#include "services/ingest/retry_after.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "absl/time/time.h"
#include "services/ingest/times.h"

namespace paperwire::ingest {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongest = std::chrono::hours(24);

bool IsNumber(const std::string& value) {
  return !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

milliseconds ParseRetryAfter(const std::string& value, clock::WallTime now) {
  if (IsNumber(value)) {
    int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    // A number too long for the type is a long time too.
    if (error != std::errc()) return kLongest;
    return std::chrono::seconds(std::min<int64_t>(seconds, 86400));
  }
  const auto time = ParseTime(value);
  if (!time) return {};
  // Before the difference is taken, which a year such as 0001 would overflow.
  const clock::WallTime until = std::clamp(absl::ToChronoTime(*time), now, now + kLongest);
  return std::chrono::ceil<milliseconds>(until - now);
}

}  // namespace paperwire::ingest
