#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "libs/window/ledger_store.h"
#include "paperwire/v1/feed_service.pb.h"
#include "services/serve/card_tally.h"
#include "services/serve/snapshot_holder.h"
#include "services/serve/subscribers.h"

namespace paperwire::serve {

using StatusPtr = std::shared_ptr<const v1::GetStatusResponse>;

struct StatusFacts {
  // Null: none yet.
  SnapshotPtr snapshot;
  SnapshotHolder::Freshness freshness;
  const window::LedgerContents& contents;
  // The accounts of the days, newest first.
  const std::vector<v1::LedgerDay>& days;
  // Of the snapshot.
  const CardTally& cards;
  // Not empty: the ledger could not be read or new papers do not come in, and why.
  std::string trouble;
  absl::Time now;
  // Since when ingest's cycles have been watched for.
  absl::Time watching_since = absl::InfiniteFuture();
  // First and last announcement date of the window: batches of later ones are not told of yet.
  std::string oldest;
  std::string newest;
  bool data_clock = false;
};

// How the feed is. Pure, thread-safe.
v1::GetStatusResponse BuildStatus(const StatusFacts& facts);

// Where the current status hangs. Thread-safe.
class StatusHolder {
 public:
  // Null before the first one.
  StatusPtr Get() const;
  // Keeps the one that is there when nothing but the snapshot's time differs, so that what was made
  // from it stays good.
  void Set(v1::GetStatusResponse status);

  // `call` is called whenever another one is set, by the thread that sets it.
  [[nodiscard]] Subscribers::Subscription Subscribe(std::function<void()> call) {
    return subscribers_.Subscribe(std::move(call));
  }

 private:
  mutable std::mutex mutex_;
  StatusPtr status_ ABSL_GUARDED_BY(mutex_);
  Subscribers subscribers_;
};

}  // namespace paperwire::serve
