#include "libs/access/token.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "fmt/format.h"

namespace paperwire::access {
namespace {

constexpr std::string_view kHashPrefix = "sha256:";
constexpr size_t kLongestName = 64;

// The next word of `line`, which it is taken from.
std::string_view TakeWord(std::string_view& line) {
  const size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) {
    line = {};
    return {};
  }
  line.remove_prefix(begin);
  const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
  line.remove_prefix(word.size());
  return word;
}

bool ParseHash(std::string_view text, TokenHash& hash) {
  if (!text.starts_with(kHashPrefix)) return false;
  text.remove_prefix(kHashPrefix.size());
  if (text.size() != 2 * hash.size() ||
      text.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return false;
  }
  const std::string bytes = absl::HexStringToBytes({text.data(), text.size()});
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return true;
}

absl::StatusOr<Grant> ParseGrant(std::string_view line) {
  Grant grant;
  grant.name = std::string(TakeWord(line));
  if (absl::Status status = CheckName(grant.name); !status.ok()) return status;
  auto scopes = ParseScopes(TakeWord(line));
  if (!scopes.ok()) return scopes.status();
  grant.scopes = *std::move(scopes);
  if (!ParseHash(TakeWord(line), grant.hash)) {
    return absl::InvalidArgumentError(
        "the third word must be sha256: and 64 hexadecimal digits, as `paperwire token new` "
        "prints them");
  }
  if (const std::string_view expiry = TakeWord(line); !expiry.empty()) {
    const auto expires = ParseExpiry(expiry);
    if (!expires.ok()) return expires.status();
    grant.expires = *expires;
  }
  if (!TakeWord(line).empty()) return absl::InvalidArgumentError("there is more than four words");
  return grant;
}

}  // namespace

std::string_view NameOf(Scope scope) { return scope == Scope::kRead ? "read" : "operate"; }

bool Grant::Has(Scope scope) const {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

std::string MakeToken() {
  std::array<unsigned char, 32> bytes{};
  // Without randomness there must be no token at all.
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
  std::string text =
      absl::WebSafeBase64Escape({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  text.resize(text.find_last_not_of('=') + 1);
  return "pw_" + text;
}

TokenHash HashOf(std::string_view token) {
  TokenHash hash{};
  unsigned int size = 0;
  if (EVP_Digest(token.data(), token.size(), hash.data(), &size, EVP_sha256(), nullptr) != 1) {
    std::abort();
  }
  return hash;
}

absl::StatusOr<std::vector<Scope>> ParseScopes(std::string_view text) {
  std::vector<Scope> scopes;
  for (;;) {
    const size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    if (word == "read") {
      scopes.push_back(Scope::kRead);
    } else if (word == "operate") {
      scopes.push_back(Scope::kOperate);
    } else {
      return absl::InvalidArgumentError(
          fmt::format("\"{}\" is no scope; allowed are read, operate and read,operate", word));
    }
    if (comma == std::string_view::npos) return scopes;
    text.remove_prefix(comma + 1);
  }
}

absl::StatusOr<absl::Time> ParseExpiry(std::string_view text) {
  const absl::string_view view(text.data(), text.size());
  absl::Time time;
  std::string error;
  if (absl::ParseTime("%Y-%m-%d", view, &time, &error) ||
      absl::ParseTime(absl::RFC3339_full, view, &time, &error)) {
    return time;
  }
  return absl::InvalidArgumentError(
      fmt::format("\"{}\" is no expiry; allowed are 2027-01-31 and 2027-01-31T12:00:00Z", text));
}

absl::Status CheckName(std::string_view name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (!name.empty() && name.size() <= kLongestName &&
      name.find_first_not_of(kAllowed) == std::string_view::npos) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "a token's name is 1 to 64 letters, digits, dots, dashes and underscores");
}

std::string LineOf(const Grant& grant) {
  std::string scopes;
  for (const Scope scope : grant.scopes) {
    if (!scopes.empty()) scopes += ',';
    scopes += NameOf(scope);
  }
  const std::string hash =
      absl::BytesToHexString({reinterpret_cast<const char*>(grant.hash.data()), grant.hash.size()});
  std::string line = fmt::format("{} {} {}{}", grant.name, scopes, kHashPrefix, hash);
  if (grant.expires != absl::InfiniteFuture()) {
    line += " " + absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", grant.expires, absl::UTCTimeZone());
  }
  return line;
}

absl::StatusOr<std::vector<Grant>> ParseGrants(std::string_view text) {
  std::vector<Grant> grants;
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    std::string_view rest = line;
    const std::string_view first = TakeWord(rest);
    if (first.empty() || first.front() == '#') continue;
    absl::StatusOr<Grant> grant = ParseGrant(line);
    if (!grant.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("line {}: {}", number, std::string(grant.status().message())));
    }
    for (const Grant& other : grants) {
      if (other.name == grant->name || other.hash == grant->hash) {
        return absl::InvalidArgumentError(
            fmt::format("line {}: its name or hash is that of an earlier line", number));
      }
    }
    grants.push_back(*std::move(grant));
  }
  return grants;
}

}  // namespace paperwire::access
