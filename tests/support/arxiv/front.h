#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "tests/support/arxiv/arxiv_stand_in.h"
#include "tests/support/arxiv/door.h"
#include "tests/support/arxiv/pages.h"

namespace paperwire::arxiv {

// What stands between the door and the pages: the records, the mischief, the CDN. Internal.
class ArxivStandIn::Front {
 public:
  Front(const World& world, const clock::Clock& clock, StandInOptions options);

  Delivery Answer(const http::Request& request, const std::string& target, int connection);
  // GET tells the state, POST changes it.
  http::Response Control(const http::Request& request);

  void RebuildFeeds();
  void Behave();
  absl::Time Now() const { return absl::FromChrono(clock_.Now()); }
  std::vector<Asked> Requests() const;
  void ForgetRequests();

  World world_;
  Mischief mischief_;

 private:
  http::Response Page(const Scene& scene, std::string_view endpoint);
  http::Response FromCdn(const Scene& scene);
  // Changes the records that the page behind `scene` began with.
  void ShiftToken(const Scene& scene);
  absl::Time Built(absl::Time now) const;
  void Record(Asked asked);
  // What is wrong with the order; empty when nothing is. May throw what nlohmann::json throws.
  std::string Apply(const std::string& text);

  const clock::Clock& clock_;
  const StandInOptions options_;
  std::atomic<int> at_work_{0};

  mutable std::mutex mutex_;
  std::vector<Asked> requests_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Time> rebuilt_ ABSL_GUARDED_BY(mutex_);
  struct Kept {
    http::Response response;
    absl::Time until;
  };
  std::map<std::string, Kept> cdn_ ABSL_GUARDED_BY(mutex_);

 public:
  // Last, so that it closes before what it asks goes.
  Door door_;
};

}  // namespace paperwire::arxiv
