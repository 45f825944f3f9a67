#include "libs/llm/endpoint.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

#include "libs/http/url_policy.h"

namespace paperwire::llm {

std::string Endpoint::Name() const {
  const auto url = http::ParseUrl(base_url);
  if (!url.ok()) return model;
  return fmt::format("{}/{}", url->HasDefaultPort() ? url->host : url->Authority(), model);
}

std::string Endpoint::Key() const {
  const std::string text = base_url + '\n' + model;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hex;
  for (size_t i = 0; i < 8; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace paperwire::llm
