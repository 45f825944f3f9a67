#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "libs/bus/record_task.h"

namespace paperwire::bus {

// Tasks on their way to a worker, in order; or, shared, to several of them, of whom no two have
// tasks of one key at a time. Thread-safe.
class Lane {
 public:
  explicit Lane(bool shared) : shared_(shared) {}

  void Put(TaskPtr task, bool first);
  void Put(std::vector<TaskPtr> tasks);

  // What a worker has next. `done` is what it had before; null at first. Null once `stop` is
  // requested and Wake was called.
  TaskPtr Take(const TaskPtr& done, const std::stop_token& stop);
  void Wake();

  // Tasks that workers have.
  int64_t at_work() const;
  // Those, and the ones that wait.
  int64_t size() const;
  // Of all of those; shared lanes only.
  std::set<std::string> keys() const;

 private:
  // The first that may be taken. Needs mutex_.
  std::deque<TaskPtr>::iterator Next();

  const bool shared_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<TaskPtr> tasks_;
  // Workers that wait, and nobody has woken yet.
  int64_t idle_ = 0;
  int64_t at_work_ = 0;
  std::multiset<std::string> taken_;
};

}  // namespace paperwire::bus
