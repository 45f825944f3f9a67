#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "libs/http/server.h"
#include "services/serve/feed.h"
#include "services/serve/pages.h"
#include "services/serve/requests.h"

namespace paperwire::serve {

// Sent with every answer over HTTP.
std::vector<std::pair<std::string, std::string>> SecurityHeaders();

// The page and what hangs on it, by path. Lists are made once for a snapshot and status and then
// shared. Thread-safe.
class Site {
 public:
  // All must outlive it.
  Site(const Feed& feed, const SnapshotHolder& snapshots, const StatusHolder& statuses,
       const FeedClock& feed_clock, RequestCounter& requests,
       const tags::TagCatalogue& catalogue = tags::Catalogue());

  http::Response Answer(const http::Request& request);

  // A page that says what went wrong; for the server's own answers, too.
  http::Response ErrorPage(int status, std::string_view reason) const;

 private:
  // A finished page and its entity tag.
  struct Made {
    std::shared_ptr<const std::string> html;
    std::string etag;
  };

  http::Response Route(const http::Request& request);
  http::Response Live(const http::Request& request);
  http::Response TaggedList(const http::Request& request, const PageFacts& facts, ListQuery query);
  http::Response ListPage(const http::Request& request, const PageFacts& facts, ListQuery query);
  http::Response Cached(const http::Request& request, const PageFacts& facts,
                        const std::string& key, const std::function<std::string()>& make);
  http::Response PaperPage(const PageFacts& facts, const std::string& id_text) const;
  http::Response StatusJson() const;
  http::Response AssetAt(const http::Request& request) const;

  const Feed& feed_;
  const SnapshotHolder& snapshots_;
  const StatusHolder& statuses_;
  const FeedClock& feed_clock_;
  RequestCounter& requests_;
  const tags::TagCatalogue& catalogue_;
  const Pages pages_;

  std::mutex mutex_;
  // What the cached pages were made from.
  SnapshotPtr cached_snapshot_ ABSL_GUARDED_BY(mutex_);
  StatusPtr cached_status_ ABSL_GUARDED_BY(mutex_);
  std::string cached_oldest_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Made> cache_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::serve
