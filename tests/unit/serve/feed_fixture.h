#pragma once

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/serve/feed.h"
#include "tests/unit/serve/entries.h"
#include "tests/unit/serve/parsed.h"

namespace paperwire::serve {

// A feed over a snapshot that the test loads, on a Tuesday at noon.
class FeedTest : public testing::Test {
 protected:
  FeedTest() { Load({}, "e1"); }

  void Load(const std::vector<v1::Entry>& entries, const std::string& epoch = "e1") {
    snapshots_.Swap(MakeSnapshot(entries, epoch), feed_clock_.Now());
  }
  absl::StatusOr<v1::ListPapersResponse> List(const v1::ListPapersRequest& request) const {
    return Parsed<v1::ListPapersResponse>(feed_.ListPapers(request));
  }
  std::vector<std::string> Matching(const v1::EntryFilter& filter) const {
    v1::ListPapersRequest request;
    *request.mutable_filter() = filter;
    const auto response = List(request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> ids;
    if (!response.ok()) return ids;
    for (const v1::Entry& entry : response->entries()) ids.push_back(entry.paper().arxiv_id());
    EXPECT_EQ(response->total_size(), static_cast<int>(ids.size()));
    return ids;
  }

  clock::FakeClock clock_{TuesdayNoon()};
  FeedClock feed_clock_{clock_, /*data=*/false};
  SnapshotHolder snapshots_;
  StatusHolder statuses_;
  Feed feed_{snapshots_, statuses_, feed_clock_};
};

// The message of an INVALID_ARGUMENT.
inline std::string Refused(const absl::Status& status) {
  return absl::IsInvalidArgument(status) ? std::string(status.message())
                                         : "not refused: " + status.ToString();
}

}  // namespace paperwire::serve
