#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/tags/catalogue.h"
#include "paperwire/v1/feed_service.pb.h"
#include "services/serve/feed_clock.h"
#include "services/serve/filter.h"
#include "services/serve/page_token.h"
#include "services/serve/payload.h"
#include "services/serve/snapshot_holder.h"
#include "services/serve/status.h"

namespace paperwire::serve {

// Answers every read from the current snapshot and status, whatever face asks. Thread-safe.
//
// Errors as feed_service.proto says; the message of an InvalidArgument begins with the field:
// "page_token: …".
class Feed {
 public:
  // All must outlive it.
  Feed(const SnapshotHolder& snapshots, const StatusHolder& statuses, const FeedClock& feed_clock,
       const tags::TagCatalogue& catalogue = tags::Catalogue())
      : snapshots_(snapshots),
        statuses_(statuses),
        feed_clock_(feed_clock),
        catalogue_(catalogue) {}

  // Serialized responses, made of what the snapshot holds.
  absl::StatusOr<Payload> ListPapers(const v1::ListPapersRequest& request) const;
  absl::StatusOr<Payload> GetPaper(const v1::GetPaperRequest& request) const;
  absl::StatusOr<Payload> BatchGetPapers(const v1::BatchGetPapersRequest& request) const;
  absl::StatusOr<Payload> SearchPapers(const v1::SearchPapersRequest& request) const;
  absl::StatusOr<Payload> RelatedPapers(const v1::RelatedPapersRequest& request) const;
  absl::StatusOr<v1::ListTagsResponse> ListTags() const;
  absl::StatusOr<v1::GetStatusResponse> GetStatus() const;

 private:
  absl::StatusOr<SnapshotPtr> Current() const;
  absl::StatusOr<Payload> List(const v1::ListPapersRequest& request, v1::EntryView view,
                               const Snapshot& snapshot, std::string_view oldest) const;
  absl::StatusOr<Payload> ListByRelevance(const v1::ListPapersRequest& request, v1::EntryView view,
                                          const Snapshot& snapshot) const;
  // With its words looked up in `snapshot`. `resumed`: the request goes on with a token that was
  // given for this filter.
  absl::StatusOr<Filter> FilterOf(const v1::EntryFilter& filter, const Snapshot& snapshot,
                                  bool resumed) const;
  // Empty: the first page. `listing` is the hash of filter and order.
  absl::StatusOr<PageToken> TokenOf(const v1::ListPapersRequest& request, const Snapshot& snapshot,
                                    uint64_t listing) const;

  const SnapshotHolder& snapshots_;
  const StatusHolder& statuses_;
  const FeedClock& feed_clock_;
  const tags::TagCatalogue& catalogue_;
};

// The arXiv id without its version. InvalidArgument: it is none; the message begins with `field`.
absl::StatusOr<std::string> CanonicalId(std::string_view field, const std::string& text);

}  // namespace paperwire::serve
