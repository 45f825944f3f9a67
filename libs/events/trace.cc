#include "libs/events/trace.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace paperwire::events {
namespace {

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Without the hash every event would have the same id.
void Require(bool works) {
  if (works) return;
  std::fputs("SHA-256 of OpenSSL does not work\n", stderr);
  std::abort();
}

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

std::string HashParts(std::initializer_list<std::string_view> parts, size_t bytes) {
  // Looking the algorithm up takes longer than a hash.
  static EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  struct Deleter {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  thread_local std::unique_ptr<EVP_MD_CTX, Deleter> context(EVP_MD_CTX_new());
  Require(kSha256 != nullptr && context != nullptr);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  bool works = EVP_DigestInit_ex2(context.get(), kSha256, nullptr) == 1;
  for (const std::string_view part : parts) {
    char length[24];
    char* const end = std::to_chars(length, length + sizeof(length) - 1, part.size()).ptr;
    *end = ':';
    works = works &&
            EVP_DigestUpdate(context.get(), length, static_cast<size_t>(end + 1 - length)) == 1 &&
            EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  Require(works && EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1);

  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes);
  for (size_t i = 0; i < std::min<size_t>(bytes, size); ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

bool IsTraceparent(std::string_view text) {
  if (text.size() != 55 || text.substr(0, 3) != "00-" || text[35] != '-' || text[52] != '-') {
    return false;
  }
  const std::string_view trace = text.substr(3, 32);
  const std::string_view span = text.substr(36, 16);
  return IsHex(trace) && IsHex(span) && IsHex(text.substr(53)) && !IsZero(trace) && !IsZero(span);
}

std::string Traceparent(std::string_view event_id, std::string_view cause) {
  const std::string span = HashParts({"span", event_id, cause}, 8);
  if (IsTraceparent(cause)) {
    return "00-" + std::string(cause.substr(3, 32)) + "-" + span + "-" +
           std::string(cause.substr(53, 2));
  }
  return "00-" + HashParts({"trace", event_id}, 16) + "-" + span + "-01";
}

}  // namespace paperwire::events
