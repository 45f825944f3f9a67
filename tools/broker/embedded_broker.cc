#include "tools/broker/embedded_broker.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <utility>

namespace paperwire::broker {

// The mock cluster lives in a producer handle and dies with it.
class EmbeddedBroker::Core {
 public:
  explicit Core(rd_kafka_t* handle) : handle_(handle) {}
  ~Core() { rd_kafka_destroy(handle_); }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  rd_kafka_mock_cluster_t* cluster() const { return rd_kafka_handle_mock_cluster(handle_); }

 private:
  rd_kafka_t* handle_;
};

namespace {

absl::Status Set(rd_kafka_conf_t* conf, const char* name, const char* value) {
  std::array<char, 256> error{};
  if (rd_kafka_conf_set(conf, name, value, error.data(), error.size()) != RD_KAFKA_CONF_OK) {
    return absl::InternalError(error.data());
  }
  return absl::OkStatus();
}

}  // namespace

EmbeddedBroker::EmbeddedBroker(std::unique_ptr<Core> core) : core_(std::move(core)) {}
EmbeddedBroker::~EmbeddedBroker() = default;

absl::StatusOr<std::unique_ptr<EmbeddedBroker>> EmbeddedBroker::Start() {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  // Its only message at level warning is that it is a mock cluster, which our banner says better.
  for (const auto& [name, value] :
       {std::pair{"test.mock.num.brokers", "1"}, std::pair{"log_level", "3"},
        std::pair{"client.id", "paperwire-broker"}}) {
    if (absl::Status status = Set(conf, name, value); !status.ok()) {
      rd_kafka_conf_destroy(conf);
      return status;
    }
  }
  std::array<char, 256> error{};
  rd_kafka_t* handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size());
  if (handle == nullptr) {
    rd_kafka_conf_destroy(conf);
    return absl::InternalError(error.data());
  }
  auto core = std::make_unique<Core>(handle);
  if (core->cluster() == nullptr) {
    return absl::InternalError("librdkafka made no mock cluster");
  }
  return std::unique_ptr<EmbeddedBroker>(new EmbeddedBroker(std::move(core)));
}

std::string EmbeddedBroker::bootstrap() const {
  return rd_kafka_mock_cluster_bootstraps(core_->cluster());
}

absl::Status EmbeddedBroker::CreateTopic(const std::string& name, int partitions) {
  const rd_kafka_resp_err_t error =
      rd_kafka_mock_topic_create(core_->cluster(), name.c_str(), partitions, 1);
  if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    return absl::AlreadyExistsError("topic " + name + " exists");
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return absl::InternalError("topic " + name + ": " + rd_kafka_err2str(error));
  }
  return absl::OkStatus();
}

}  // namespace paperwire::broker
