#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace paperwire::llm {

// What a call that is over tells of its endpoint.
struct Feedback {
  enum class Kind {
    // No call was made, or it says nothing of how busy the endpoint is.
    kNothing,
    kGood,
    // Too many requests, an error of the server's, a time-out.
    kBad,
  };
  Kind kind = Kind::kNothing;
  std::chrono::milliseconds latency{0};
  // For how long the endpoint wants to be left alone.
  std::optional<std::chrono::milliseconds> retry_after = {};
};

struct Admission {
  enum class Verdict { kAdmitted, kFull, kBlocked };
  Verdict verdict = Verdict::kAdmitted;
  // kFull: when to ask again. kBlocked: for how long the endpoint is left alone.
  std::chrono::milliseconds wait{0};
  // Of all workers.
  int limit = 0;
  int in_flight = 0;
};

struct LimiterOptions {
  // The limit never goes above it.
  int cap = 16;
  // A call that is not renewed for so long is taken to be over: its worker died.
  std::chrono::milliseconds member_life{15'000};
  // A waiter that does not ask for so long has lost its turn.
  std::chrono::milliseconds turn_life{3'000};
  // No endpoint is left alone for longer, whatever it asks for.
  std::chrono::milliseconds longest_block{3'600'000};
};

// How many calls may be under way at each endpoint, over all workers. Thread-safe.
//
// The limit begins at 4 and doubles with each round trip until the first trouble (slow start); then
// it grows by one with as many answers as it is, and only while a quarter of it is used. Trouble,
// that is a bad call or answers that have become twice as slow as usual, takes it to seven tenths;
// calls that were under way at that moment do not do so again. Who finds it full waits for his
// turn: first come, first served.
//
// Errors: Unavailable: the store is away. Then no call may be made.
class Limiter {
 public:
  virtual ~Limiter() = default;

  // `call` is unique among all workers, and the same each time it asks.
  virtual absl::StatusOr<Admission> Admit(const std::string& endpoint, const std::string& call) = 0;
  // For calls under way, every third of `member_life`.
  virtual absl::Status Renew(const std::string& endpoint, std::span<const std::string> calls) = 0;
  // Also for who gives up waiting.
  virtual absl::Status Release(const std::string& endpoint, const std::string& call,
                               const Feedback& feedback) = 0;
};

}  // namespace paperwire::llm
