#pragma once

#include <chrono>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace paperwire::ingest {

// How a host of arXiv's has answered lately.
struct HostState {
  // Answers in a row that limited us, and rounds in a row without any answer.
  int limited = 0;
  int failed = 0;
  // How much longer nothing is to be asked there, and why: the slug of an outcome.
  std::chrono::milliseconds rests{0};
  std::string reason = {};

  bool operator==(const HostState&) const = default;
};

// What an answer may be asked for again with, so that arXiv need not send it twice.
struct Validators {
  std::string etag = {};
  std::string last_modified = {};

  bool empty() const { return etag.empty() && last_modified.empty(); }
  bool operator==(const Validators&) const = default;
};

// What all processes that ask arXiv share and must not forget: who may ask, when the next request
// may be made, which host rests. Times are the store's own, so that the clocks of several machines
// need not agree. Errors are those of the store (Unavailable), unless said otherwise. Thread-safe.
class ArxivState {
 public:
  virtual ~ArxivState() = default;

  // Takes the lease for `ttl`, or prolongs it. False: another owner holds it.
  virtual absl::StatusOr<bool> TakeLease(const std::string& owner,
                                         std::chrono::milliseconds ttl) = 0;
  // Gives it back, where `owner` holds it.
  virtual absl::Status DropLease(const std::string& owner) = 0;

  // Takes the next turn. Zero: it is taken, and the request is to be made now; else how long to
  // wait until trying again. Turns are `interval` apart, over all processes and hosts. Takes or
  // prolongs the lease. Aborted: another owner holds it.
  virtual absl::StatusOr<std::chrono::milliseconds> TakeTurn(
      const std::string& owner, std::chrono::milliseconds ttl,
      std::chrono::milliseconds interval) = 0;

  // All zero for a host that nothing is known of. Kept for two days after it has rested.
  virtual absl::StatusOr<HostState> Host(const std::string& host) = 0;
  virtual absl::Status SetHost(const std::string& host, const HostState& state) = 0;

  // By URL, kept for two days; empty when there are none.
  virtual absl::StatusOr<Validators> Known(const std::string& url) = 0;
  virtual absl::Status Keep(const std::map<std::string, Validators>& validators) = 0;
};

inline constexpr std::chrono::milliseconds kStateKept = std::chrono::hours(48);

}  // namespace paperwire::ingest
