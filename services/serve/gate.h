#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/access/peer.h"
#include "libs/access/rate_limiter.h"
#include "libs/access/token_file.h"
#include "libs/clock/clock.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/serve/caller.h"

namespace paperwire::serve {

// What a face knows of whoever asks.
struct Credentials {
  // The address, as the face has it.
  std::string peer;
  // Without encryption a token from another machine is refused: whoever listens on the way has it
  // now.
  bool encrypted = false;
  // The header's value; empty: there was none.
  std::string_view authorization = {};
  // There was more than one, and which of them a proxy has looked at is anybody's guess.
  bool several_authorizations = false;
  // As given; what is not 1–128 printable characters is replaced.
  std::string_view request_id = {};
  // The caller's own deadline, as a time or as how long from now.
  absl::Time deadline = absl::InfiniteFuture();
  absl::Duration timeout = absl::InfiniteDuration();
};

// Decides who comes in, the same for every face. Thread-safe.
//
// A method that reads is open to all, unless tokens are required for reading; then, and for the
// operator's methods wherever there is a token file, a token with that scope is needed. A token
// that is given must be a good one, even where none is needed. Refusals count against their
// address's rate, so that they are no cheaper to have than answers; each is counted by its reason,
// and told in the log, at most ten a minute for each reason.
class Gate {
 public:
  struct Options {
    // Null: there are no tokens, and operators must be on this machine. Must outlive the gate.
    const access::TokenFile* tokens = nullptr;
    bool require_read_token = false;
    // Requests of one caller from another machine (or of one token); 0: no limit.
    double requests_per_second = 0;
    // Counts and limits callers on this machine, too; for tests.
    bool limit_loopback = false;
    // For tests: gRPC tells no peer in its own process.
    bool unknown_is_local = false;
  };

  // All must outlive it.
  Gate(Options options, const clock::Clock& clock, prometheus::Registry& metrics);

  // The request's id: as given where it is fit, else a new one.
  std::string RequestId(std::string_view given);

  // Unauthenticated: no token, or none that is valid; PermissionDenied: not for that;
  // ResourceExhausted, with RetryInfo: too many requests, or too many bad tokens from there;
  // DeadlineExceeded: nobody waits for the answer.
  absl::StatusOr<Caller> Admit(const Credentials& credentials, access::Scope scope);

 private:
  struct Refusal {
    const char* reason = "";
    absl::Status status;
  };
  absl::Status Refuse(const Refusal& refusal, const Credentials& credentials,
                      const access::Peer& peer);
  using GrantPtr = std::shared_ptr<const access::Grant>;
  // Puts what the token stands for into `grant` (null: none was needed, or it is not known), or
  // says why it does not open `scope` (a status that is not OK).
  Refusal Authorize(const Credentials& credentials, const access::Peer& peer, access::Scope scope,
                    GrantPtr& grant);
  Refusal CheckToken(const Credentials& credentials, const access::Peer& peer, access::Scope scope,
                     GrantPtr& grant);
  // The same, later.
  absl::Status CheckAgain(const access::Grant& grant, access::Scope scope) const;

  const Options options_;
  const clock::Clock& clock_;
  prometheus::Family<prometheus::Counter>& refused_;
  access::RateLimiter requests_;
  // Bad tokens by where they come from.
  access::RateLimiter failures_;
  // Log lines by reason.
  access::RateLimiter lines_;
  const std::string id_prefix_;
  std::atomic<uint64_t> next_id_{0};
};

}  // namespace paperwire::serve
