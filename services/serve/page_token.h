#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "paperwire/v1/feed_service.pb.h"
#include "services/serve/sealed_token.h"

namespace paperwire::serve {

// Where a listing goes on. Opaque to readers, carries nothing secret; every replica reads it.
struct PageToken {
  std::string epoch;
  // The last entry given out.
  std::string announced;
  std::string arxiv_id;
  // Of the filter and order it belongs to.
  uint64_t filter_hash = 0;
};

// Url-safe.
std::string EncodeToken(const PageToken& token);

// Of what a token is bound to: the filter, and `what` stands beside it.
uint64_t HashOfAsked(std::string_view what, const v1::EntryFilter& filter);

// InvalidArgument: not a token of ours, or changed on the way.
absl::StatusOr<PageToken> DecodeToken(std::string_view text);

}  // namespace paperwire::serve
