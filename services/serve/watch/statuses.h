#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/serve/feed.h"
#include "services/serve/status.h"
#include "services/serve/watch/metrics.h"
#include "services/serve/watch/stream.h"

namespace paperwire::serve::watch {

// Makes what WatchStatus says, once for all who watch. Thread-safe.
class Statuses {
 public:
  // All must outlive it and what it makes.
  Statuses(const Feed& feed, const StatusHolder& holder, Metrics& metrics)
      : feed_(feed), holder_(holder), metrics_(metrics) {}

  // Unavailable: there is no status yet.
  absl::StatusOr<std::unique_ptr<Source>> Open();

  struct Said {
    // Without the snapshot's time, by which alone two do not differ.
    std::string text;
    grpc::ByteBuffer message;
  };
  // The same one as long as nothing differs. Null: there is no status.
  std::shared_ptr<const Said> Current();

 private:
  const Feed& feed_;
  const StatusHolder& holder_;
  Metrics& metrics_;
  std::mutex mutex_;
  StatusPtr made_of_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Said> said_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::serve::watch
