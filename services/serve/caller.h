#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/clock/clock.h"

namespace paperwire::serve {

// Who asks, as far as a method has to know. Made by a face once the caller is admitted.
struct Caller {
  // Who is counted and limited as one: "token NAME", else the address ("192.0.2.7", an IPv6
  // network of 64 bits "2001:db8:1:2::/64"), or "local".
  std::string key;
  // On this machine.
  bool local = false;
  // Limits by caller hold for it; not for callers on this machine without a token: they may be a
  // proxy.
  bool limited = false;
  // Taken from the request or made; echoed, and in the log.
  std::string request_id;
  // When nobody waits for the answer any more: the caller's own deadline.
  absl::Time deadline = absl::InfiniteFuture();
  // What the deadline goes by; null: time is never up. Outlives the caller.
  const clock::Clock* clock = nullptr;
  // Whether it would still be let in; Unauthenticated once its token was taken back or has expired.
  // For what lasts. Null: nothing can change. The gate must outlive it.
  std::function<absl::Status()> may_stay = nullptr;

  // Nobody waits for the answer any more: work on it is for nothing.
  bool TimeIsUp() const { return clock != nullptr && absl::FromChrono(clock->Now()) >= deadline; }
};

}  // namespace paperwire::serve
