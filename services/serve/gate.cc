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
      // Random, so that ids of several replicas and of a restarted one differ.
      id_prefix_(access::MakeToken().substr(3, 8)) {}

absl::StatusOr<Caller> Gate::Admit(const Credentials& credentials, access::Scope scope) {
  access::Peer peer = access::PeerOf(credentials.peer);
  if (options_.unknown_is_local && peer.key == "unknown") peer.loopback = true;
  absl::StatusOr<std::string> name = Authorize(credentials, peer, scope);
  if (!name.ok()) return name.status();
  Caller caller;
  caller.key = name->empty() ? peer.key : "token " + *name;
  caller.local = peer.loopback;
  caller.limited = options_.limit_loopback || !peer.loopback;
  if (caller.limited) {
    const absl::Duration wait = requests_.Take(caller.key, clock_.SteadyNow());
    if (wait > absl::ZeroDuration()) {
      return Refuse(
          "rate", credentials, peer,
          RetryAfter(absl::ResourceExhaustedError("too many requests; ask more slowly"), wait));
    }
  }
  const absl::Time now = absl::FromChrono(clock_.Now());
  const absl::Time deadline = std::min(credentials.deadline, now + credentials.timeout);
  if (deadline <= now) {
    return absl::DeadlineExceededError("the deadline had passed when the request came in");
  }
  caller.deadline = std::min(deadline, now + options_.longest);
  const std::string_view id = credentials.request_id;
  caller.request_id =
      !id.empty() && id.size() <= kLongestId && IsPrintable(id) ? std::string(id) : NewRequestId();
  return caller;
}

absl::StatusOr<std::string> Gate::Authorize(const Credentials& credentials,
                                            const access::Peer& peer, access::Scope scope) {
  const bool operates = scope == access::Scope::kOperate;
  const std::string_view token = credentials.authorization;
  const bool clear = !credentials.encrypted && !peer.loopback;
  const bool ours = token.find(" pw_") != std::string_view::npos;
  // Without a token file other people's tokens, which a proxy may hand on, are none of ours.
  if (options_.tokens == nullptr && !(clear && ours)) {
    if (!operates || peer.loopback) return std::string();
    return Refuse("no-token", credentials, peer,
                  absl::PermissionDeniedError("operators must be on this machine: there is no "
                                              "token file (--token-file)"));
  }
  if (token.empty()) {
    if (!operates && !options_.require_read_token) return std::string();
    return Refuse("no-token", credentials, peer,
                  absl::UnauthenticatedError(fmt::format(
                      "a token with the scope {} is needed: authorization: Bearer pw_...",
                      access::NameOf(scope))));
  }
  const absl::Duration wait = failures_.Peek(peer.key, clock_.SteadyNow());
  constexpr std::string_view kScheme = "bearer ";
  const bool bearer =
      token.size() > kScheme.size() && token.size() <= kLongestToken &&
      absl::EqualsIgnoreCase({token.data(), kScheme.size()}, {kScheme.data(), kScheme.size()});
  std::shared_ptr<const access::Grant> grant;
  if (bearer && !clear) grant = options_.tokens->Find(token.substr(kScheme.size()));
  const bool expired = grant != nullptr && grant->expires <= absl::FromChrono(clock_.Now());
  if (grant != nullptr && !expired) {
    const bool needed = operates || options_.require_read_token;
    if (!needed || grant->Has(scope)) return grant->name;
    return Refuse("scope", credentials, peer,
                  absl::PermissionDeniedError(fmt::format("the token {} has not the scope {}",
                                                          grant->name, access::NameOf(scope))));
  }
  failures_.Take(peer.key, clock_.SteadyNow());
  if (wait > absl::ZeroDuration()) {
    return Refuse("failures", credentials, peer,
                  RetryAfter(absl::ResourceExhaustedError("too many bad tokens from there"), wait));
  }
  if (clear) {
    return Refuse("clear-text", credentials, peer,
                  absl::UnauthenticatedError(
                      "a token must not travel unencrypted: take this one out of use"));
  }
  if (expired) {
    return Refuse("expired", credentials, peer,
                  absl::UnauthenticatedError("the token has expired"));
  }
  return Refuse("bad-token", credentials, peer,
                absl::UnauthenticatedError("that is no token known here"));
}

absl::Status Gate::Refuse(const char* reason, const Credentials& credentials,
                          const access::Peer& peer, absl::Status status) {
  refused_.Add({{"reason", reason}}).Increment();
  // Who is told to slow down would otherwise fill the log instead.
  if (!absl::IsResourceExhausted(status)) {
    telemetry::Log(telemetry::Level::kWarning, "a caller was not let in",
                   {{"reason", reason}, {"peer", credentials.peer}, {"key", peer.key}});
  }
  return status;
}

std::string Gate::NewRequestId() {
  return fmt::format("{}-{}", id_prefix_, next_id_.fetch_add(1, std::memory_order_relaxed));
}

}  // namespace paperwire::serve
