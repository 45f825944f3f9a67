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

// Records are listed from Publish until the callback of their delivery report has returned. One
// thread polls; it alone receives delivery reports and rebuilds the client.
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
    }
    FinishReported();
    if (client_ != nullptr) {
      ForgetTopics();
      client_.reset();
    }
    while (!records_.empty()) {
      const std::unique_ptr<Record> record = records_.TakeFirst();
      record->delivered(absl::UnavailableError("Kafka: the publisher ended before delivery"));
    }
  }

  void Publish(Message message, Delivered delivered) {
    auto owned = std::make_unique<Record>();
    Record& record = *owned;
    record.core = this;
    record.message = std::move(message);
    record.delivered = std::move(delivered);
    const clock::SteadyTime now = clock_.SteadyNow();
    record.deadline = now + options_.delivery_timeout;
    {
      const std::lock_guard lock(records_mutex_);
      record.id = next_id_++;
      records_.Append(std::move(owned));
    }
    // From a delivery callback: the polling thread sends it when it is back.
    if (std::this_thread::get_id() == poller_.get_id()) return Leave(record);
    Send(record, now);
  }

  absl::Status Flush(std::chrono::milliseconds timeout) {
    std::unique_lock lock(records_mutex_);
    const uint64_t end = next_id_;
    const bool done = changed_.wait_for(
        lock, timeout, [this, end] { return records_.empty() || records_.first()->id >= end; });
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
  enum class State {
    // The thread that publishes it is about to send it. Nobody else touches it.
    kOurs,
    // The polling thread sends it.
    kWaiting,
    // librdkafka has it and will report on it.
    kSent,
    // Its report has come.
    kReported,
  };

  struct Record {
    Core* core = nullptr;
    // The order of Publish.
    uint64_t id = 0;
    Message message;
    Delivered delivered;
    clock::SteadyTime deadline{};
    // Changed by whom it allows to, or by the polling thread while no client is in use.
    std::atomic<State> state = State::kOurs;
    // Set when it is reported.
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    // Of the list.
    Record* before = nullptr;
    Record* after = nullptr;
  };

  // Owns records, in the order of Publish; any may be taken out.
  class RecordList {
   public:
    ~RecordList() {
      while (!empty()) (void)TakeFirst();
    }
    bool empty() const { return first_ == nullptr; }
    Record* first() const { return first_; }
    void Append(std::unique_ptr<Record> owned) {
      Record* const record = owned.release();
      record->before = last_;
      (last_ == nullptr ? first_ : last_->after) = record;
      last_ = record;
    }
    std::unique_ptr<Record> Take(Record* record) {
      (record->before == nullptr ? first_ : record->before->after) = record->after;
      (record->after == nullptr ? last_ : record->after->before) = record->before;
      return std::unique_ptr<Record>(record);
    }
    std::unique_ptr<Record> TakeFirst() { return Take(first_); }

   private:
    Record* first_ = nullptr;
    Record* last_ = nullptr;
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

  // Gives a record that is the caller's to librdkafka. While its queue is full, a thread that
  // publishes waits, and the polling thread leaves the record to the next SendWaiting.
  void Send(Record& record, clock::SteadyTime now) {
    const bool may_wait = std::this_thread::get_id() != poller_.get_id();
    while (true) {
      absl::Status ended;
      {
        const std::shared_lock lock(client_mutex_);
        const bool late = now >= record.deadline;
        // The polling thread tries to open one again.
        if (client_ == nullptr && !late) return Leave(record);
        rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__MSG_TIMED_OUT;
        if (!late) {
          record.state = State::kSent;
          error = Produce(record);
          // From here on it is the report's, unless it was not taken.
          if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
          record.state = State::kOurs;
          // The polling thread rebuilds and sends it.
          if (error == RD_KAFKA_RESP_ERR__FATAL) return Leave(record);
        }
        // A producer made anew starts counting at zero; the record does not.
        if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
          ended = client_ == nullptr ? failure_ : StatusOf(error, record);
        }
      }
      // Out of the lock: the callback may publish.
      if (!ended.ok()) return Finish(record, std::move(ended));
      if (!may_wait) return Leave(record);
      {
        std::unique_lock lock(records_mutex_);
        changed_.wait_for(lock, kPoll);
      }
      now = clock_.SteadyNow();
    }
  }

  // To the polling thread, which may send it at once.
  void Leave(Record& record) {
    record.state = State::kWaiting;
    waiting_ = true;
  }

  // The client's handle of a topic; null: it cannot be had. Needs the client to be held.
  rd_kafka_topic_t* TopicOf(const std::string& name) {
    const std::lock_guard lock(topics_mutex_);
    auto& topic = topics_[name];
    if (topic == nullptr) topic.reset(rd_kafka_topic_new(client_.get(), name.c_str(), nullptr));
    return topic.get();
  }

  // Before the client they belong to goes.
  void ForgetTopics() {
    const std::lock_guard lock(topics_mutex_);
    topics_.clear();
  }

  rd_kafka_resp_err_t Produce(Record& record) {
    const Message& message = record.message;
    rd_kafka_topic_t* const topic = TopicOf(message.topic);
    if (topic == nullptr) return rd_kafka_last_error();
    KafkaHandle<rd_kafka_headers_t> headers(rd_kafka_headers_new(message.headers.size()));
    for (const Header& header : message.headers) {
      rd_kafka_header_add(headers.get(), header.name.data(),
                          static_cast<ssize_t>(header.name.size()), header.value.data(),
                          static_cast<ssize_t>(header.value.size()));
    }
    // The payload is not copied: the record lives until its report.
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_RKT(topic),
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
    if (fatal && core.clock_.SteadyNow() < record->deadline) return core.Leave(*record);
    record->state = State::kReported;
    record->error = report->err;
    core.reported_.push_back(record);
  }

  static absl::Status StatusOf(rd_kafka_resp_err_t error, const Record& record) {
    const std::string& topic = record.message.topic;
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

  void Finish(Record& record, absl::Status status) {
    if (!status.ok()) errors_.Increment();
    record.delivered(std::move(status));
    // Listed while its callback runs, so that Flush waits for the callback too.
    std::unique_ptr<Record> done;
    {
      const std::lock_guard lock(records_mutex_);
      done = records_.Take(&record);
    }
    changed_.notify_all();
  }

  // All that one poll has reported, with one look at the list.
  void FinishReported() {
    if (reported_.empty()) return;
    bool any_delivered = false;
    for (Record* const record : reported_) {
      absl::Status status;
      if (record->error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        any_delivered = true;
      } else {
        status = StatusOf(record->error, *record);
        errors_.Increment();
      }
      record->delivered(std::move(status));
    }
    if (any_delivered) last_delivery_ = clock_.SteadyNow();
    std::vector<std::unique_ptr<Record>> done;
    done.reserve(reported_.size());
    {
      const std::lock_guard lock(records_mutex_);
      for (Record* const record : reported_) done.push_back(records_.Take(record));
    }
    reported_.clear();
    changed_.notify_all();
  }

  void Poll() {
    last_delivery_ = clock_.SteadyNow();
    while (!stopping_) {
      if (client_ == nullptr) {
        Reopen();
        continue;
      }
      rd_kafka_poll(client_.get(), static_cast<int>(kPoll.count()));
      FinishReported();
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
    MakeAnew();
    // Out of the lock, and now: without a client nothing else looks at them.
    FinishReported();
    rebuilds_.Increment();
  }

  void MakeAnew() {
    const std::unique_lock lock(client_mutex_);
    rebuilding_ = true;
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    for (int i = 0; i < 100 && rd_kafka_outq_len(client_.get()) > 0; ++i) {
      rd_kafka_poll(client_.get(), static_cast<int>(kPoll.count()));
    }
    ForgetTopics();
    client_.reset();
    rebuilding_ = false;
    Open();
    last_delivery_ = clock_.SteadyNow();
    {
      const std::lock_guard records_lock(records_mutex_);
      for (Record* record = records_.first(); record != nullptr; record = record->after) {
        if (record->state == State::kSent) record->state = State::kWaiting;
      }
      waiting_ = true;
    }
  }

  void SendWaiting() {
    std::vector<Record*> waiting;
    {
      const std::lock_guard lock(records_mutex_);
      for (Record* record = records_.first(); record != nullptr; record = record->after) {
        if (record->state == State::kWaiting) waiting.push_back(record);
      }
    }
    const clock::SteadyTime now = clock_.SteadyNow();
    for (Record* const record : waiting) Send(*record, now);
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
  RecordList records_;
  uint64_t next_id_ = 1;

  std::mutex topics_mutex_;
  // Of the present client.
  std::map<std::string, KafkaHandle<rd_kafka_topic_t>> topics_;

  std::atomic<bool> stopping_ = false;
  // Some record was not taken and waits to be handed over again.
  std::atomic<bool> waiting_ = false;
  // Of the polling thread.
  std::vector<Record*> reported_;
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
