#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace paperwire::broker {

// librdkafka's own mock cluster with one broker, on a port of loopback that the operating system
// chooses. It speaks enough of Kafka's protocol for this project, from other processes too, and
// keeps everything in memory: what it holds is gone when the object is destroyed. Of each partition
// it keeps the newest 5 MiB (or 100,000 batches) and drops older records without a word.
// Thread-safe.
class EmbeddedBroker {
 public:
  // Internal says why librdkafka refused.
  static absl::StatusOr<std::unique_ptr<EmbeddedBroker>> Start();

  ~EmbeddedBroker();
  EmbeddedBroker(const EmbeddedBroker&) = delete;
  EmbeddedBroker& operator=(const EmbeddedBroker&) = delete;

  // "127.0.0.1:41234".
  std::string bootstrap() const;

  // Errors: AlreadyExists; Internal.
  absl::Status CreateTopic(const std::string& name, int partitions);

 private:
  class Core;
  explicit EmbeddedBroker(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace paperwire::broker
