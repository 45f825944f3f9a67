#pragma once

#include <string_view>

#include "libs/access/rate_limiter.h"
#include "libs/clock/clock.h"

namespace paperwire::serve {

// Tells the log what went wrong with HTTP, at most ten times a minute and each in one short line:
// callers can bring errors about, and what they sent may stand in them. Thread-safe.
class HttpErrors {
 public:
  // `clock` must outlive it.
  explicit HttpErrors(const clock::Clock& clock);

  void Tell(std::string_view what);

 private:
  const clock::Clock& clock_;
  access::RateLimiter lines_;
};

}  // namespace paperwire::serve
