#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/bus/message.h"
#include "libs/clock/clock.h"

namespace paperwire::bus {

// One stay of one partition with this member. A later stay of the same partition is another object,
// so what finishes late cannot be taken for the new stay's.
struct Assignment {
  TopicPartition partition;
  // What has not been started is to be dropped; what waits for a dependency gives up.
  std::atomic<bool> draining = false;
  // The partition is another's, or a drain has waited long enough: answers are dropped.
  std::stop_source abandoned;
  // Records that a worker has started and that are neither complete nor dropped.
  std::atomic<int> busy = 0;
};

struct Task;

// Tasks that are complete, for the thread that polls. Thread-safe.
class Inbox {
 public:
  void Put(std::shared_ptr<Task> task) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      tasks_.push_back(std::move(task));
      wake = tasks_.size() == wanted_;
    }
    if (wake) changed_.notify_all();
  }

  // Nobody takes any more: what is there, and what still comes, is dropped. Tasks know their inbox,
  // so that without this each would keep the other.
  void Close() {
    std::vector<std::shared_ptr<Task>> dropped;
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(tasks_);
  }

  // Everything there; waits for at most `timeout` while there are less than `wanted`.
  std::vector<std::shared_ptr<Task>> Take(std::chrono::milliseconds timeout, size_t wanted = 1) {
    std::unique_lock lock(mutex_);
    if (timeout.count() > 0) {
      wanted_ = wanted;
      changed_.wait_for(lock, timeout, [this] { return tasks_.size() >= wanted_; });
      wanted_ = 0;
    }
    return std::exchange(tasks_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  // At how many the thread that waits is woken; 0: none waits.
  size_t wanted_ = 0;
  std::vector<std::shared_ptr<Task>> tasks_;
};

// A record on its way through the subscriber. It is in one place at a time: the poll loop's, a
// lane's, or a delivery report's.
struct Task {
  Message message;
  // Shared: the poll loop, the worker and the delivery report all may be the last to need them.
  std::shared_ptr<Assignment> assignment;
  std::shared_ptr<Inbox> inbox;
  // The retry tier it was read from; -1: the topic itself.
  int tier = -1;
  // When its turn came.
  clock::SteadyTime received{};
  // It was in hand when the process died before.
  bool suspect = false;
  // Listed as in hand.
  bool in_hand = false;
  // Counted in assignment->busy.
  bool started = false;
  // Not OK: no handler sees it, it goes to the dead letters (or, with `divert_to_retry`, to the
  // next tier) with this class.
  absl::Status verdict;
  std::string verdict_class;
  bool divert_to_retry = false;
  // Its key's turn is not waited for: the one that has it is stuck.
  bool beside = false;
  // How often it was tried again because a dependency is down.
  int pauses = 0;
  // For a dependency, or outside.
  std::atomic<bool> waiting = false;
  // What becomes of it is decided and on its way to the broker.
  std::atomic<bool> decided = false;
  // Somebody else took it over.
  std::atomic<bool> abandoned = false;
};

using TaskPtr = std::shared_ptr<Task>;

}  // namespace paperwire::bus
