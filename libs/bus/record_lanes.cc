#include "libs/bus/record_lanes.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <random>
#include <utility>

#include "libs/bus/fate.h"
#include "libs/telemetry/log.h"

namespace paperwire::bus {
namespace {

// In slices of this a record that waits notices that it is no longer ours.
constexpr std::chrono::milliseconds kSlice{50};

// 200 ms, 400 ms, … up to `max`, each shortened by up to a half so that workers spread out.
std::chrono::milliseconds BackOff(int pauses, std::chrono::milliseconds min,
                                  std::chrono::milliseconds max) {
  thread_local std::minstd_rand random{std::random_device{}()};
  auto delay = min;
  for (int i = 1; i < pauses && delay < max; ++i) delay *= 2;
  delay = std::min(delay, max);
  std::uniform_int_distribution<int64_t> spread(delay.count() / 2, delay.count());
  return std::chrono::milliseconds(spread(random));
}

void LogRecord(telemetry::Level level, std::string_view what, const Message& message,
               const absl::Status& why) {
  telemetry::Log(level, what,
                 {{"paper", message.key},
                  {"traceparent", message.FindHeader("traceparent")},
                  {"topic", message.topic},
                  {"partition", static_cast<int>(message.partition)},
                  {"offset", message.offset},
                  {"error", why}});
}

}  // namespace

class RecordLanes::Try final : public Attempt {
 public:
  Try(RecordLanes& lanes, const TaskPtr& task, const std::stop_token& stop)
      : lanes_(lanes), task_(*task), abandoned_(task->assignment->abandoned), stop_(stop) {}

  std::stop_token abandoned() const override { return abandoned_.get_token(); }
  std::stop_token ending() const override { return stop_; }

  void Outside(const std::function<void()>& wait) override {
    Leave();
    try {
      wait();
    } catch (...) {
      ComeBack();
      throw;
    }
    ComeBack();
  }

 private:
  void Leave() {
    if (!abandoned_.stop_requested()) lanes_.PutAside(task_);
  }

  void ComeBack() {
    while (!abandoned_.stop_requested() && !lanes_.TakeAgain(task_)) {
      // A suspect is in hand.
      if (!lanes_.clock_.SleepFor(kSlice, stop_)) return;
    }
  }

  RecordLanes& lanes_;
  Task& task_;
  const std::stop_source& abandoned_;
  const std::stop_token stop_;
};

Lane& RecordLanes::Shared::LaneOf(const Task& task) const {
  return *lanes[(std::hash<std::string>{}(task.message.key) + (task.beside ? 1 : 0)) %
                lanes.size()];
}

void RecordLanes::Shared::Put(const TaskPtr& task, bool first) { LaneOf(*task).Put(task, first); }

void RecordLanes::Shared::Complete(TaskPtr task) {
  EndPausing(task);
  // The task may be gone once it is in the inbox.
  const std::shared_ptr<Assignment> assignment = task->assignment;
  const std::shared_ptr<Inbox> inbox = task->inbox;
  inbox->Put(std::move(task));
  // In this order: who sees nothing busy finds everything in the inbox.
  --assignment->busy;
}

void RecordLanes::Shared::TryAgain(const TaskPtr& task, const absl::Status& why) {
  task->decided = false;
  StartPausing(task, why.ToString());
  Put(task, /*first=*/true);
}

void RecordLanes::Shared::StartPausing(const TaskPtr& task, const std::string& why) {
  const std::lock_guard lock(trouble_mutex);
  if (task->pauses++ == 0) ++pausing;
  trouble = why;
}

void RecordLanes::Shared::EndPausing(const TaskPtr& task) {
  // The task's own: whoever has it is alone with it.
  if (task->pauses == 0) return;
  task->pauses = 0;
  const std::lock_guard lock(trouble_mutex);
  if (--pausing == 0) trouble.clear();
}

RecordLanes::RecordLanes(Options options, Publisher& publisher, Hand& hand, BusMetrics& metrics,
                         const clock::Clock& clock, Subscriber::Handler handler,
                         std::function<void(absl::Status)> stopped)
    : options_(std::move(options)),
      publisher_(publisher),
      hand_(hand),
      metrics_(metrics),
      clock_(clock),
      handler_(std::move(handler)),
      stopped_(std::move(stopped)),
      shared_(std::make_shared<Shared>()) {
  const auto workers = static_cast<size_t>(std::max(1, options_.workers));
  for (size_t i = 0; i < (options_.any_worker ? 1 : workers); ++i) {
    shared_->lanes.push_back(std::make_unique<Lane>(options_.any_worker));
  }
  for (size_t i = 0; i < workers; ++i) {
    Lane& lane = *shared_->lanes[i % shared_->lanes.size()];
    workers_.emplace_back([this, &lane](const std::stop_token& stop) { Work(lane, stop); });
  }
}

RecordLanes::~RecordLanes() {
  for (std::jthread& worker : workers_) worker.request_stop();
  for (const auto& lane : shared_->lanes) lane->Wake();
}

void RecordLanes::Submit(std::vector<TaskPtr> tasks) {
  // One lane after the other, so that each is locked and woken once.
  std::vector<std::vector<TaskPtr>> shares(shared_->lanes.size());
  for (TaskPtr& task : tasks) {
    const size_t lane = std::hash<std::string>{}(task->message.key) % shares.size();
    shares[lane].push_back(std::move(task));
  }
  for (size_t i = 0; i < shares.size(); ++i) {
    if (!shares[i].empty()) shared_->lanes[i]->Put(std::move(shares[i]));
  }
}

void RecordLanes::SubmitBeside(const TaskPtr& task) {
  task->beside = true;
  shared_->Put(task, /*first=*/true);
}

int64_t RecordLanes::Room() const {
  return static_cast<int64_t>(workers_.size()) - shared_->lanes.front()->size();
}

std::set<std::string> RecordLanes::Keys() const { return shared_->lanes.front()->keys(); }

int64_t RecordLanes::AtWork() const {
  int64_t at_work = 0;
  for (const auto& lane : shared_->lanes) at_work += lane->at_work();
  return at_work;
}

std::string RecordLanes::Trouble() const {
  const std::lock_guard lock(shared_->trouble_mutex);
  return shared_->trouble;
}

void RecordLanes::Work(Lane& lane, const std::stop_token& stop) {
  TaskPtr task;
  while ((task = lane.Take(task, stop)) != nullptr) {
    if (!task->started) {
      task->started = true;
      ++task->assignment->busy;
    }
    Handle(task, stop);
  }
}

void RecordLanes::Handle(const TaskPtr& task, const std::stop_token& stop) {
  const Message& message = task->message;
  while (true) {
    const Turn turn = task->pauses > 0 ? WaitForDependency(task, stop) : Turn::kNow;
    if (turn == Turn::kNever) return Drop(task);
    if (turn == Turn::kLater) return shared_->Put(task, /*first=*/false);
    if (task->assignment->draining || task->abandoned) return Drop(task);
    if (!task->verdict.ok()) {
      if (task->divert_to_retry) return Retry(task, task->verdict, task->verdict_class);
      return DeadLetter(task, task->verdict, task->verdict_class);
    }
    std::string_view error_class;
    const absl::Status fit = CheckRecord(message, options_.max_record_bytes, error_class);
    if (!fit.ok()) return DeadLetter(task, fit, error_class);

    std::vector<Message> emit;
    const clock::SteadyTime start = clock_.SteadyNow();
    const absl::Status status = CallHandler(task, emit, stop);
    metrics_.ObserveHandling(std::chrono::duration<double>(clock_.SteadyNow() - start).count());
    if (task->assignment->abandoned.stop_requested()) {
      metrics_.CountRecord(message.topic, "abandoned");
      return Drop(task);
    }

    switch (FateOf(status)) {
      case Fate::kComplete:
        return Emit(task, std::move(emit));
      case Fate::kDeadLetter:
        return DeadLetter(task, status, ClassOf(status));
      case Fate::kRetry:
        return Retry(task, status, "");
      case Fate::kPause:
        metrics_.CountRecord(message.topic, "pause");
        if (task->pauses == 0) {
          LogRecord(telemetry::Level::kWarning, "dependency down, waiting", message, status);
        }
        shared_->StartPausing(task, status.ToString());
        continue;
      case Fate::kStop:
        metrics_.CountRecord(message.topic, "stop");
        LogRecord(telemetry::Level::kError, "stopping on this record", message, status);
        hand_.Keep(task->assignment->partition, message.offset);
        stopped_(status);
        return Drop(task);
    }
  }
}

absl::Status RecordLanes::CallHandler(const TaskPtr& task, std::vector<Message>& emit,
                                      const std::stop_token& stop) {
  Try attempt(*this, task, stop);
  // An exception is a fault of ours that another try may get around.
  try {
    return handler_(task->message, emit, attempt);
  } catch (const std::exception& error) {
    return absl::AbortedError(std::string("exception: ") + error.what());
  } catch (...) {
    return absl::AbortedError("unknown exception");
  }
}

RecordLanes::Turn RecordLanes::WaitForDependency(const TaskPtr& task, const std::stop_token& stop) {
  if (task->assignment->draining || task->abandoned) return Turn::kNever;
  PutAside(*task);
  auto left = BackOff(task->pauses, options_.pause_min, options_.pause_max);
  while (left.count() > 0) {
    if (task->assignment->draining || task->abandoned) return Turn::kNever;
    const auto slice = std::min(left, kSlice);
    if (!clock_.SleepFor(slice, stop)) return Turn::kNever;
    left -= slice;
  }
  return TakeAgain(*task) ? Turn::kNow : Turn::kLater;
}

void RecordLanes::PutAside(Task& task) {
  task.waiting = true;
  hand_.Wait(task.assignment->partition, task.message.offset);
  PutDownIfReleased(task);
}

bool RecordLanes::TakeAgain(Task& task) {
  if (!hand_.TakeAgain(task.assignment->partition, task.message.offset)) return false;
  task.waiting = false;
  task.in_hand = true;
  PutDownIfReleased(task);
  return true;
}

void RecordLanes::PutDownIfReleased(const Task& task) {
  if (!task.assignment->abandoned.stop_requested()) return;
  hand_.PutDown(task.assignment->partition, task.message.offset);
}

void RecordLanes::PutDown(const TaskPtr& task) {
  const TopicPartition& partition = task->assignment->partition;
  // One that is given up as a crash loop stays a suspect until its dead letter is delivered.
  if (task->suspect && task->verdict.ok()) {
    hand_.Forget(partition, task->message.offset);
    task->suspect = false;
  }
  hand_.PutDown(partition, task->message.offset);
  task->in_hand = false;
}

void RecordLanes::Drop(const TaskPtr& task) {
  shared_->EndPausing(task);
  // What is abandoned has been released; the same record may be in hand anew.
  if (!task->assignment->abandoned.stop_requested()) {
    hand_.PutDown(task->assignment->partition, task->message.offset);
  }
  --task->assignment->busy;
}

void RecordLanes::Emit(const TaskPtr& task, std::vector<Message> emit) {
  metrics_.CountRecord(task->message.topic, "complete");
  if (emit.empty()) {
    PutDown(task);
    return shared_->Complete(task);
  }
  // The handler is done with it: from here on a death of the process is none of its doing.
  task->decided = true;
  PutDown(task);
  if (emit.size() == 1) {
    publisher_.Publish(std::move(emit.front()),
                       [task = TaskPtr(task), shared = shared_](absl::Status status) mutable {
                         Emitted(shared, std::move(task), std::move(status));
                       });
    return;
  }
  struct Emission {
    std::atomic<size_t> left;
    std::mutex mutex;
    absl::Status worst;
  };
  auto emission = std::make_shared<Emission>();
  emission->left = emit.size();
  for (Message& message : emit) {
    publisher_.Publish(std::move(message),
                       [task, emission, shared = shared_](const absl::Status& status) {
                         if (!status.ok()) {
                           const std::lock_guard lock(emission->mutex);
                           if (emission->worst.ok() || absl::IsInvalidArgument(status))
                             emission->worst = status;
                         }
                         if (--emission->left == 0) Emitted(shared, task, emission->worst);
                       });
  }
}

void RecordLanes::Emitted(const std::shared_ptr<Shared>& shared, TaskPtr task,
                          absl::Status status) {
  if (status.ok()) {
    shared->Complete(std::move(task));
  } else if (absl::IsInvalidArgument(status)) {
    // What the handler made of it can never be written; the worker dead-letters it.
    task->verdict = std::move(status);
    task->verdict_class = kClassInvalid;
    shared->Put(task, /*first=*/true);
  } else {
    shared->TryAgain(task, status);
  }
}

void RecordLanes::Retry(const TaskPtr& task, const absl::Status& why,
                        std::string_view error_class) {
  const size_t next = static_cast<size_t>(task->tier) + 1;
  if (next >= options_.retry.size()) {
    return DeadLetter(task, why, error_class.empty() ? kClassExhausted : error_class);
  }
  const auto& [topic, delay] = options_.retry[next];
  LogRecord(telemetry::Level::kWarning, "record to be retried", task->message, why);
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Now().time_since_epoch());
  // While it is tried again its class is what the handler said, in the status code's words.
  const std::string shown =
      error_class.empty() ? absl::StatusCodeToString(why.code()) : std::string(error_class);
  Message failed = FailedRecord(task->message, topic, {shown, why.ToString(), options_.service},
                                (now + delay).count());
  metrics_.CountRecord(task->message.topic, "retry");
  metrics_.CountRetry(task->message.topic, topic);
  Divert(task, std::move(failed));
}

void RecordLanes::DeadLetter(const TaskPtr& task, const absl::Status& why,
                             std::string_view error_class) {
  const std::string name(error_class);
  LogRecord(telemetry::Level::kWarning, "record to the dead letters", task->message, why);
  Message failed = FailedRecord(task->message, options_.dead_letter_topic,
                                {name, why.ToString(), options_.service}, std::nullopt);
  metrics_.CountRecord(task->message.topic, "dead_letter");
  metrics_.CountDeadLetter(task->message.topic, name);
  Divert(task, std::move(failed));
}

void RecordLanes::Divert(const TaskPtr& task, Message failed) {
  task->decided = true;
  PutDown(task);
  publisher_.Publish(std::move(failed), [task, shared = shared_](const absl::Status& status) {
    if (status.ok()) {
      shared->Complete(task);
    } else {
      shared->TryAgain(task, status);
    }
  });
}

}  // namespace paperwire::bus
