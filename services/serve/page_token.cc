#include "services/serve/page_token.h"

#include <utility>
#include <vector>

#include "fmt/format.h"

namespace paperwire::serve {
namespace {

constexpr std::string_view kKind = "1";

}  // namespace

std::string EncodeToken(const PageToken& token) {
  return SealToken(kKind, {token.epoch, token.announced, token.arxiv_id,
                           fmt::format("{:x}", token.filter_hash)});
}

absl::StatusOr<PageToken> DecodeToken(std::string_view text) {
  auto parts = OpenToken(kKind, 4, text);
  if (!parts.ok()) return parts.status();
  PageToken token{.epoch = std::move((*parts)[0]),
                  .announced = std::move((*parts)[1]),
                  .arxiv_id = std::move((*parts)[2])};
  if (!ReadHex((*parts)[3], token.filter_hash)) {
    return absl::InvalidArgumentError("not a page token of this service");
  }
  return token;
}

}  // namespace paperwire::serve
