#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace paperwire::access {

// What a token opens.
enum class Scope : uint8_t {
  // The feed, over gRPC and HTTP.
  kRead,
  // The operator's methods.
  kOperate,
};
std::string_view NameOf(Scope scope);

using TokenHash = std::array<unsigned char, 32>;

// Whom a token stands for. The token itself is not kept, only its hash.
struct Grant {
  // Of whoever holds it; in logs, and what its calls are counted under.
  std::string name;
  std::vector<Scope> scopes;
  TokenHash hash{};
  // InfiniteFuture: never.
  absl::Time expires = absl::InfiniteFuture();

  bool Has(Scope scope) const;
};

// A new token of 256 random bits: "pw_" and 43 url-safe characters.
std::string MakeToken();

// SHA-256. One round is enough: a token is random, not chosen, so there is nothing to guess.
TokenHash HashOf(std::string_view token);

// Scopes as they are written: "read", "read,operate". InvalidArgument: names the wrong word.
absl::StatusOr<std::vector<Scope>> ParseScopes(std::string_view text);

// "2027-01-31" (the beginning of that day, UTC) or RFC 3339.
absl::StatusOr<absl::Time> ParseExpiry(std::string_view text);

// InvalidArgument: not 1–64 of letters, digits and . _ -
absl::Status CheckName(std::string_view name);

// A grant as a line of a token file, without the line's end:
// "name scope[,scope] sha256:hash [expires]".
std::string LineOf(const Grant& grant);

// The lines of a token file; empty ones and those that begin with # are passed over.
// InvalidArgument: names the line and what is wrong with it; a hash is never repeated in it.
absl::StatusOr<std::vector<Grant>> ParseGrants(std::string_view text);

}  // namespace paperwire::access
