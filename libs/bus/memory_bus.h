#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/bus/publisher.h"
#include "libs/bus/subscriber.h"
#include "libs/clock/clock.h"

namespace paperwire::bus {

// A broker in memory, for tests and for tools that need no broker: topics of one partition, groups
// with committed offsets. Thread-safe.
class MemoryBroker {
 public:
  MemoryBroker();
  ~MemoryBroker();

  // Appends; returns the offset.
  int64_t Append(Message message);
  // All records of a topic so far.
  std::vector<Message> Records(const std::string& topic) const;
  // The group's committed offset (0 when none).
  int64_t Committed(const std::string& group, const std::string& topic) const;

 private:
  friend class MemoryPublisher;
  friend class MemorySubscriber;
  struct State;
  std::unique_ptr<State> state_;
};

// Publishes into a MemoryBroker. Thread-safe.
class MemoryPublisher final : public Publisher {
 public:
  explicit MemoryPublisher(MemoryBroker& broker) : broker_(broker) {}

  // The next `times` records fail with `status` instead.
  void FailNext(absl::Status status, int times = 1);

  void Publish(Message message, Delivered delivered) override;
  absl::Status Flush(std::chrono::milliseconds timeout) override;

 private:
  MemoryBroker& broker_;
  std::mutex mutex_;
  absl::Status failure_;
  int failures_left_ = 0;
};

// Reads a topic of a MemoryBroker with the fates of fate.h, retry tiers and dead letters included.
// One record at a time; a stop abandons it at once, and only OK still counts.
class MemorySubscriber final : public Subscriber {
 public:
  struct Options {
    std::string topic;
    std::string group;
    std::string service;
    size_t max_record_bytes = 1u << 20;
    std::vector<std::pair<std::string, std::chrono::milliseconds>> retry;
    std::string dead_letter_topic;
  };

  MemorySubscriber(MemoryBroker& broker, Options options, Publisher& publisher,
                   const clock::Clock& clock);

  absl::Status Run(std::stop_token stop, const Handler& handler) override;

 private:
  // The next record that is due, of the topic itself before its retries.
  bool Next(Message& record, int& tier) const;
  // One try: OK when the record is complete, diverted or not.
  absl::Status HandleOnce(const Message& record, int tier, const Handler& handler,
                          const std::stop_token& stop);
  absl::Status Divert(const Message& record, int tier, const absl::Status& why,
                      std::string_view error_class);

  MemoryBroker& broker_;
  Options options_;
  Publisher& publisher_;
  const clock::Clock& clock_;
};

}  // namespace paperwire::bus
