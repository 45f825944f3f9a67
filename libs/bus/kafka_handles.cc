#include "libs/bus/kafka_handles.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "libs/bus/kafka_refusal.h"
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
  NoteRefusal(facility, text);
  if (level < 7 && !MayLog(facility, suppressed)) return;
  // An unreachable broker is an error to librdkafka; to a service it is a state that passes. That a
  // broker may create topics by itself is said of the embedded one, at every refresh.
  const telemetry::Level ours = level >= 7 || std::string_view(facility) == "AUTOCREATE"
                                    ? telemetry::Level::kDebug
                                : level >= 5 ? telemetry::Level::kInfo
                                             : telemetry::Level::kWarning;
  telemetry::Log(ours, "kafka client",
                 {{"facility", facility}, {"text", InOurWords(text)}, {"suppressed", suppressed}});
}

// librdkafka reports an unreadable file by OpenSSL's words, and only in its log.
absl::Status RequireReadable(const char* flag, const std::string& path) {
  if (path.empty()) return absl::OkStatus();
  errno = 0;
  if (std::ifstream(path).get() != EOF) return absl::OkStatus();
  return absl::UnavailableError(std::string(flag) + ": cannot read " + path + ": " +
                                (errno == 0 ? "it is empty" : std::strerror(errno)));
}

// What can be said about the settings without a broker and without the files.
absl::Status CheckSecurity(const KafkaSettings& settings) {
  if (settings.security_protocol.find("ssl") != std::string::npos &&
      settings.ssl_certificate.empty() != settings.ssl_key.empty()) {
    return absl::InvalidArgumentError(
        "--kafka-ssl-certificate and --kafka-ssl-key need each other");
  }
  if (settings.security_protocol.find("sasl") == std::string::npos) return absl::OkStatus();
  std::string missing;
  for (const auto& [flag, value] : {std::pair{"--kafka-sasl-mechanism", &settings.sasl_mechanism},
                                    {"--kafka-sasl-username", &settings.sasl_username},
                                    {"--kafka-sasl-password", &settings.sasl_password}}) {
    if (value->empty()) missing += (missing.empty() ? "" : ", ") + std::string(flag);
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("--kafka-security-protocol " + settings.security_protocol +
                                    " needs " + missing);
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
  absl::Status security = CheckSecurity(settings);
  if (!security.ok()) return security;
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
    security.Update(RequireReadable("--kafka-ssl-ca", settings.ssl_ca));
    security.Update(RequireReadable("--kafka-ssl-certificate", settings.ssl_certificate));
    security.Update(RequireReadable("--kafka-ssl-key", settings.ssl_key));
    if (!security.ok()) return security;
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
      // Counted when unpacked; one fetch, of packed bytes, may come on top.
      {"queued.min.messages", "100000"},
      {"queued.max.messages.kbytes", "8192"},
      {"fetch.message.max.bytes", "1048576"},
      {"fetch.max.bytes", "1048576"},
      {"fetch.wait.max.ms", "200"},
      {"auto.offset.reset", "earliest"},
      {"check.crcs", "true"},
      {"statistics.interval.ms", "2000"},
  };
  for (const auto& [name, value] : properties) {
    const absl::Status set = SetProperty(conf->get(), name, value);
    if (!set.ok()) return set;
  }
  // Known since 2.2; what KafkaNudge is for before that.
  (void)SetProperty(conf->get(), "fetch.queue.backoff.ms", "20");
  return conf;
}

absl::StatusOr<KafkaClient> NewClient(rd_kafka_type_t type, KafkaConf conf) {
  char words[512] = "";
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), words, sizeof words);
  if (client == nullptr) {
    // What is in a file may be replaced while the program waits.
    const bool of_a_file = std::string_view(words).find(".location failed") != std::string::npos;
    const std::string text = "cannot make a Kafka client: " + InOurWords(words);
    return of_a_file ? absl::UnavailableError(text) : absl::InvalidArgumentError(text);
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
    copy.headers.reserve(rd_kafka_header_cnt(headers));
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
  std::string text = "Kafka: " + std::string(operation) + ": " + rd_kafka_err2str(error);
  if (error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
      error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT) {
    const std::string refusal = RecentRefusal();
    if (!refusal.empty()) text += ": " + refusal;
  }
  return absl::UnavailableError(text);
}

}  // namespace paperwire::bus
