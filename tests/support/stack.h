#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/bus/message.h"
#include "libs/bus/publisher.h"
#include "libs/redis/client.h"
#include "tests/support/checker.h"
#include "tests/support/feed_client.h"
#include "tests/support/http_get.h"
#include "tests/support/kafka_process.h"
#include "tests/support/process.h"

namespace paperwire::support {

// The real programs on a real Kafka and a real Redis of their own, on free ports of 127.0.0.1, on
// the feed's clock. Services are named "summarize", "classify", "serve" and "serve-2"; ingest is
// run a cycle at a time. Not thread-safe: used from the test's main thread, but for feed() and
// what it returns.
class Stack {
 public:
  struct Options {
    int partitions = 12;
    int serve_replicas = 1;
    // Of all services: "debug", "info".
    std::string log_level = "info";
    // Of serve: "data", "real".
    std::string feed_clock = "data";
  };

  // Kafka with all topics, and Redis; no service yet. FailedPrecondition: this machine cannot run
  // them, with the reason.
  static absl::StatusOr<std::unique_ptr<Stack>> Start(Options options);
  ~Stack();

  KafkaProcess& kafka() { return *kafka_; }
  // Redis ends as after a power cut, or in order; and starts again on the same data and port.
  void KillRedis() { redis_->KillNow(); }
  absl::Status StopRedis();
  absl::Status ResumeRedis();
  // Where its data is.
  std::string redis_folder() const { return folder_.path() + "/redis"; }
  std::string redis_url() const;
  // A connection of the test's own.
  redis::Client& redis_client() { return *redis_client_; }
  // A producer of the test's own, for what no service would write.
  bus::Publisher& publisher();

  // All services of the options; waits until they are ready.
  absl::Status StartServices();
  // What a service is given besides, from its next start on.
  void SetArguments(const std::string& name, std::vector<std::string> arguments);
  // Starts (again) without waiting.
  absl::Status StartService(const std::string& name);
  Process& service(const std::string& name) { return *services_.at(name).process; }
  std::vector<std::string> service_names() const;
  // Program and arguments of a service, for a test that runs it in its own way.
  std::vector<std::string> CommandOf(const std::string& name) const;
  uint16_t ingest_metrics_port() const { return ingest_metrics_port_; }
  HttpAnswer Readiness(const std::string& name) const;
  std::string Metrics(const std::string& name) const;
  absl::Status WaitUntilReady(const std::string& name, std::chrono::milliseconds timeout);

  // One cycle of ingest over a folder of recorded answers.
  absl::StatusOr<std::unique_ptr<Process>> StartIngest(const std::string& folder);
  absl::StatusOr<Finished> Ingest(const std::string& folder);
  // One cycle of ingest with these arguments besides --once.
  absl::StatusOr<std::unique_ptr<Process>> StartIngestWith(
      const std::vector<std::string>& arguments);
  absl::StatusOr<Finished> IngestWith(const std::vector<std::string>& arguments);
  // The operator's tool, `paperwire` with these words, to its end.
  absl::StatusOr<Finished> Tool(std::vector<std::string> words);
  // Publishes onto a topic and waits until all is delivered.
  absl::Status Publish(std::vector<bus::Message> messages);

  FeedClient& feed(int replica = 0) { return *feeds_.at(static_cast<size_t>(replica)); }
  uint16_t http_port(int replica = 0) const;
  // Where a replica answers readers over gRPC: "127.0.0.1:50051".
  std::string grpc_address(int replica = 0) const;
  // Where the first replica takes operators' requests: "127.0.0.1:50052".
  std::string operator_address() const;
  // Waits until every replica lists this many.
  bool WaitForCount(int count, std::chrono::milliseconds timeout);
  // Waits until the ledger speaks of this many served and nothing pending; then its sum.
  LedgerSum WaitForLedger(int served, std::chrono::milliseconds timeout);

  // All records of a topic.
  absl::StatusOr<std::vector<bus::Message>> Records(const std::string& topic);
  // The sum of the end offsets.
  int64_t RecordCount(const std::string& topic);
  // The entries of a change stream in Redis, and how many (-1: no answer).
  absl::StatusOr<std::vector<Sighting>> ReadStream(const std::string& key);
  int64_t StreamLength(const std::string& key);
  // Of the window's own.
  int64_t ChangeCount();
  // What the checker needs, with these ids as the published ones.
  absl::StatusOr<Evidence> Collect(std::vector<std::string> published);

  // A folder for files of the test.
  std::string MakeFolder(const std::string& name);
  // The last lines of everything's log, for a test that has failed.
  std::string LogTails() const;
  const std::string& log_folder() const { return folder_.path(); }

 private:
  struct Service {
    uint16_t metrics_port = 0;
    uint16_t grpc_port = 0;
    uint16_t http_port = 0;
    uint16_t operator_port = 0;
    std::vector<std::string> arguments = {};
    std::unique_ptr<Process> process;
  };
  Stack() = default;

  TemporaryFolder folder_;
  std::string log_level_;
  std::string feed_clock_;
  std::unique_ptr<KafkaProcess> kafka_;
  uint16_t ingest_metrics_port_ = 0;
  uint16_t redis_port_ = 0;
  std::unique_ptr<Process> redis_;
  std::unique_ptr<redis::Client> redis_client_;
  struct Producer;
  std::unique_ptr<Producer> producer_;
  std::vector<std::unique_ptr<FeedClient>> feeds_;
  std::map<std::string, Service> services_;
};

// The path of one of our programs.
std::string ProgramPath(const std::string& name);

}  // namespace paperwire::support
