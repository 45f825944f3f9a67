#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/tags/catalogue.h"
#include "paperwire/v1/feed_service.pb.h"
#include "services/serve/candidates.h"
#include "services/serve/fold.h"
#include "services/serve/search/word_filter.h"
#include "services/serve/snapshot.h"

namespace paperwire::serve {

// Whether a keyword of the card holds one of `folded`, word by word.
bool HasAnyKeyword(const ServedEntry& entry, std::span<const std::string> folded);

// What becomes of a tag that nobody here knows.
enum class UnknownTag : uint8_t {
  kRefused,
  // For what goes on with a token: it was known where that was given out, which may be a replica of
  // another version, or when there still was such a card.
  kMatchesNothing,
};

// A name, folded, and the letters that its words begin with.
struct AskedName {
  std::string name;
  uint32_t initials = 0;
};

// A checked EntryFilter. Immutable, thread-safe.
class Filter {
 public:
  // Tags are those of `catalogue`, and what else entries of `snapshot` carry: a later version may
  // have given them. InvalidArgument; the message begins with the field's path:
  // "filter.announced_from: …".
  static absl::StatusOr<Filter> Make(const v1::EntryFilter& filter,
                                     const tags::TagCatalogue& catalogue, const Snapshot& snapshot,
                                     UnknownTag unknown = UnknownTag::kRefused);

  // Where there are words, they must have been looked up.
  bool Matches(const ServedEntry& entry) const;

  // Looks the words up, if there are any: from then on only the entries of `index` may be asked
  // about, or only `entries`, which must be in it.
  void LookUpWords(const search::Index& index);
  void LookUpWords(const search::Index& index, std::span<const EntryPtr> entries);
  const search::WordFilter& words() const { return words_; }

  // What matches is among these, and is all of them where MatchesAll says so. `oldest` is the first
  // announcement date of the window.
  Candidates CandidatesIn(const Snapshot& snapshot, std::string_view oldest) const;
  bool MatchesAll(const Candidates& candidates) const {
    return candidates.meet_all() && only_facets_;
  }

 private:
  v1::EntryFilter filter_;
  search::WordFilter words_;
  // What was found when the words were looked up, in the order of the addresses.
  std::vector<const ServedEntry*> with_words_;
  std::vector<std::string> keywords_;
  absl::Time revised_since_ = absl::InfinitePast();
  std::vector<AskedName> authors_;
  // Nothing is asked for but what indexes answer.
  bool only_facets_ = false;
};

}  // namespace paperwire::serve
