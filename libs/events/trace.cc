#include "libs/events/trace.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace paperwire::events {
namespace {

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

std::string HashParts(std::initializer_list<std::string_view> parts, size_t bytes) {
  std::string text;
  for (const std::string_view part : parts) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());

  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (size_t i = 0; i < std::min(bytes, digest.size()); ++i) {
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
