#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::support {

// A reader of the feed over gRPC. Thread-safe.
class FeedClient {
 public:
  // "127.0.0.1:50051".
  explicit FeedClient(const std::string& address);
  ~FeedClient();

  // All pages of the list, in the order served.
  absl::StatusOr<std::vector<v1::Entry>> ListAll(v1::EntryView view = v1::ENTRY_VIEW_BASIC) {
    return List({}, view);
  }
  absl::StatusOr<std::vector<v1::Entry>> List(const v1::EntryFilter& filter,
                                              v1::EntryView view = v1::ENTRY_VIEW_BASIC);
  // How many entries the list says it has, from a page of one.
  absl::StatusOr<int> Count();
  absl::StatusOr<v1::Entry> Get(const std::string& arxiv_id);
  absl::StatusOr<v1::ListTagsResponse> Tags();
  absl::StatusOr<v1::GetStatusResponse> Status();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The ledger's figures, summed over the days of a status.
struct LedgerSum {
  int declared = 0, ingested = 0, summarized = 0, tagged = 0, served = 0;
  int pending = 0, dead_lettered = 0, missing = 0, excluded = 0;
  // Every day is.
  bool balanced = true;

  std::string ToString() const;
};
LedgerSum SumOf(const v1::GetStatusResponse& status);

}  // namespace paperwire::support
