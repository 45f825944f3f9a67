#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "grpcpp/support/byte_buffer.h"
#include "libs/clock/clock.h"
#include "libs/tags/catalogue.h"
#include "paperwire/v1/feed_service.pb.h"
#include "services/serve/snapshot_holder.h"
#include "services/serve/watch/batch.h"
#include "services/serve/watch/metrics.h"
#include "services/serve/watch/stream.h"

namespace paperwire::serve::watch {

// A batch, and its events as gRPC sends them.
struct SharedBatch {
  Position from;
  // Of the snapshot that it is made of.
  window::Cursor snapshot;
  std::string oldest;
  Batch batch;
  std::vector<grpc::ByteBuffer> messages;
};

// Readers that watch the same: what one of them is to be told is made once for all that stand where
// it stands. Thread-safe.
class Group {
 public:
  explicit Group(Terms terms) : terms_hash_(terms.hash), terms_(std::move(terms)) {}

  // Of what the readers watch.
  uint64_t terms_hash() const { return terms_hash_; }
  std::shared_ptr<const SharedBatch> Next(const Snapshot& snapshot, const Position& from);

 private:
  // So that what follows `from` may be matched.
  void LookUpWords(const Snapshot& snapshot, const Position& from)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const uint64_t terms_hash_;
  std::mutex mutex_;
  Terms terms_ ABSL_GUARDED_BY(mutex_);
  // Where all papers with the words are known of; null: only of those looked at last.
  search::IndexPtr looked_up_ ABSL_GUARDED_BY(mutex_);
  // Made last, oldest first.
  std::vector<std::shared_ptr<const SharedBatch>> made_ ABSL_GUARDED_BY(mutex_);
};

// Makes what WatchPapers says. Thread-safe.
class Papers {
 public:
  struct Parts {
    const SnapshotHolder& snapshots;
    const clock::Clock& clock;
    Metrics& metrics;
    const tags::TagCatalogue& catalogue = tags::Catalogue();
  };

  // All parts must outlive it and what it makes.
  explicit Papers(const Parts& parts) : parts_(parts) {}

  // Errors as the table over WatchPapersRequest has them.
  absl::StatusOr<std::unique_ptr<Source>> Open(const v1::WatchPapersRequest& request);

 private:
  std::shared_ptr<Group> GroupOf(Terms terms);

  const Parts parts_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Group>> groups_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::serve::watch
