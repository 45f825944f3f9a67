#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_settings.h"
#include "tests/support/process.h"

namespace paperwire::support {

// A real Apache Kafka broker of the test's own, run by deploy/local/kafka. Not thread-safe, but for
// admin().
class KafkaProcess {
 public:
  // Starts a broker in a folder of its own and waits until it answers. FailedPrecondition: it
  // cannot run on this machine (no Java, artifacts that cannot be fetched), with the reason.
  static absl::StatusOr<std::unique_ptr<KafkaProcess>> Start() { return Start({}); }

  // What a listener asks of its clients.
  enum class Security { kNone, kTls, kMutualTls, kSasl };
  struct Options {
    // Listeners for all of Security, not for kNone alone.
    bool secured = false;
  };
  static absl::StatusOr<std::unique_ptr<KafkaProcess>> Start(Options options);

  // "127.0.0.1:PORT"; the same after every restart.
  const std::string& bootstrap() const { return bootstrap_; }
  // Of the broker that runs now.
  pid_t pid() const { return broker_->pid(); }
  // For clients of the test, with the short session time-out of the tests.
  const bus::KafkaSettings& settings() const { return settings_; }
  bus::KafkaAdmin& admin() { return *admin_; }
  // The same for a listener of a secured broker; with SASL, over PLAIN.
  bus::KafkaSettings settings(Security security) const;

  // All topics of events::Topics().
  absl::Status CreateTopics(int partitions);

  // The broker ends as after a power cut, or in order.
  void KillNow();
  absl::Status Stop();
  // Starts it again on the same data and port, without waiting for it.
  absl::Status Resume();
  // Waits until it answers metadata.
  absl::Status WaitUntilReady(std::chrono::milliseconds timeout);
  std::string Output() const { return broker_ ? broker_->Output() : ""; }

 private:
  explicit KafkaProcess(Options options) : options_(options) {}
  std::string data() const { return folder_.path() + "/data"; }

  const Options options_;
  TemporaryFolder folder_;
  std::string bootstrap_;
  bus::KafkaSettings settings_;
  std::unique_ptr<Process> broker_;
  std::unique_ptr<bus::KafkaAdmin> admin_;
};

// How long a killed member keeps its partitions in the tests.
inline constexpr std::chrono::seconds kSessionTimeout{6};

}  // namespace paperwire::support
