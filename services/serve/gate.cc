#include "services/serve/gate.h"

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "fmt/format.h"
#include "libs/telemetry/log.h"
#include "services/serve/error_details.h"

namespace paperwire::serve {
namespace {

constexpr size_t kLongestId = 128;
constexpr size_t kLongestToken = 512;
// A wrong token now and then is a mistake; more are an attempt, and only cost log lines.
constexpr access::RateLimiter::Options kFailures{.per_second = 0.2, .burst = 10};

// The counter has them all; who asks in vain must not fill the disk.
constexpr access::RateLimiter::Options kLines{.per_second = 10.0 / 60, .burst = 10};

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Gate::Gate(Options options, const clock::Clock& clock, prometheus::Registry& metrics)
    : options_(options),
      clock_(clock),
      refused_(prometheus::BuildCounter()
                   .Name("paperwire_serve_refused_total")
                   .Help("Requests not let in, by reason.")
                   .Register(metrics)),
      requests_({.per_second = options.requests_per_second,
                 .burst = std::max(2 * options.requests_per_second, 1.0)}),
      failures_(kFailures),
      lines_(kLines),
      // Random, so that ids of several replicas and of a restarted one differ.
      id_prefix_(access::MakeToken().substr(3, 8) + "-") {}

std::string Gate::RequestId(std::string_view given) {
  if (!given.empty() && given.size() <= kLongestId && IsPrintable(given)) {
    return std::string(given);
  }
  return id_prefix_ + std::to_string(next_id_.fetch_add(1, std::memory_order_relaxed));
}

absl::StatusOr<Caller> Gate::Admit(const Credentials& credentials, access::Scope scope) {
  access::Peer peer = access::PeerOf(credentials.peer);
  if (options_.unknown_is_local && peer.key == "unknown") peer.loopback = true;
  GrantPtr grant;
  const Refusal refusal = Authorize(credentials, peer, scope, grant);
  Caller caller;
  caller.key = grant == nullptr ? peer.key : "token " + grant->name;
  caller.local = peer.loopback;
  // Whoever has a token is known, a proxy or not.
  caller.limited = options_.limit_loopback || !peer.loopback || grant != nullptr;
  if (caller.limited) {
    const absl::Duration wait = requests_.Take(caller.key, clock_.SteadyNow());
    if (wait > absl::ZeroDuration()) {
      return Refuse(
          {"rate",
           RetryAfter(absl::ResourceExhaustedError("too many requests; ask more slowly"), wait)},
          credentials, peer);
    }
  }
  if (!refusal.status.ok()) return Refuse(refusal, credentials, peer);
  const absl::Time now = absl::FromChrono(clock_.Now());
  const absl::Time deadline = std::min(credentials.deadline, now + credentials.timeout);
  if (deadline <= now) {
    return Refuse({"deadline",
                   absl::DeadlineExceededError("the deadline had passed when the request came in")},
                  credentials, peer);
  }
  caller.deadline = deadline;
  caller.clock = &clock_;
  caller.request_id = RequestId(credentials.request_id);
  if (grant != nullptr) {
    caller.may_stay = [this, grant, scope] { return CheckAgain(*grant, scope); };
  }
  return caller;
}

Gate::Refusal Gate::Authorize(const Credentials& credentials, const access::Peer& peer,
                              access::Scope scope, GrantPtr& grant) {
  const bool operates = scope == access::Scope::kOperate;
  const std::string_view token = credentials.authorization;
  if (credentials.several_authorizations) {
    return {"two-tokens", absl::UnauthenticatedError("one authorization header is enough")};
  }
  const bool clear = !credentials.encrypted && !peer.loopback;
  const bool ours = token.find(" pw_") != std::string_view::npos;
  // Without a token file other people's tokens, which a proxy may hand on, are none of ours.
  if (options_.tokens == nullptr && !(clear && ours)) {
    if (!operates || peer.loopback) return {};
    return {"no-token", absl::PermissionDeniedError("operators must be on this machine: there is "
                                                    "no token file (--token-file)")};
  }
  if (token.empty()) {
    if (!operates && !options_.require_read_token) return {};
    return {"no-token", absl::UnauthenticatedError(fmt::format(
                            "a token with the scope {} is needed: authorization: Bearer pw_...",
                            access::NameOf(scope)))};
  }
  return CheckToken(credentials, peer, scope, grant);
}

Gate::Refusal Gate::CheckToken(const Credentials& credentials, const access::Peer& peer,
                               access::Scope scope, GrantPtr& grant) {
  const std::string_view token = credentials.authorization;
  const bool clear = !credentials.encrypted && !peer.loopback;
  constexpr std::string_view kScheme = "bearer ";
  const bool bearer =
      token.size() > kScheme.size() && token.size() <= kLongestToken &&
      absl::EqualsIgnoreCase({token.data(), kScheme.size()}, {kScheme.data(), kScheme.size()});
  GrantPtr found;
  if (bearer && !clear) found = options_.tokens->Find(token.substr(kScheme.size()));
  const bool expired = found != nullptr && found->expires <= absl::FromChrono(clock_.Now());
  if (found != nullptr && !expired) {
    grant = found;
    const bool needed = scope == access::Scope::kOperate || options_.require_read_token;
    if (!needed || grant->Has(scope)) return {};
    return {"scope", absl::PermissionDeniedError(fmt::format("the token {} has not the scope {}",
                                                             grant->name, access::NameOf(scope)))};
  }
  // Behind a proxy one who guesses must not keep the others from hearing that their token is old.
  if (!peer.loopback || options_.limit_loopback) {
    const absl::Duration wait = failures_.Take(peer.key, clock_.SteadyNow());
    if (wait > absl::ZeroDuration()) {
      return {"failures",
              RetryAfter(absl::ResourceExhaustedError("too many bad tokens from there"), wait)};
    }
  }
  if (clear) {
    return {"clear-text", absl::UnauthenticatedError(
                              "a token must not travel unencrypted: take this one out of use")};
  }
  if (expired) return {"expired", absl::UnauthenticatedError("the token has expired")};
  return {"bad-token", absl::UnauthenticatedError("that is no token known here")};
}

absl::Status Gate::CheckAgain(const access::Grant& grant, access::Scope scope) const {
  const GrantPtr now = options_.tokens->FindAgain(grant);
  const bool needed = scope == access::Scope::kOperate || options_.require_read_token;
  if (now == nullptr || (needed && !now->Has(scope))) {
    return absl::UnauthenticatedError("the token was taken back");
  }
  if (now->expires <= absl::FromChrono(clock_.Now())) {
    return absl::UnauthenticatedError("the token has expired");
  }
  return absl::OkStatus();
}

absl::Status Gate::Refuse(const Refusal& refusal, const Credentials& credentials,
                          const access::Peer& peer) {
  refused_.Add({{"reason", refusal.reason}}).Increment();
  if (lines_.Take(refusal.reason, clock_.SteadyNow()) == absl::ZeroDuration()) {
    telemetry::Log(telemetry::Level::kWarning, "a caller was not let in",
                   {{"reason", refusal.reason},
                    {"peer", credentials.peer},
                    {"key", peer.key},
                    {"request_id", RequestId(credentials.request_id)}});
  }
  return refusal.status;
}

}  // namespace paperwire::serve
