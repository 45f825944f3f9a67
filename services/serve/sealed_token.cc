#include "services/serve/sealed_token.h"

#include <charconv>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"

namespace paperwire::serve {
namespace {

constexpr size_t kLongest = 512;

}  // namespace

std::string SealToken(std::string_view kind, std::initializer_list<std::string_view> parts) {
  std::string body(kind);
  for (const std::string_view part : parts) body.append("\n").append(part);
  return absl::WebSafeBase64Escape(fmt::format("{}\n{:x}", body, HashOf(body)));
}

absl::StatusOr<std::vector<std::string>> OpenToken(std::string_view kind, size_t count,
                                                   std::string_view token) {
  const absl::Status refused = absl::InvalidArgumentError("not a token of this service");
  std::string plain;
  if (token.size() > kLongest ||
      !absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &plain)) {
    return refused;
  }
  std::vector<std::string> parts = absl::StrSplit(plain, '\n');
  if (parts.size() != count + 2 || parts.front() != kind) return refused;
  const std::string_view body = std::string_view(plain).substr(0, plain.rfind('\n'));
  uint64_t checksum = 0;
  if (!ReadHex(parts.back(), checksum) || checksum != HashOf(body)) return refused;
  parts.pop_back();
  parts.erase(parts.begin());
  return parts;
}

bool ReadHex(std::string_view text, uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc() && end == text.data() + text.size();
}

uint64_t HashOf(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3u;
  }
  return hash;
}

}  // namespace paperwire::serve
