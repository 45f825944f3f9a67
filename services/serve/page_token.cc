#include "services/serve/page_token.h"

#include <utility>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace paperwire::serve {
namespace {

constexpr std::string_view kKind = "1";

}  // namespace

std::string EncodeToken(const PageToken& token) {
  return SealToken(kKind, {token.epoch, token.announced, token.arxiv_id,
                           fmt::format("{:x}", token.filter_hash)});
}

uint64_t HashOfAsked(std::string_view what, const v1::EntryFilter& filter) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    filter.SerializeToCodedStream(&coded);
  }
  bytes += '\n';
  bytes += what;
  return HashOf(bytes);
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
