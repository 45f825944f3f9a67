#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/tags/catalogue.h"
#include "paperwire/v1/feed_service.pb.h"
#include "services/serve/snapshot.h"

namespace paperwire::serve {

// `keyword` as keywords are compared: small letters, one space between words, each
// without the ending that the usual plural shares with the singular ("caches" and "cache": "cach").
std::string FoldKeyword(std::string_view keyword);
// Whether a keyword of the card holds one of `folded`, word by word.
bool HasAnyKeyword(const ServedEntry& entry, std::span<const std::string> folded);

// A checked EntryFilter. Immutable, thread-safe.
class Filter {
 public:
  // Tags are those of `catalogue`, and what else entries of `snapshot` carry: a later version may
  // have given them. InvalidArgument; the message begins with the field's path:
  // "filter.announced_from: …".
  static absl::StatusOr<Filter> Make(const v1::EntryFilter& filter,
                                     const tags::TagCatalogue& catalogue, const Snapshot& snapshot);

  bool Matches(const ServedEntry& entry) const;
  // Nothing is asked for: everything matches.
  bool empty() const { return empty_; }

 private:
  v1::EntryFilter filter_;
  std::vector<std::string> include_;
  std::vector<std::string> exclude_;
  std::vector<std::string> keywords_;
  absl::Time revised_since_ = absl::InfinitePast();
  bool empty_ = true;
};

}  // namespace paperwire::serve
