#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/clock/clock.h"

namespace paperwire::serve {

// What day it is for the feed: with `real`, the date in New York; with `data`, the newest
// announcement date on `batches`, and before any batch the newest on the papers. Thread-safe.
class FeedClock {
 public:
  // `clock` must outlive it.
  FeedClock(const clock::Clock& clock, bool data) : clock_(clock), data_(data) {}

  // What is no date, or one that is to come, changes nothing.
  void SawBatch(std::string_view announced);
  void SawPaper(std::string_view announced);

  // "YYYY-MM-DD"; empty with `data` before anything was seen.
  std::string Today() const;
  // The first announcement date of the window that ends today; empty where today is.
  std::string Oldest() const;
  // The newest date that there can be by this clock: the evening's batch bears the next day's.
  std::string Newest() const;
  // InvalidArgument: `announced` is to come, as far as this clock knows and whoever wrote the
  // record that bears it, which was at `written`: by more days than `ahead`.
  absl::Status CheckAnnounced(std::string_view announced, absl::Time written, int ahead = 1) const;
  absl::Time Now() const;
  bool data() const { return data_; }

 private:
  const clock::Clock& clock_;
  const bool data_;
  mutable std::mutex mutex_;
  std::string newest_batch_ ABSL_GUARDED_BY(mutex_);
  std::string newest_paper_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::serve
