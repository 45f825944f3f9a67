#include "libs/bus/kafka_publisher.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <utility>
#include <vector>

#include "libs/bus/kafka_handles.h"
#include "libs/bus/metric_name.h"
#include "libs/clock/clock.h"
#include "libs/telemetry/log.h"
#include "prometheus/counter.h"

namespace paperwire::bus {
namespace {

constexpr std::chrono::milliseconds kPoll{50};
// Signs of trouble and not one delivery for this long: the client may be stuck, make another.
constexpr std::chrono::seconds kReopen{1};
constexpr std::chrono::seconds kStuck{90};

// Without the prefix that group and client names have.
std::string ServiceOf(const std::string& client_id) {
  const std::string prefix = "paperwire-";
  return client_id.starts_with(prefix) ? client_id.substr(prefix.size()) : client_id;
}

}  // namespace

// Records wait in `records_` from Publish to their delivery report. One thread polls; it alone
// receives delivery reports and rebuilds the client.
class KafkaPublisher::Core {
 public:
  Core(const KafkaSettings& settings, Options options, prometheus::Registry& metrics)
      : settings_(settings),
        options_(std::move(options)),
        errors_(prometheus::BuildCounter()
                    .Name(MetricName(ServiceOf(options_.client_id), "publish_errors_total"))
                    .Help("Records that could not be delivered")
                    .Register(metrics)
                    .Add({})),
        rebuilds_(prometheus::BuildCounter()
                      .Name(MetricName(ServiceOf(options_.client_id), "producer_rebuilds_total"))
                      .Help("Producers made anew after a fatal error")
                      .Register(metrics)
                      .Add({})) {
    Open();
    poller_ = std::thread([this] { Poll(); });
  }

  ~Core() {
    (void)Flush(std::chrono::seconds(5));
    stopping_ = true;
    poller_.join();
    if (client_ != nullptr) {
      rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
      rd_kafka_poll(client_.get(), 0);
      client_.reset();
    }
    for (auto& [id, record] : records_) {
      if (record == nullptr) continue;
      record->delivered(absl::UnavailableError("Kafka: the publisher ended before delivery"));
    }
  }

  void Publish(Message message, Delivered delivered) {
    auto owned = std::make_unique<Record>();
    owned->core = this;
    owned->message = std::move(message);
    owned->delivered = std::move(delivered);
    owned->deadline = clock_.SteadyNow() + options_.delivery_timeout;
    uint64_t id = 0;
    {
      const std::lock_guard lock(records_mutex_);
      id = next_id_++;
      owned->id = id;
      records_.emplace(id, std::move(owned));
    }
    // From a delivery callback: the polling thread sends it when it is back.
    if (std::this_thread::get_id() == poller_.get_id()) {
      waiting_ = true;
      return;
    }
    Hand(id);
  }

  absl::Status Flush(std::chrono::milliseconds timeout) {
    std::unique_lock lock(records_mutex_);
    const uint64_t end = next_id_;
    const bool done = changed_.wait_for(
        lock, timeout, [this, end] { return records_.empty() || records_.begin()->first >= end; });
    if (done) return absl::OkStatus();
    return absl::DeadlineExceededError("Kafka: records are still on their way");
  }

  void FailFatally() {
    const std::shared_lock lock(client_mutex_);
    if (client_ != nullptr) {
      rd_kafka_test_fatal_error(client_.get(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                                "asked for");
    }
  }

 private:
  struct Record {
    Core* core = nullptr;
    uint64_t id = 0;
    Message message;
    Delivered delivered;
    clock::SteadyTime deadline{};
    // librdkafka has it, and will report on it.
    bool handed = false;
  };

  void Open() {
    absl::StatusOr<KafkaConf> conf = ClientConf(settings_, options_.client_id);
    if (conf.ok()) {
      const std::map<std::string, std::string> properties = {
          {"enable.idempotence", "true"},
          {"acks", "all"},
          {"message.timeout.ms", std::to_string(options_.delivery_timeout.count())},
          {"partitioner", "murmur2_random"},
          {"compression.codec", "lz4"},
          {"linger.ms", "5"},
          {"message.max.bytes", std::to_string(6 << 20)},
          {"queue.buffering.max.kbytes", std::to_string(64 << 10)},
      };
      for (const auto& [name, value] : properties) {
        const absl::Status set = SetProperty(conf->get(), name, value);
        if (!set.ok()) conf = set;
        if (!conf.ok()) break;
      }
    }
    if (!conf.ok()) {
      failure_ = absl::UnavailableError(conf.status().message());
      return;
    }
    rd_kafka_conf_set_dr_msg_cb(conf->get(), &Core::OnReport);
    absl::StatusOr<KafkaClient> client = NewClient(RD_KAFKA_PRODUCER, *std::move(conf));
    if (!client.ok()) {
      failure_ = absl::UnavailableError(client.status().message());
      return;
    }
    client_ = *std::move(client);
  }

  // Gives record `id` to librdkafka, waiting while its queue is full. Looked up by id, because it
  // may be delivered or handed over by a rebuild meanwhile.
  void Hand(uint64_t id) {
    while (true) {
      rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
      absl::Status ended;
      {
        const std::shared_lock lock(client_mutex_);
        Record* record = Claim(id);
        if (record == nullptr) return;
        if (client_ == nullptr && clock_.SteadyNow() < record->deadline) {
          // The polling thread tries to open one again.
          Unclaim(id);
          return;
        }
        if (client_ == nullptr) {
          ended = failure_;
        } else if (clock_.SteadyNow() >= record->deadline) {
          // A producer made anew starts counting at zero; the record does not.
          ended = KafkaError("writing to topic " + record->message.topic,
                             RD_KAFKA_RESP_ERR__MSG_TIMED_OUT);
        } else {
          error = Produce(*record);
          if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
          // Only what is to be sent again may be claimed by the polling thread.
          if (error == RD_KAFKA_RESP_ERR__FATAL || error == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            Unclaim(id);
          }
        }
      }
      // Out of the lock: the callback may publish.
      if (!ended.ok()) return Finish(id, std::move(ended));
      if (error == RD_KAFKA_RESP_ERR__FATAL) {
        // The polling thread rebuilds and sends it.
        return;
      }
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        Finish(id, StatusOf(error, id));
        return;
      }
      if (std::this_thread::get_id() == poller_.get_id()) return;  // Sent by the next SendWaiting.
      std::unique_lock lock(records_mutex_);
      changed_.wait_for(lock, kPoll);
    }
  }

  Record* Claim(uint64_t id) {
    const std::lock_guard lock(records_mutex_);
    const auto found = records_.find(id);
    // Null: its report has come and its callback runs.
    if (found == records_.end() || found->second == nullptr || found->second->handed) {
      return nullptr;
    }
    found->second->handed = true;
    return found->second.get();
  }

  void Unclaim(uint64_t id) {
    const std::lock_guard lock(records_mutex_);
    const auto found = records_.find(id);
    if (found != records_.end() && found->second != nullptr) found->second->handed = false;
    waiting_ = true;
  }

  rd_kafka_resp_err_t Produce(Record& record) {
    const Message& message = record.message;
    KafkaHandle<rd_kafka_headers_t> headers(rd_kafka_headers_new(message.headers.size()));
    for (const Header& header : message.headers) {
      rd_kafka_header_add(headers.get(), header.name.data(),
                          static_cast<ssize_t>(header.name.size()), header.value.data(),
                          static_cast<ssize_t>(header.value.size()));
    }
    // The payload is not copied: the record lives until its report.
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_TOPIC(message.topic.c_str()),
        RD_KAFKA_V_KEY(message.key.empty() ? nullptr : message.key.data(), message.key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(message.value.data()), message.value.size()),
        RD_KAFKA_V_HEADERS(headers.get()), RD_KAFKA_V_OPAQUE(&record), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) (void)headers.release();
    return error;
  }

  static void OnReport(rd_kafka_t* client, const rd_kafka_message_t* report, void*) {
    auto* record = static_cast<Record*>(report->_private);
    Core& core = *record->core;
    const bool fatal = report->err != RD_KAFKA_RESP_ERR_NO_ERROR &&
                       (core.rebuilding_ ||
                        rd_kafka_fatal_error(client, nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR);
    if (fatal && core.clock_.SteadyNow() < record->deadline) {
      core.Unclaim(record->id);
      return;
    }
    if (report->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      core.last_delivery_ = core.clock_.SteadyNow();
      core.Finish(record->id, absl::OkStatus());
    } else {
      core.Finish(record->id, core.StatusOf(report->err, record->id));
    }
  }

  absl::Status StatusOf(rd_kafka_resp_err_t error, uint64_t id) {
    std::string topic;
    {
      const std::lock_guard lock(records_mutex_);
      const auto found = records_.find(id);
      if (found != records_.end() && found->second != nullptr) {
        topic = found->second->message.topic;
      }
    }
    switch (error) {
      case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
        return absl::InvalidArgumentError("the record is larger than topic " + topic + " takes");
      case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        return absl::UnavailableError("Kafka: topic " + topic +
                                      " does not exist; create it with: paperwire topics apply");
      default:
        return KafkaError("writing to topic " + topic, error);
    }
  }

  void Finish(uint64_t id, absl::Status status) {
    std::unique_ptr<Record> record;
    {
      const std::lock_guard lock(records_mutex_);
      const auto found = records_.find(id);
      if (found == records_.end() || found->second == nullptr) return;
      record = std::move(found->second);
      // Still listed while its callback runs, so that Flush waits for the callback too.
    }
    if (!status.ok()) errors_.Increment();
    record->delivered(std::move(status));
    {
      const std::lock_guard lock(records_mutex_);
      records_.erase(id);
    }
    changed_.notify_all();
  }

  void Poll() {
    last_delivery_ = clock_.SteadyNow();
    while (!stopping_) {
      if (client_ == nullptr) {
        Reopen();
        continue;
      }
      const int served = rd_kafka_poll(client_.get(), static_cast<int>(kPoll.count()));
      (void)served;
      if (rd_kafka_fatal_error(client_.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        Rebuild("fatal error");
      } else if (Stuck()) {
        Rebuild("no delivery");
      } else if (waiting_.exchange(false)) {
        SendWaiting();
      }
    }
  }

  // A client that could not be made (a certificate that is just being replaced) is made later.
  void Reopen() {
    (void)clock_.SleepFor(kReopen, {});
    {
      const std::unique_lock lock(client_mutex_);
      Open();
    }
    if (client_ == nullptr) {
      telemetry::Log(telemetry::Level::kWarning, "kafka producer cannot be made",
                     {{"error", failure_}});
    }
    SendWaiting();
  }

  bool Stuck() {
    const clock::SteadyTime now = clock_.SteadyNow();
    const std::lock_guard lock(records_mutex_);
    if (records_.empty()) {
      last_delivery_ = now;
      return false;
    }
    return now - last_delivery_ > kStuck;
  }

  // A fatal error ends the client for good. What has no report is sent again by a new one, in the
  // old order; what the broker had already taken arrives twice, which ids make harmless.
  void Rebuild(const char* why) {
    char words[256] = "";
    const rd_kafka_resp_err_t error = rd_kafka_fatal_error(client_.get(), words, sizeof words);
    telemetry::Log(telemetry::Level::kWarning, "kafka producer made anew",
                   {{"why", why}, {"error", rd_kafka_err2name(error)}, {"text", words}});
    const std::unique_lock lock(client_mutex_);
    rebuilding_ = true;
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    for (int i = 0; i < 100 && rd_kafka_outq_len(client_.get()) > 0; ++i) {
      rd_kafka_poll(client_.get(), static_cast<int>(kPoll.count()));
    }
    client_.reset();
    rebuilding_ = false;
    Open();
    last_delivery_ = clock_.SteadyNow();
    {
      const std::lock_guard records_lock(records_mutex_);
      for (auto& [id, record] : records_) {
        if (record != nullptr) record->handed = false;
      }
      waiting_ = true;
    }
    rebuilds_.Increment();
  }

  void SendWaiting() {
    std::vector<uint64_t> ids;
    {
      const std::lock_guard lock(records_mutex_);
      for (const auto& [id, record] : records_) {
        if (record != nullptr && !record->handed) ids.push_back(id);
      }
    }
    for (const uint64_t id : ids) Hand(id);
  }

  // Constant after construction.
  const KafkaSettings settings_;
  const Options options_;
  const clock::SystemClock clock_;
  prometheus::Counter& errors_;
  prometheus::Counter& rebuilds_;

  // Held shared to use the client, alone to replace it. Only the polling thread replaces it.
  std::shared_mutex client_mutex_;
  KafkaClient client_;
  absl::Status failure_;

  std::mutex records_mutex_;
  std::condition_variable changed_;
  // By id, which is the order of Publish. Null while its callback runs.
  std::map<uint64_t, std::unique_ptr<Record>> records_;
  uint64_t next_id_ = 1;

  std::atomic<bool> stopping_ = false;
  // Some record was not taken and waits to be handed over again.
  std::atomic<bool> waiting_ = false;
  // Of the polling thread.
  bool rebuilding_ = false;
  clock::SteadyTime last_delivery_{};

  std::thread poller_;
};

KafkaPublisher::KafkaPublisher(const KafkaSettings& settings, Options options,
                               prometheus::Registry& metrics)
    : core_(std::make_unique<Core>(settings, std::move(options), metrics)) {}

KafkaPublisher::~KafkaPublisher() = default;

void KafkaPublisher::Publish(Message message, Delivered delivered) {
  core_->Publish(std::move(message), std::move(delivered));
}

absl::Status KafkaPublisher::Flush(std::chrono::milliseconds timeout) {
  return core_->Flush(timeout);
}

void KafkaPublisher::FailFatally() { core_->FailFatally(); }

}  // namespace paperwire::bus
