#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "libs/bus/bus_metrics.h"
#include "libs/bus/failed_record.h"
#include "libs/bus/hand.h"
#include "libs/bus/lane.h"
#include "libs/bus/publisher.h"
#include "libs/bus/record_task.h"
#include "libs/bus/subscriber.h"
#include "libs/clock/clock.h"

namespace paperwire::bus {

// The workers of a subscriber. Each record goes through the lane of its key, or to any worker while
// no other has its key, so records of one key are handled in order; what the handler answers is
// carried out here (fate.h). Thread-safe.
class RecordLanes {
 public:
  struct Options {
    std::string service;
    int workers = 1;
    // All workers take from one lane. For handlers that take seconds: lanes by key would leave
    // some workers idle while records wait for others.
    bool any_worker = false;
    size_t max_record_bytes = 1u << 20;
    // Retry topics and how long each waits.
    std::vector<std::pair<std::string, std::chrono::milliseconds>> retry;
    std::string dead_letter_topic;
    std::chrono::milliseconds pause_min{200};
    std::chrono::milliseconds pause_max{10000};
  };

  // All references must outlive it. `stopped` is called when a record's fate is kStop.
  RecordLanes(Options options, Publisher& publisher, Hand& hand, BusMetrics& metrics,
              const clock::Clock& clock, Subscriber::Handler handler,
              std::function<void(absl::Status)> stopped);
  // Ends the workers, once what they handle has returned; what is queued is dropped.
  ~RecordLanes();

  // In their order; takes them.
  void Submit(std::vector<TaskPtr> tasks);
  // Into another lane than the record's own, for one that is stuck there.
  void SubmitBeside(const TaskPtr& task);

  bool any_worker() const { return options_.any_worker; }
  // With any_worker: how many more workers would have something to do, and the keys of what is
  // here already, of which another would have to wait.
  int64_t Room() const;
  std::set<std::string> Keys() const;
  // Records that workers have.
  int64_t AtWork() const;

  // Why records are being tried again at the moment; empty when none is.
  std::string Trouble() const;

 private:
  class Try;
  // What a delivery report needs; it may come when the lanes are gone.
  struct Shared {
    std::vector<std::unique_ptr<Lane>> lanes;
    Lane& LaneOf(const Task& task) const;
    void Put(const TaskPtr& task, bool first);
    void Complete(TaskPtr task);
    void TryAgain(const TaskPtr& task, const absl::Status& why);
    mutable std::mutex trouble_mutex;
    std::string trouble;
    int pausing = 0;
    void StartPausing(const TaskPtr& task, const std::string& why);
    void EndPausing(const TaskPtr& task);
  };

  void Work(Lane& lane, const std::stop_token& stop);
  void Handle(const TaskPtr& task, const std::stop_token& stop);
  absl::Status CallHandler(const TaskPtr& task, std::vector<Message>& emit,
                           const std::stop_token& stop);
  enum class Turn { kNow, kLater, kNever };
  // kLater: a suspect is in hand, which may stand behind the task in its lane.
  Turn WaitForDependency(const TaskPtr& task, const std::stop_token& stop);
  void Emit(const TaskPtr& task, std::vector<Message> emit);
  static void Emitted(const std::shared_ptr<Shared>& shared, TaskPtr task, absl::Status status);
  void Retry(const TaskPtr& task, const absl::Status& why, std::string_view error_class);
  void DeadLetter(const TaskPtr& task, const absl::Status& why, std::string_view error_class);
  void Divert(const TaskPtr& task, Message failed);
  // Out of hand while it only waits, and in again; false: not while a suspect is in hand.
  void PutAside(Task& task);
  bool TakeAgain(Task& task);
  // The partition was released while the hand was told of the record.
  void PutDownIfReleased(const Task& task);
  void PutDown(const TaskPtr& task);
  void Drop(const TaskPtr& task);

  const Options options_;
  Publisher& publisher_;
  Hand& hand_;
  BusMetrics& metrics_;
  const clock::Clock& clock_;
  const Subscriber::Handler handler_;
  const std::function<void(absl::Status)> stopped_;
  const std::shared_ptr<Shared> shared_;
  std::vector<std::jthread> workers_;
};

}  // namespace paperwire::bus
