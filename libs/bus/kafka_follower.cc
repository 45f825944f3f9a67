#include "libs/bus/kafka_follower.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/bus/bus_metrics.h"
#include "libs/bus/failed_record.h"
#include "libs/bus/kafka_consumer.h"
#include "libs/telemetry/log.h"

namespace paperwire::bus {
namespace {

constexpr std::chrono::milliseconds kPoll{100};
constexpr std::chrono::milliseconds kWatermarks{5000};
constexpr std::chrono::milliseconds kPauseMin{200};
constexpr std::chrono::milliseconds kPauseMax{5000};
// How often an idle partition's store is asked whether it still is what it was.
constexpr std::chrono::seconds kIdleApply{1};
// Lag dashboards need no more.
constexpr std::chrono::seconds kCommitEvery{2};

}  // namespace

class KafkaFollower::Core final : private KafkaConsumer::Owner {
 public:
  Core(const KafkaSettings& settings, Options options, Publisher& publisher,
       const clock::Clock& clock, prometheus::Registry& metrics, telemetry::Health& health)
      : options_(std::move(options)),
        publisher_(publisher),
        clock_(clock),
        metrics_(options_.service, metrics),
        consumer_(settings,
                  {.topics = options_.topics, .group = options_.group, .name = options_.group},
                  *this, clock, health) {}

  absl::Status Run(std::stop_token stop, FollowerSink& sink) {
    stop_ = std::move(stop);
    sink_ = &sink;
    absl::Status status = consumer_.Open();
    while (status.ok() && !stop_.stop_requested()) {
      status = starting_ ? Start() : Follow();
      for (const auto& [topic, lag] : consumer_.lag()) {
        metrics_.SetLag(topic, static_cast<double>(lag));
      }
    }
    CommitNow(/*wait=*/true);
    consumer_.Close();
    return status;
  }

 private:
  struct Partition {
    // The offset the sink is believed to hold; -1: none.
    int64_t stored = -1;
    int64_t committed = -1;
    clock::SteadyTime last_apply{};
    // Read and not yet applied.
    std::vector<Message> records;
  };

  // The group's answer is taken at once, with nothing; reading begins when the sink has said where.
  void OnAssigned(const std::vector<TopicPartition>& partitions) override {
    ++generation_;
    assigned_ = partitions;
    partitions_.clear();
    starting_ = true;
    consumer_.Assign({});
  }

  // The sink has the offsets that count; these are for those who watch the lag.
  void OnCommitFailed(const std::vector<TopicPartition>&) override {
    metrics_.CountCommitFailure();
  }

  void OnRevoked(bool lost) override {
    if (!lost) CommitNow(/*wait=*/true);
    ++generation_;
    assigned_.clear();
    partitions_.clear();
    starting_ = true;
  }

  absl::Status Start() {
    (void)consumer_.Poll(assigned_.empty() ? kPoll : std::chrono::milliseconds(0));
    if (assigned_.empty()) return absl::OkStatus();
    std::map<TopicPartition, int64_t> ends;
    for (const TopicPartition& partition : assigned_) {
      const absl::StatusOr<int64_t> end = consumer_.EndOffset(partition, kWatermarks);
      if (!end.ok()) return BackOff(end.status());
      ends[partition] = *end;
    }
    const auto offsets = sink_->Start(ends);
    if (!offsets.ok()) return BackOff(offsets.status());

    partitions_.clear();
    for (const TopicPartition& partition : assigned_) {
      const auto found = offsets->find(partition);
      Partition& state = partitions_[partition];
      state.stored = found == offsets->end() ? -1 : found->second;
      state.last_apply = clock_.SteadyNow();
    }
    starting_ = false;
    Well();
    Reassign();
    return absl::OkStatus();
  }

  // One way to move: every partition again from where the sink is.
  void Reassign() {
    std::map<TopicPartition, int64_t> offsets;
    for (auto& [id, partition] : partitions_) {
      partition.records.clear();
      offsets[id] = partition.stored < 0 ? RD_KAFKA_OFFSET_BEGINNING : partition.stored;
    }
    consumer_.Assign(offsets);
  }

  absl::Status Follow() {
    Collect();
    const int64_t generation = generation_;
    const clock::SteadyTime now = clock_.SteadyNow();
    std::vector<TopicPartition> ready;
    for (const auto& [id, partition] : partitions_) {
      if (!partition.records.empty() || now - partition.last_apply >= kIdleApply) {
        ready.push_back(id);
      }
    }
    for (const TopicPartition& id : ready) {
      const absl::Status status = ApplyRecords(id);
      if (!status.ok()) return status;
      if (generation != generation_ || starting_ || moved_ || stop_.stop_requested()) break;
    }
    if (std::exchange(moved_, false) && !starting_) Reassign();
    if (now - last_commit_ >= kCommitEvery) CommitNow(/*wait=*/false);
    return absl::OkStatus();
  }

  // What is there at once, at most a batch for each partition.
  void Collect() {
    consumer_.SetPaused({});
    std::chrono::milliseconds timeout = kPoll;
    for (size_t taken = 0; taken < options_.max_batch * 4; ++taken) {
      std::optional<Message> message = consumer_.Poll(timeout);
      if (!message) return;
      timeout = std::chrono::milliseconds(0);
      const auto found = partitions_.find({message->topic, message->partition});
      if (found == partitions_.end()) continue;
      found->second.records.push_back(*std::move(message));
      if (found->second.records.size() >= options_.max_batch) return;
    }
  }

  absl::Status ApplyRecords(const TopicPartition& id) {
    const int64_t generation = generation_;
    std::vector<Message> messages = std::exchange(partitions_.at(id).records, {});
    std::vector<FollowerSink::Record> records;
    for (const Message& message : messages) {
      bool rejected = false;
      const absl::Status checked = CheckOne(message, rejected);
      if (!checked.ok()) return checked;
      if (generation != generation_ || stop_.stop_requested()) return absl::OkStatus();
      records.push_back({.message = &message, .rejected = rejected});
    }
    while (true) {
      Partition& partition = partitions_.at(id);
      const clock::SteadyTime start = clock_.SteadyNow();
      const absl::StatusOr<int64_t> stored = sink_->Apply(id, partition.stored, records);
      partition.last_apply = clock_.SteadyNow();
      if (!records.empty()) {
        metrics_.ObserveHandling(
            std::chrono::duration<double>(partition.last_apply - start).count());
      }
      if (stored.ok()) {
        Well();
        Applied(id, *stored, records);
        return absl::OkStatus();
      }
      if (absl::IsAborted(stored.status())) {
        telemetry::Log(telemetry::Level::kWarning, "the store begins again",
                       {{"group", options_.group}, {"why", stored.status()}});
        starting_ = true;
        consumer_.Assign({});
        return absl::OkStatus();
      }
      const absl::Status waited = BackOff(stored.status());
      if (!waited.ok()) return waited;
      if (generation != generation_ || stop_.stop_requested()) return absl::OkStatus();
    }
  }

  void Applied(const TopicPartition& id, int64_t stored,
               const std::vector<FollowerSink::Record>& records) {
    Partition& partition = partitions_.at(id);
    const int64_t wanted = records.empty() ? partition.stored : records.back().message->offset + 1;
    if (stored == wanted) {
      for (const FollowerSink::Record& record : records) {
        metrics_.CountRecord(id.topic, record.rejected ? Rejected() : "complete");
      }
    } else {
      telemetry::Log(telemetry::Level::kWarning, "the store holds another offset, reading there",
                     {{"group", options_.group},
                      {"topic", id.topic},
                      {"partition", static_cast<int>(id.partition)},
                      {"expected", wanted},
                      {"stored", stored}});
      moved_ = true;
    }
    partition.stored = stored;
  }

  // What becomes of a record that cannot be applied.
  const char* Rejected() const {
    return options_.dead_letter_suffix.empty() ? "passed_over" : "dead_letter";
  }

  // Whether the record is to be passed. Not OK only when following has to end.
  absl::Status CheckOne(const Message& message, bool& rejected) {
    std::string_view error_class;
    absl::Status why = CheckRecord(message, options_.max_record_bytes, error_class);
    if (why.ok()) {
      why = sink_->Check(message);
      if (why.ok()) return absl::OkStatus();
      if (!absl::IsInvalidArgument(why) && !absl::IsDataLoss(why)) return why;
      error_class = absl::IsDataLoss(why) ? kClassDataLoss : kClassInvalid;
    }
    rejected = true;
    const bool kept = !options_.dead_letter_suffix.empty();
    telemetry::Log(telemetry::Level::kWarning,
                   kept ? "record to the dead letters" : "record passed over",
                   {{"paper", message.key},
                    {"traceparent", message.FindHeader("traceparent")},
                    {"topic", message.topic},
                    {"partition", static_cast<int>(message.partition)},
                    {"offset", message.offset},
                    {"error", why}});
    if (!kept) return absl::OkStatus();
    metrics_.CountDeadLetter(message.topic, std::string(error_class));
    return WriteDeadLetter(
        FailedRecord(message, message.topic + options_.dead_letter_suffix,
                     {std::string(error_class), why.ToString(), options_.service}, std::nullopt));
  }

  // Before the offset passes the record; polling goes on meanwhile.
  absl::Status WriteDeadLetter(const Message& failed) {
    struct Outcome {
      std::mutex mutex;
      std::optional<absl::Status> status;
    };
    const int64_t generation = generation_;
    while (generation == generation_ && !stop_.stop_requested()) {
      // Shared with a report that may come when nobody waits any more.
      auto outcome = std::make_shared<Outcome>();
      publisher_.Publish(failed, [outcome](absl::Status status) {
        const std::lock_guard lock(outcome->mutex);
        outcome->status = std::move(status);
      });
      std::optional<absl::Status> status;
      while (!status && generation == generation_ && !stop_.stop_requested()) {
        PollPaused(std::chrono::milliseconds(10));
        const std::lock_guard lock(outcome->mutex);
        status = outcome->status;
      }
      if (status && status->ok()) break;
      if (status) {
        const absl::Status waited = BackOff(absl::UnavailableError(status->ToString()));
        if (!waited.ok()) return waited;
      }
    }
    Well();
    return absl::OkStatus();
  }

  // Waits, polling, before something is tried again. Returns what ends the following.
  absl::Status BackOff(const absl::Status& why) {
    if (!absl::IsUnavailable(why)) return why;
    if (pauses_++ == 0) {
      telemetry::Log(telemetry::Level::kWarning, "dependency down, waiting",
                     {{"group", options_.group}, {"error", why}});
    }
    consumer_.SetTrouble(why.ToString());
    auto delay = kPauseMin;
    for (int i = 1; i < pauses_ && delay < kPauseMax; ++i) delay *= 2;
    const clock::SteadyTime end = clock_.SteadyNow() + std::min(delay, kPauseMax);
    const int64_t generation = generation_;
    while (clock_.SteadyNow() < end && generation == generation_ && !stop_.stop_requested()) {
      PollPaused(std::chrono::milliseconds(50));
    }
    return absl::OkStatus();
  }

  void Well() {
    pauses_ = 0;
    consumer_.SetTrouble("");
  }

  // Keeps the place in the group without reading on.
  void PollPaused(std::chrono::milliseconds timeout) {
    std::set<TopicPartition> all;
    for (const auto& [id, partition] : partitions_) all.insert(id);
    consumer_.SetPaused(all);
    const int64_t generation = generation_;
    std::optional<Message> message = consumer_.Poll(timeout);
    if (generation != generation_) return;
    if (message) {
      const auto found = partitions_.find({message->topic, message->partition});
      if (found != partitions_.end()) found->second.records.push_back(*std::move(message));
    }
  }

  void CommitNow(bool wait) {
    std::map<TopicPartition, int64_t> offsets;
    for (auto& [id, partition] : partitions_) {
      if (partition.stored < 0 || partition.stored == partition.committed) continue;
      offsets[id] = partition.stored;
      partition.committed = partition.stored;
    }
    consumer_.Commit(offsets, wait);
    last_commit_ = clock_.SteadyNow();
  }

  const Options options_;
  Publisher& publisher_;
  const clock::Clock& clock_;
  BusMetrics metrics_;

  // Of the thread that runs it.
  std::stop_token stop_;
  FollowerSink* sink_ = nullptr;
  std::vector<TopicPartition> assigned_;
  std::map<TopicPartition, Partition> partitions_;
  // Counts assignments: whoever polls in between looks whether it is still the same.
  int64_t generation_ = 0;
  bool starting_ = true;
  // Some partition is to be read from another offset.
  bool moved_ = false;
  int pauses_ = 0;
  clock::SteadyTime last_commit_{};

  KafkaConsumer consumer_;
};

KafkaFollower::KafkaFollower(const KafkaSettings& settings, Options options, Publisher& publisher,
                             const clock::Clock& clock, prometheus::Registry& metrics,
                             telemetry::Health& health)
    : core_(std::make_unique<Core>(settings, std::move(options), publisher, clock, metrics,
                                   health)) {}

KafkaFollower::~KafkaFollower() = default;

absl::Status KafkaFollower::Run(std::stop_token stop, FollowerSink& sink) {
  return core_->Run(std::move(stop), sink);
}

}  // namespace paperwire::bus
