#include "libs/bus/kafka_handles.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "libs/clock/clock.h"
#include "libs/telemetry/log.h"

namespace paperwire::bus {
namespace {

// A client without a broker logs the same line several times a second.
bool MayLog(const std::string& facility, int64_t& suppressed) {
  constexpr auto kEvery = std::chrono::seconds(10);
  struct Line {
    clock::SteadyTime last{};
    int64_t suppressed = 0;
    bool seen = false;
  };
  static std::mutex mutex;
  static std::map<std::string, Line> lines;
  const clock::SteadyTime now = clock::SystemClock().SteadyNow();

  const std::lock_guard lock(mutex);
  Line& line = lines[facility];
  if (line.seen && now - line.last < kEvery) {
    ++line.suppressed;
    return false;
  }
  line.seen = true;
  line.last = now;
  suppressed = std::exchange(line.suppressed, 0);
  return true;
}

void OnLog(const rd_kafka_t*, int level, const char* facility, const char* text) {
  int64_t suppressed = 0;
  if (level < 7 && !MayLog(facility, suppressed)) return;
  // An unreachable broker is an error to librdkafka; to a service it is a state that passes. That a
  // broker may create topics by itself is said of the embedded one, at every refresh.
  const telemetry::Level ours = level >= 7 || std::string_view(facility) == "AUTOCREATE"
                                    ? telemetry::Level::kDebug
                                : level >= 5 ? telemetry::Level::kInfo
                                             : telemetry::Level::kWarning;
  telemetry::Log(ours, "kafka client",
                 {{"facility", facility}, {"text", text}, {"suppressed", suppressed}});
}

// Errors come with the operations they touch, so the client's own callback has nothing to add.
void OnError(rd_kafka_t*, int, const char*, void*) {}

}  // namespace

absl::Status SetProperty(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  char words[512] = "";
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), words, sizeof words) !=
      RD_KAFKA_CONF_OK) {
    return absl::InvalidArgumentError("Kafka setting " + name + ": " + words);
  }
  return absl::OkStatus();
}

absl::StatusOr<KafkaConf> ClientConf(const KafkaSettings& settings, const std::string& client_id) {
  if (settings.brokers.empty()) {
    return absl::InvalidArgumentError("--kafka-brokers is empty");
  }
  KafkaConf conf(rd_kafka_conf_new());
  std::map<std::string, std::string> properties = {
      {"bootstrap.servers", settings.brokers},
      {"client.id", client_id},
      {"security.protocol", settings.security_protocol},
      {"allow.auto.create.topics", "false"},
      {"socket.keepalive.enable", "true"},
      {"socket.connection.setup.timeout.ms", "10000"},
      {"reconnect.backoff.max.ms", "5000"},
      {"topic.metadata.refresh.interval.ms", "60000"},
  };
  const bool tls = settings.security_protocol.find("ssl") != std::string::npos;
  const bool sasl = settings.security_protocol.find("sasl") != std::string::npos;
  if (tls) {
    if (!settings.ssl_ca.empty()) properties["ssl.ca.location"] = settings.ssl_ca;
    if (!settings.ssl_certificate.empty()) {
      properties["ssl.certificate.location"] = settings.ssl_certificate;
    }
    if (!settings.ssl_key.empty()) properties["ssl.key.location"] = settings.ssl_key;
    if (!settings.ssl_key_password.empty()) {
      properties["ssl.key.password"] = settings.ssl_key_password;
    }
  }
  if (sasl) {
    if (settings.sasl_mechanism.empty()) {
      return absl::InvalidArgumentError("--kafka-security-protocol " + settings.security_protocol +
                                        " needs --kafka-sasl-mechanism");
    }
    properties["sasl.mechanisms"] = settings.sasl_mechanism;
    properties["sasl.username"] = settings.sasl_username;
    properties["sasl.password"] = settings.sasl_password;
  }
  for (const auto& [name, value] : properties) {
    const absl::Status set = SetProperty(conf.get(), name, value);
    if (!set.ok()) return set;
  }
  rd_kafka_conf_set_log_cb(conf.get(), OnLog);
  rd_kafka_conf_set_error_cb(conf.get(), OnError);
  return conf;
}

absl::StatusOr<KafkaConf> ConsumerConf(const KafkaSettings& settings, const std::string& client_id,
                                       const std::string& group) {
  absl::StatusOr<KafkaConf> conf = ClientConf(settings, client_id);
  if (!conf.ok()) return conf.status();
  const std::map<std::string, std::string> properties = {
      {"group.id", group},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"partition.assignment.strategy", "range"},
      {"session.timeout.ms", std::to_string(settings.session_timeout.count())},
      {"heartbeat.interval.ms", std::to_string(settings.session_timeout.count() / 5)},
      {"max.poll.interval.ms",
       std::to_string(std::max<int64_t>(60000, settings.session_timeout.count()))},
      {"queued.min.messages", "1000"},
      {"queued.max.messages.kbytes", "4096"},
      {"fetch.message.max.bytes", "1048576"},
      {"fetch.wait.max.ms", "200"},
      {"auto.offset.reset", "earliest"},
      {"check.crcs", "true"},
      {"statistics.interval.ms", "2000"},
  };
  for (const auto& [name, value] : properties) {
    const absl::Status set = SetProperty(conf->get(), name, value);
    if (!set.ok()) return set;
  }
  return conf;
}

absl::StatusOr<KafkaClient> NewClient(rd_kafka_type_t type, KafkaConf conf) {
  char words[512] = "";
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), words, sizeof words);
  if (client == nullptr) {
    return absl::InvalidArgumentError(std::string("cannot make a Kafka client: ") + words);
  }
  // The client owns its configuration now.
  (void)conf.release();
  return KafkaClient(client);
}

Message MessageOf(const rd_kafka_message_t& message) {
  Message copy;
  copy.topic = rd_kafka_topic_name(message.rkt);
  copy.partition = message.partition;
  copy.offset = message.offset;
  copy.timestamp_ms = rd_kafka_message_timestamp(&message, nullptr);
  if (message.key != nullptr) {
    copy.key.assign(static_cast<const char*>(message.key), message.key_len);
  }
  if (message.payload != nullptr) {
    copy.value.assign(static_cast<const char*>(message.payload), message.len);
  }
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    for (size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
      copy.headers.push_back({name, value == nullptr
                                        ? std::string()
                                        : std::string(static_cast<const char*>(value), size)});
    }
  }
  return copy;
}

absl::Status KafkaError(std::string_view operation, rd_kafka_resp_err_t error) {
  return absl::UnavailableError("Kafka: " + std::string(operation) + ": " +
                                rd_kafka_err2str(error));
}

}  // namespace paperwire::bus
