#include "services/serve/page_token.h"

#include <charconv>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"

namespace paperwire::serve {
namespace {

constexpr std::string_view kVersion = "1";
constexpr size_t kLongest = 512;
constexpr size_t kParts = 6;

bool ReadHex(std::string_view text, uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

uint64_t HashOf(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3u;
  }
  return hash;
}

std::string EncodeToken(const PageToken& token) {
  const std::string body = fmt::format("{}\n{}\n{}\n{}\n{:x}", kVersion, token.epoch,
                                       token.announced, token.arxiv_id, token.filter_hash);
  return absl::WebSafeBase64Escape(fmt::format("{}\n{:x}", body, HashOf(body)));
}

absl::StatusOr<PageToken> DecodeToken(std::string_view text) {
  const absl::Status refused = absl::InvalidArgumentError("not a page token of this service");
  std::string plain;
  if (text.size() > kLongest ||
      !absl::WebSafeBase64Unescape(absl::string_view(text.data(), text.size()), &plain)) {
    return refused;
  }
  const size_t last = plain.rfind('\n');
  if (last == std::string::npos) return refused;
  uint64_t checksum = 0;
  const std::string_view view(plain);
  if (!ReadHex(view.substr(last + 1), checksum) || checksum != HashOf(view.substr(0, last))) {
    return refused;
  }
  const std::vector<std::string> parts = absl::StrSplit(plain, '\n');
  PageToken token;
  if (parts.size() != kParts || parts[0] != kVersion || !ReadHex(parts[4], token.filter_hash)) {
    return refused;
  }
  token.epoch = parts[1];
  token.announced = parts[2];
  token.arxiv_id = parts[3];
  return token;
}

}  // namespace paperwire::serve
