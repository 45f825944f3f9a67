#include "libs/bus/lane.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace paperwire::bus {

void Lane::Put(TaskPtr task, bool first) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (first) {
      tasks_.push_front(std::move(task));
    } else {
      tasks_.push_back(std::move(task));
    }
    wake = idle_ > 0;
    if (wake) --idle_;
  }
  if (wake) changed_.notify_one();
}

void Lane::Put(std::vector<TaskPtr> tasks) {
  int64_t wake = 0;
  {
    const std::lock_guard lock(mutex_);
    wake = std::min(idle_, static_cast<int64_t>(tasks.size()));
    idle_ -= wake;
    std::move(tasks.begin(), tasks.end(), std::back_inserter(tasks_));
  }
  for (; wake > 0; --wake) changed_.notify_one();
}

std::deque<TaskPtr>::iterator Lane::Next() {
  if (!shared_) return tasks_.begin();
  return std::find_if(tasks_.begin(), tasks_.end(), [this](const TaskPtr& task) {
    return task->beside || !taken_.contains(task->message.key);
  });
}

TaskPtr Lane::Take(const TaskPtr& done, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (done != nullptr) {
    --at_work_;
    if (shared_) taken_.erase(taken_.find(done->message.key));
  }
  while (!stop.stop_requested()) {
    const auto next = Next();
    if (next == tasks_.end()) {
      ++idle_;
      changed_.wait(lock);
      continue;
    }
    TaskPtr task = std::move(*next);
    tasks_.erase(next);
    ++at_work_;
    if (shared_) taken_.insert(task->message.key);
    return task;
  }
  return nullptr;
}

void Lane::Wake() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

int64_t Lane::at_work() const {
  const std::lock_guard lock(mutex_);
  return at_work_;
}

int64_t Lane::size() const {
  const std::lock_guard lock(mutex_);
  return at_work_ + static_cast<int64_t>(tasks_.size());
}

std::set<std::string> Lane::keys() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> keys(taken_.begin(), taken_.end());
  for (const TaskPtr& task : tasks_) keys.insert(task->message.key);
  return keys;
}

}  // namespace paperwire::bus
