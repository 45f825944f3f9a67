#include "libs/bus/kafka_consumer.h"

#include <string_view>
#include <utility>

#include "libs/bus/kafka_refusal.h"
#include "libs/telemetry/log.h"

namespace paperwire::bus {
namespace {

// No call of Poll for this long means that the loop hangs.
constexpr std::chrono::seconds kHung{60};
// In trouble for this long: the client may be stuck on a dead broker, make another.
constexpr std::chrono::seconds kStuck{60};
// Until a client that could not be made is tried again.
constexpr std::chrono::seconds kReopen{1};
constexpr std::chrono::milliseconds kProbeWait{2000};
constexpr std::chrono::milliseconds kCommitWait{5000};

// librdkafka is made to fetch again when this much was taken out of its queue and this few records
// are left there.
constexpr size_t kNudgeRecords = 256;
constexpr size_t kNudgeBytes = 1 << 20;
constexpr size_t kLowQueue = 2000;
// Not more often: it is a request, and at full speed the queue lasts longer.
constexpr std::chrono::milliseconds kNudgeApart{10};

KafkaPartitions ListOf(const std::map<TopicPartition, int64_t>& offsets) {
  KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& [partition, offset] : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition)
        ->offset = offset;
  }
  return list;
}

KafkaPartitions ListOf(const std::set<TopicPartition>& partitions) {
  KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
  }
  return list;
}

int64_t NumberAfter(std::string_view json, std::string_view name, size_t from, size_t end) {
  const size_t at = json.find(name, from);
  if (at == std::string_view::npos || at >= end) return -1;
  return std::atoll(json.data() + at + name.size());
}

std::string NoBrokerAnswers() {
  const std::string refusal = RecentRefusal();
  return refusal.empty() ? "no broker answers" : "no broker answers: " + refusal;
}

// The lag per topic out of librdkafka's statistics, whose layout is fixed: topics, each with its
// partitions, each with a consumer_lag (-1: unknown).
std::map<std::string, int64_t> LagOf(std::string_view json,
                                     const std::vector<std::string>& topics) {
  std::map<std::string, int64_t> lag;
  // The brokers' part, before it, names topics too.
  const size_t section = json.find("\"topics\":");
  if (section == std::string_view::npos) return lag;
  for (const std::string& topic : topics) {
    const size_t start = json.find("\"topic\":\"" + topic + "\"", section);
    if (start == std::string_view::npos) continue;
    size_t end = json.find("\"topic\":\"", start + 1);
    if (end == std::string_view::npos) end = json.size();
    int64_t sum = 0;
    for (size_t at = json.find("\"consumer_lag\":", start); at < end;
         at = json.find("\"consumer_lag\":", at + 1)) {
      sum += std::max<int64_t>(0, NumberAfter(json, "\"consumer_lag\":", at, end));
    }
    lag[topic] = sum;
  }
  return lag;
}

}  // namespace

KafkaConsumer::KafkaConsumer(const KafkaSettings& settings, Options options, Owner& owner,
                             const clock::Clock& clock, telemetry::Health& health)
    : settings_(settings),
      options_(std::move(options)),
      owner_(owner),
      clock_(clock),
      health_(health),
      heartbeat_(std::make_shared<Heartbeat>()) {
  ShowReadiness();
  Beat();
  heartbeat_->running = true;
  health_.AddLiveCheck(options_.name, [heartbeat = heartbeat_, &clock] {
    if (!heartbeat->running) return true;
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock.SteadyNow().time_since_epoch());
    return now - std::chrono::milliseconds(heartbeat->milliseconds) < kHung;
  });
}

KafkaConsumer::~KafkaConsumer() {
  Close();
  heartbeat_->running = false;
}

void KafkaConsumer::Beat() {
  heartbeat_->milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.SteadyNow().time_since_epoch())
          .count();
}

absl::Status KafkaConsumer::Open() { return OpenClient(); }

absl::Status KafkaConsumer::OpenClient() {
  absl::StatusOr<KafkaConf> conf = ConsumerConf(settings_, options_.name, options_.group);
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_opaque(conf->get(), this);
  rd_kafka_conf_set_rebalance_cb(conf->get(), &KafkaConsumer::OnRebalance);
  rd_kafka_conf_set_stats_cb(conf->get(), &KafkaConsumer::OnStatistics);
  rd_kafka_conf_set_offset_commit_cb(conf->get(), &KafkaConsumer::OnCommitted);
  rd_kafka_conf_set_error_cb(conf->get(),
                             [](rd_kafka_t*, int error, const char* words, void* opaque) {
                               auto* consumer = static_cast<KafkaConsumer*>(opaque);
                               switch (error) {
                                 case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
                                   consumer->Disconnected(NoBrokerAnswers());
                                   break;
                                 case RD_KAFKA_RESP_ERR__AUTHENTICATION:
                                 case RD_KAFKA_RESP_ERR__SSL:
                                 case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
                                 case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
                                   consumer->Disconnected(InOurWords(words));
                                   break;
                                 default:
                                   break;
                               }
                             });
  absl::StatusOr<KafkaClient> client = NewClient(RD_KAFKA_CONSUMER, *std::move(conf));
  if (!client.ok()) return client.status();
  client_ = *std::move(client);
  unanswered_ = false;
  rd_kafka_poll_set_consumer(client_.get());
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  nudge_.SetClient(client_.get());

  KafkaPartitions topics(
      rd_kafka_topic_partition_list_new(static_cast<int>(options_.topics.size())));
  for (const std::string& topic : options_.topics) {
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(client_.get(), topics.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("subscribing", error);
  return absl::OkStatus();
}

std::optional<Message> KafkaConsumer::Poll(std::chrono::milliseconds timeout) {
  Beat();
  if (client_ != nullptr && trouble_since_ && clock_.SteadyNow() - *trouble_since_ > kStuck) {
    telemetry::Log(telemetry::Level::kWarning, "kafka consumer made anew",
                   {{"group", options_.group}, {"why", broker_trouble_}});
    Revoke(/*lost=*/true);
    // Without leaving the group: there is nobody to tell.
    rd_kafka_destroy_flags(TakeClient().release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    Reopen();
  } else if (client_ == nullptr && reopened_at_ && clock_.SteadyNow() - *reopened_at_ > kReopen) {
    Reopen();
  }
  if (client_ == nullptr) {
    clock_.SleepFor(timeout, {});
    return std::nullopt;
  }

  const KafkaHandle<rd_kafka_message_t> message(
      rd_kafka_consumer_poll(client_.get(), static_cast<int>(timeout.count())));
  if (message == nullptr) return std::nullopt;
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      break;
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
      // The flag that tells a lost assignment may itself be lost in this case.
      Revoke(/*lost=*/true);
      return std::nullopt;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      topic_trouble_ = "a topic does not exist; create the topics with: paperwire topics apply";
      ShowReadiness();
      return std::nullopt;
    default:
      telemetry::Log(
          telemetry::Level::kWarning, "kafka consumer",
          {{"group", options_.group}, {"error", rd_kafka_message_errstr(message.get())}});
      return std::nullopt;
  }
  // A record of a partition that was taken back while it waited in the queue.
  if (!IsAssigned(*message)) return std::nullopt;
  if (!connected_) Connected();
  Message copy = MessageOf(*message);
  Count(copy);
  return copy;
}

bool KafkaConsumer::IsAssigned(const rd_kafka_message_t& message) {
  // Records come in runs of a partition.
  if (message.rkt == last_topic_ && message.partition == last_partition_) return true;
  if (!assigned_.contains({rd_kafka_topic_name(message.rkt), message.partition})) return false;
  last_topic_ = message.rkt;
  last_partition_ = message.partition;
  return true;
}

void KafkaConsumer::Reopen() {
  trouble_since_ = clock_.SteadyNow();
  const absl::Status opened = OpenClient();
  reopened_at_.reset();
  if (opened.ok()) return;
  // A file may be missing at just this moment.
  broker_trouble_ = opened.ToString();
  TakeClient().reset();
  reopened_at_ = clock_.SteadyNow();
}

void KafkaConsumer::Close() {
  if (client_ == nullptr) return;
  if (unanswered_) {
    // It would wait for what is still asked of the broker, for as long as a session lasts.
    Revoke(/*lost=*/true);
    rd_kafka_destroy_flags(TakeClient().release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    return;
  }
  // The close revokes, through the callback, from within.
  rd_kafka_consumer_close(client_.get());
  Revoke(/*lost=*/false);
  TakeClient().reset();
}

KafkaClient KafkaConsumer::TakeClient() {
  nudge_.SetClient(nullptr);
  queue_.reset();
  return std::move(client_);
}

void KafkaConsumer::Count(const Message& message) {
  ++records_out_;
  bytes_out_ += message.value.size();
  if (records_out_ < kNudgeRecords && bytes_out_ < kNudgeBytes) return;
  const clock::SteadyTime now = clock_.SteadyNow();
  if (now - nudged_at_ < kNudgeApart || rd_kafka_queue_length(queue_.get()) > kLowQueue) return;
  records_out_ = 0;
  bytes_out_ = 0;
  nudged_at_ = now;
  nudge_.Nudge(assigned_);
}

void KafkaConsumer::OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t event,
                                rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto* consumer = static_cast<KafkaConsumer*>(opaque);
  if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    std::vector<TopicPartition> assigned;
    for (int i = 0; i < partitions->cnt; ++i) {
      assigned.push_back({partitions->elems[i].topic, partitions->elems[i].partition});
    }
    telemetry::Log(telemetry::Level::kInfo, "partitions assigned",
                   {{"group", consumer->options_.group},
                    {"partitions", static_cast<int64_t>(assigned.size())}});
    consumer->topic_trouble_.clear();
    consumer->Connected();
    consumer->member_ = true;
    consumer->owner_.OnAssigned(assigned);
    return;
  }
  const bool lost =
      rd_kafka_assignment_lost(client) != 0 || event != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS;
  telemetry::Log(telemetry::Level::kInfo, "partitions revoked",
                 {{"group", consumer->options_.group}, {"lost", lost}});
  consumer->Revoke(lost);
}

void KafkaConsumer::Revoke(bool lost) {
  if (std::exchange(member_, false)) owner_.OnRevoked(lost);
  // librdkafka keeps a pause across assignments.
  SetPaused({});
  assigned_.clear();
  last_topic_ = nullptr;
  if (client_ != nullptr) rd_kafka_assign(client_.get(), nullptr);
}

void KafkaConsumer::Assign(const std::map<TopicPartition, int64_t>& offsets) {
  if (client_ == nullptr) return;
  SetPaused({});
  assigned_.clear();
  last_topic_ = nullptr;
  for (const auto& [partition, offset] : offsets) assigned_.insert(partition);
  const KafkaPartitions list = ListOf(offsets);
  const rd_kafka_resp_err_t error = rd_kafka_assign(client_.get(), list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    telemetry::Log(telemetry::Level::kError, "kafka assign failed",
                   {{"group", options_.group}, {"error", rd_kafka_err2str(error)}});
  }
}

void KafkaConsumer::SetPaused(const std::set<TopicPartition>& paused) {
  if (client_ == nullptr) return;
  std::set<TopicPartition> stop;
  std::set<TopicPartition> go_on;
  for (const TopicPartition& partition : paused) {
    if (assigned_.contains(partition) && !paused_.contains(partition)) stop.insert(partition);
  }
  for (const TopicPartition& partition : paused_) {
    if (!paused.contains(partition)) go_on.insert(partition);
  }
  if (!stop.empty()) rd_kafka_pause_partitions(client_.get(), ListOf(stop).get());
  if (!go_on.empty()) rd_kafka_resume_partitions(client_.get(), ListOf(go_on).get());
  for (const TopicPartition& partition : go_on) paused_.erase(partition);
  paused_.insert(stop.begin(), stop.end());
}

void KafkaConsumer::Commit(const std::map<TopicPartition, int64_t>& offsets, bool wait) {
  if (client_ == nullptr || offsets.empty()) return;
  const KafkaPartitions list = ListOf(offsets);
  // The client would keep it for as long as a session lasts, and let nobody close it meanwhile.
  if (!connected_) return Committed(RD_KAFKA_RESP_ERR__TRANSPORT, *list);
  if (wait) return CommitAndWait(*list);
  const rd_kafka_resp_err_t error = rd_kafka_commit(client_.get(), list.get(), 1);
  // The answer is told by OnCommitted.
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) Committed(error, *list);
}

void KafkaConsumer::CommitAndWait(const rd_kafka_topic_partition_list_t& offsets) {
  // A commit that finds nobody keeps the client from ending for as long as a session lasts, and
  // that the broker has gone may not be known yet.
  const rd_kafka_metadata_t* known = nullptr;
  const rd_kafka_resp_err_t there =
      rd_kafka_metadata(client_.get(), 0, nullptr, &known, static_cast<int>(kProbeWait.count()));
  const KafkaHandle<const rd_kafka_metadata_t> owned(known);
  if (there != RD_KAFKA_RESP_ERR_NO_ERROR) return Committed(there, offsets);
  const KafkaHandle<rd_kafka_queue_t> answers(rd_kafka_queue_new(client_.get()));
  const rd_kafka_resp_err_t error =
      rd_kafka_commit_queue(client_.get(), &offsets, answers.get(), nullptr, nullptr);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Committed(error, offsets);
  const KafkaHandle<rd_kafka_event_t> answer(
      rd_kafka_queue_poll(answers.get(), static_cast<int>(kCommitWait.count())));
  unanswered_ = answer == nullptr;
  if (unanswered_) return Committed(RD_KAFKA_RESP_ERR__TIMED_OUT, offsets);
  const auto* const committed = rd_kafka_event_topic_partition_list(answer.get());
  Committed(rd_kafka_event_error(answer.get()), committed == nullptr ? offsets : *committed);
}

void KafkaConsumer::OnCommitted(rd_kafka_t*, rd_kafka_resp_err_t error,
                                rd_kafka_topic_partition_list_t* offsets, void* opaque) {
  if (offsets != nullptr) static_cast<KafkaConsumer*>(opaque)->Committed(error, *offsets);
}

void KafkaConsumer::Committed(rd_kafka_resp_err_t error,
                              const rd_kafka_topic_partition_list_t& offsets) {
  if (error == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
  std::vector<TopicPartition> failed;
  rd_kafka_resp_err_t first = error;
  for (int i = 0; i < offsets.cnt; ++i) {
    const rd_kafka_topic_partition_t& one = offsets.elems[i];
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && one.err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    if (first == RD_KAFKA_RESP_ERR_NO_ERROR) first = one.err;
    failed.push_back({one.topic, one.partition});
  }
  if (std::exchange(commits_fail_, !failed.empty()) != !failed.empty()) {
    telemetry::Log(failed.empty() ? telemetry::Level::kInfo : telemetry::Level::kWarning,
                   failed.empty() ? "offsets are committed again" : "offsets cannot be committed",
                   {{"group", options_.group}, {"error", rd_kafka_err2str(first)}});
  }
  if (first == RD_KAFKA_RESP_ERR_NO_ERROR) unanswered_ = false;
  if (!failed.empty()) owner_.OnCommitFailed(failed);
}

absl::StatusOr<int64_t> KafkaConsumer::EndOffset(const TopicPartition& partition,
                                                 std::chrono::milliseconds timeout) {
  if (client_ == nullptr) return absl::UnavailableError("Kafka: no client");
  int64_t low = 0;
  int64_t high = 0;
  const rd_kafka_resp_err_t error =
      rd_kafka_query_watermark_offsets(client_.get(), partition.topic.c_str(), partition.partition,
                                       &low, &high, static_cast<int>(timeout.count()));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("end of " + partition.topic, error);
  return high;
}

int KafkaConsumer::OnStatistics(rd_kafka_t*, char* json, size_t size, void* opaque) {
  auto* consumer = static_cast<KafkaConsumer*>(opaque);
  const std::string_view text(json, size);
  if (text.find("\"state\":\"UP\"") != std::string_view::npos) {
    consumer->Connected();
  } else if (consumer->connected_) {
    consumer->Disconnected("no connection to a broker");
  }
  consumer->lag_ = LagOf(text, consumer->options_.topics);
  return 0;
}

void KafkaConsumer::Connected() {
  connected_ = true;
  broker_trouble_.clear();
  trouble_since_.reset();
  ShowReadiness();
}

void KafkaConsumer::Disconnected(const std::string& why) {
  connected_ = false;
  broker_trouble_ = why;
  if (!trouble_since_) trouble_since_ = clock_.SteadyNow();
  ShowReadiness();
}

void KafkaConsumer::SetTrouble(const std::string& why) {
  if (owner_trouble_ == why) return;
  owner_trouble_ = why;
  ShowReadiness();
}

void KafkaConsumer::ShowReadiness() {
  const std::string& why = !broker_trouble_.empty()  ? broker_trouble_
                           : !topic_trouble_.empty() ? topic_trouble_
                                                     : owner_trouble_;
  health_.SetReady(options_.name, why.empty(), why);
}

}  // namespace paperwire::bus
