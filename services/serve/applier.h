#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "libs/bus/follower.h"
#include "libs/window/window.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/serve/feed_clock.h"

namespace paperwire::serve {

// Asks the broker how many partitions the followed topics have, and where each begins.
using AskScope = std::function<absl::StatusOr<window::RebuildScope>()>;

// Takes `tagged` into the window. Not thread-safe: one follower calls it.
class Applier final : public bus::FollowerSink {
 public:
  // All must outlive it.
  Applier(window::Window& window, AskScope ask_scope, FeedClock& feed_clock,
          prometheus::Registry& metrics);

  absl::StatusOr<std::map<bus::TopicPartition, int64_t>> Start(
      const std::map<bus::TopicPartition, int64_t>& end_offsets) override;
  // InvalidArgument also for an announcement date that is to come.
  absl::Status Check(const bus::Message& message) override;
  // Aborted: the window has begun a new epoch; the follower starts anew.
  absl::StatusOr<int64_t> Apply(const bus::TopicPartition& partition, int64_t expected,
                                std::span<const Record> records) override;

 private:
  window::Window& window_;
  const AskScope ask_scope_;
  FeedClock& feed_clock_;
  prometheus::Family<prometheus::Counter>& applied_;
  std::string epoch_;
};

}  // namespace paperwire::serve
