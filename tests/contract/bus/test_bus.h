#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "libs/bus/crash_markers.h"
#include "libs/bus/kafka_publisher.h"
#include "libs/bus/kafka_settings.h"
#include "libs/bus/memory_bus.h"
#include "libs/bus/publisher.h"
#include "libs/bus/subscriber.h"
#include "libs/clock/clock.h"
#include "libs/telemetry/health.h"
#include "prometheus/registry.h"

namespace paperwire::bus {

// A Kafka that tests reach: librdkafka's mock cluster in this process, or a real one.
class TestKafka {
 public:
  virtual ~TestKafka() = default;
  virtual KafkaSettings settings() const = 0;
  virtual void CreateTopic(const std::string& name, int partitions) = 0;
  // Mock only: no broker answers until it is up again.
  virtual void SetDown(bool down) = 0;
  // Mock only: the next offset commits are refused.
  virtual void RefuseCommits(int) {}
};

// One for the whole program, because joining a group takes seconds. Its settings have the shortest
// session time-out.
TestKafka& MockKafka();
// The one named by PAPERWIRE_TEST_KAFKA; null when that is not set.
TestKafka* RealKafka();

// A name that no other test uses.
std::string UniqueName(const std::string& what);

// Waits for `condition`, asking every 10 ms; false after a minute.
bool WaitFor(const std::function<bool()>& condition);

// What a subscriber under test reads.
struct Input {
  std::string topic;
  std::string group;
  int workers = 2;
  bool any_worker = false;
  std::function<bool()> gate = nullptr;
  bool pauses_show = true;
  std::chrono::milliseconds ask_waiting{0};
  std::vector<std::chrono::milliseconds> retry_delays;
  size_t max_record_bytes = 1u << 20;
  std::chrono::milliseconds drain_timeout{5000};
  CrashMarkers* markers = nullptr;

  std::string retry_topic(size_t tier) const { return topic + ".retry." + std::to_string(tier); }
  std::string dead_letter_topic() const { return topic + ".dlq"; }
};

// Everything a subscriber is given, and the topics around it, on one kind of bus.
class TestBus {
 public:
  virtual ~TestBus() = default;

  // Topic, retry tiers, dead letters, and an output topic "<topic>.out".
  virtual Input NewInput(std::vector<std::chrono::milliseconds> retry_delays) = 0;
  virtual std::unique_ptr<Publisher> NewPublisher() = 0;
  virtual std::unique_ptr<Subscriber> NewSubscriber(const Input& input, Publisher& publisher) = 0;
  virtual std::vector<Message> Records(const std::string& topic) = 0;
  // Sum of the committed offsets of the topic's partitions.
  virtual int64_t Committed(const std::string& group, const std::string& topic) = 0;

  telemetry::Health& health() { return health_; }
  const std::shared_ptr<prometheus::Registry>& metrics() { return metrics_; }

 protected:
  clock::SystemClock clock_;
  telemetry::Health health_;
  std::shared_ptr<prometheus::Registry> metrics_ = std::make_shared<prometheus::Registry>();
};

std::unique_ptr<TestBus> NewMemoryBus();
std::unique_ptr<TestBus> NewKafkaBus(TestKafka& kafka);

// A subscriber running on a thread of its own until it goes out of scope.
class Running {
 public:
  Running(std::unique_ptr<Subscriber> subscriber, Subscriber::Handler handler);
  ~Running();
  // Asks it to stop and returns what Run returned.
  absl::Status Stop();
  // Waits for Run to return by itself.
  absl::Status Join();

 private:
  std::unique_ptr<Subscriber> subscriber_;
  Subscriber::Handler handler_;
  absl::Status status_;
  std::jthread thread_;
};

}  // namespace paperwire::bus
