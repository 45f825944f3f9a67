#include "libs/bus/kafka_intake.h"

#include <algorithm>
#include <utility>

#include "libs/telemetry/log.h"

namespace paperwire::bus {
namespace {

constexpr std::chrono::milliseconds kPoll{100};
// When records wait for their turn.
constexpr std::chrono::milliseconds kShortPoll{5};
constexpr std::chrono::seconds kCommitEvery{1};
constexpr int kCommitAfter = 100;
// A commit costs the broker as much as hundreds of records.
constexpr std::chrono::milliseconds kCommitApart{100};
// A revoke makes the whole group stand still: long calls are not waited for.
constexpr std::chrono::seconds kRevokeDrain{3};
constexpr size_t kBatch = 512;
// The lanes are not given less room than this to fill: each portion is a write of the markers.
constexpr int64_t kPortion = 256;
// One stuck record must not make a restart read a day again. A fast stage is that far ahead of a
// healthy record too, but not for long.
constexpr int64_t kMaxSpread = 2000;
constexpr std::chrono::seconds kStuck{1};
constexpr int kCrashLoopDeaths = 2;
// How long full hands are waited for before reading pauses. Rebalances wait as long, the group's
// heartbeats do not.
constexpr std::chrono::seconds kFullWait{2};
constexpr std::chrono::milliseconds kFullLook{5};
constexpr size_t kWorthALook = 128;

std::vector<std::string> NamesOf(const std::map<std::string, int>& topics) {
  std::vector<std::string> names;
  for (const auto& [name, tier] : topics) names.push_back(name);
  return names;
}

// To be handled with nothing beside it.
bool IsSuspect(const TaskPtr& task) { return task->suspect && task->verdict.ok(); }

int64_t SizeOf(const Message& message) { return static_cast<int64_t>(message.value.size()); }

}  // namespace

KafkaIntake::KafkaIntake(const KafkaSettings& settings, Options options, RecordLanes& lanes,
                         Hand& hand, BusMetrics& metrics, const clock::Clock& clock,
                         telemetry::Health& health)
    : options_(std::move(options)),
      lanes_(lanes),
      hand_(hand),
      metrics_(metrics),
      clock_(clock),
      inbox_(std::make_shared<Inbox>()),
      last_found_(partitions_.end()),
      last_commit_(clock.SteadyNow()),
      consumer_(
          settings,
          {.topics = NamesOf(options_.topics), .group = options_.group, .name = options_.group},
          *this, clock, health) {}

KafkaIntake::~KafkaIntake() {
  consumer_.Close();
  inbox_->Close();
}

void KafkaIntake::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    open_ = options_.gate == nullptr || options_.gate();
    ReceiveMany(pending_.empty() ? kPoll : kShortPoll);
    TakeCompleted(std::chrono::milliseconds(0));
    TakeDue();
    Dispatch();
    PushOutStuck();
    WaitForRoom(stop);
    ControlFlow();
    CommitSometimes();
    hand_.Sync();
    if (options_.pauses_show) consumer_.SetTrouble(lanes_.Trouble());
    ShowLag();
  }
  draining_ = true;
  drain_end_ = clock_.SteadyNow() + options_.drain_timeout;
  std::set<TopicPartition> all;
  for (const auto& [partition, state] : partitions_) all.insert(partition);
  consumer_.SetPaused(all);
  Drain(options_.drain_timeout, /*poll=*/true);
  CommitNow(/*wait=*/true);
  consumer_.Close();
}

void KafkaIntake::OnAssigned(const std::vector<TopicPartition>& partitions) {
  std::map<TopicPartition, int64_t> offsets;
  for (const TopicPartition& partition : partitions) {
    Partition& state = partitions_[partition];
    state = Partition();
    state.assignment = std::make_shared<Assignment>();
    state.assignment->partition = partition;
    state.suspects = hand_.TakeSuspects(partition);
    if (!state.suspects.empty()) {
      telemetry::Log(telemetry::Level::kWarning, "records were in hand when a worker died",
                     {{"topic", partition.topic},
                      {"partition", static_cast<int>(partition.partition)},
                      {"records", static_cast<int64_t>(state.suspects.size())}});
    }
    offsets[partition] = RD_KAFKA_OFFSET_STORED;
  }
  consumer_.Assign(offsets);
  ControlFlow();
}

void KafkaIntake::OnRevoked(bool lost) {
  // Drained first and fenced second: fencing first would repeat what is about to be complete.
  if (!lost) {
    // While a stop waits, for no longer than it would.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        std::max(drain_end_ - clock_.SteadyNow(), clock::SteadyTime::duration::zero()));
    Drain(draining_ ? std::min<std::chrono::milliseconds>(left, kRevokeDrain) : kRevokeDrain,
          /*poll=*/false);
    CommitNow(/*wait=*/true);
  }
  for (auto& [partition, state] : partitions_) {
    state.assignment->draining = true;
    // First, so that nothing more is told of it after.
    state.assignment->abandoned.request_stop();
    hand_.Release(partition);
  }
  suspect_waits_ = false;
  partitions_.clear();
  last_found_ = partitions_.end();
  pending_.clear();
  Count(-in_flight_, -in_flight_bytes_);
  full_ = false;
}

void KafkaIntake::OnCommitFailed(const std::vector<TopicPartition>& partitions) {
  metrics_.CountCommitFailure();
  for (const TopicPartition& id : partitions) {
    const auto found = partitions_.find(id);
    if (found != partitions_.end()) found->second.committed = -1;
  }
  // So that it is committed again in its time, though nothing more may complete.
  completed_since_commit_ = std::max(completed_since_commit_, 1);
}

void KafkaIntake::ReceiveMany(std::chrono::milliseconds timeout) {
  // Once at least: the group's events come this way too.
  for (size_t i = 0; i < kBatch && (i == 0 || !Full()); ++i) {
    std::optional<Message> message =
        consumer_.Poll(i == 0 ? timeout : std::chrono::milliseconds(0));
    if (!message) break;
    Receive(*std::move(message));
  }
}

KafkaIntake::Partition* KafkaIntake::Find(std::string_view topic, int32_t partition) {
  if (last_found_ == partitions_.end() || last_found_->first.partition != partition ||
      last_found_->first.topic != topic) {
    last_found_ = partitions_.find({std::string(topic), partition});
  }
  return last_found_ == partitions_.end() ? nullptr : &last_found_->second;
}

void KafkaIntake::Receive(Message message) {
  Partition* const found = Find(message.topic, message.partition);
  if (found == nullptr || draining_) return;
  Partition& partition = *found;
  auto task = std::make_shared<Task>();
  if (!partition.in_flight.Deliver(message.offset, task)) {
    const TopicPartition id{message.topic, message.partition};
    telemetry::Log(telemetry::Level::kWarning, "offsets went back: the log was cut or made anew",
                   {{"topic", id.topic},
                    {"partition", static_cast<int>(id.partition)},
                    {"offset", message.offset}});
    StartAnew(id, partition);
    partition.in_flight.Deliver(message.offset, task);
  }

  task->assignment = partition.assignment;
  task->inbox = inbox_;
  const auto topic = options_.topics.find(message.topic);
  task->tier = topic == options_.topics.end() ? -1 : topic->second;
  if (const auto suspect = partition.suspects.find(message.offset);
      suspect != partition.suspects.end()) {
    task->suspect = true;
    if (suspect->second.alone_deaths >= kCrashLoopDeaths) {
      task->verdict =
          absl::AbortedError("the process died " + std::to_string(suspect->second.alone_deaths) +
                             " times with this record alone in hand");
      task->verdict_class = kClassCrashLoop;
    }
  }
  task->message = std::move(message);
  if (task->tier >= 0) {
    // Not in hand yet: what waits an hour must not keep what waits half a minute out. Few, because
    // its partition is paused.
    partition.early.push_back(std::move(task));
  } else {
    Queue(std::move(task));
  }
}

void KafkaIntake::Queue(TaskPtr task) {
  Count(1, SizeOf(task->message));
  task->received = clock_.SteadyNow();
  pending_.push_back(std::move(task));
}

void KafkaIntake::Count(int64_t records, int64_t bytes) {
  in_flight_ += records;
  in_flight_bytes_ += bytes;
  metrics_.AddInFlight(static_cast<double>(records));
}

void KafkaIntake::StartAnew(const TopicPartition& id, Partition& partition) {
  partition.assignment->draining = true;
  partition.assignment->abandoned.request_stop();
  partition.in_flight.ForEach([this](const TaskPtr& task) {
    // What is early is not counted yet.
    if (task->received != clock::SteadyTime()) Count(-1, -SizeOf(task->message));
  });
  std::erase_if(pending_, [&partition](const TaskPtr& task) {
    return task->assignment == partition.assignment;
  });
  hand_.Release(id);
  partition = Partition();
  partition.assignment = std::make_shared<Assignment>();
  partition.assignment->partition = id;
}

void KafkaIntake::TakeDue() {
  const int64_t now =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Now().time_since_epoch())
          .count();
  for (auto& [id, partition] : partitions_) {
    while (!partition.early.empty() && NotBeforeOf(partition.early.front()->message) <= now) {
      Queue(std::move(partition.early.front()));
      partition.early.pop_front();
    }
  }
}

void KafkaIntake::Dispatch() {
  // A suspect that has asked for its turn keeps others waiting until it has had it.
  if (!open_ && !suspect_waits_) return;
  if (lanes_.any_worker()) {
    DispatchToFree();
  } else {
    DispatchPortion();
  }
}

void KafkaIntake::DispatchPortion() {
  std::vector<TaskPtr> batch;
  int64_t room = options_.most_in_hand - InHand();
  if (room < kPortion) room = 0;
  while (!pending_.empty()) {
    TaskPtr& task = pending_.front();
    if (IsSuspect(task)) {
      // Nothing beside it: what came before goes first.
      if (DispatchBatch(batch) && DispatchAlone(task)) pending_.pop_front();
      return;
    }
    if (room <= 0) break;
    --room;
    batch.push_back(std::move(task));
    pending_.pop_front();
  }
  DispatchBatch(batch);
}

void KafkaIntake::DispatchToFree() {
  if (suspect_waits_) {
    const auto suspect = std::find_if(pending_.begin(), pending_.end(), IsSuspect);
    suspect_waits_ = suspect != pending_.end();
    if (suspect_waits_ && DispatchAlone(*suspect)) pending_.erase(suspect);
    return;
  }
  if (pending_.empty()) return;
  // No more than can begin at once: what waits at the lanes is in hand, and suspect after a death.
  int64_t room = lanes_.Room();
  if (room <= 0) return;
  std::set<std::string> keys = lanes_.Keys();
  std::vector<TaskPtr> batch;
  for (auto at = pending_.begin(); at != pending_.end() && room > 0;) {
    const bool its_turn = keys.insert((*at)->message.key).second;
    if (IsSuspect(*at)) {
      if (its_turn && batch.empty() && DispatchAlone(*at)) pending_.erase(at);
      break;
    }
    if (!its_turn) {
      ++at;
      continue;
    }
    batch.push_back(std::move(*at));
    at = pending_.erase(at);
    --room;
  }
  DispatchBatch(batch);
}

bool KafkaIntake::DispatchAlone(const TaskPtr& suspect) {
  suspect_waits_ = !hand_.TakeAlone(suspect->assignment->partition, suspect->message.offset);
  if (suspect_waits_) return false;
  suspect->in_hand = true;
  lanes_.Submit({suspect});
  return true;
}

int64_t KafkaIntake::InHand() const {
  int64_t in_hand = 0;
  for (const auto& [topic, tier] : options_.topics) in_hand += hand_.SizeOf(topic);
  return in_hand;
}

bool KafkaIntake::DispatchBatch(std::vector<TaskPtr>& batch) {
  if (batch.empty()) return true;
  Hand::Offsets offsets;
  std::vector<int64_t>* of_partition = nullptr;
  const Assignment* assignment = nullptr;
  for (const TaskPtr& task : batch) {
    if (task->assignment.get() != assignment) {
      assignment = task->assignment.get();
      of_partition = &offsets[assignment->partition];
    }
    of_partition->push_back(task->message.offset);
  }
  if (!hand_.Take(offsets)) {
    pending_.insert(pending_.begin(), std::make_move_iterator(batch.begin()),
                    std::make_move_iterator(batch.end()));
    batch.clear();
    return false;
  }
  for (const TaskPtr& task : batch) task->in_hand = true;
  lanes_.Submit(std::exchange(batch, {}));
  return true;
}

void KafkaIntake::TakeCompleted(std::chrono::milliseconds timeout, size_t wanted) {
  int64_t records = 0;
  int64_t bytes = 0;
  for (const TaskPtr& task : inbox_->Take(timeout, wanted)) {
    // Pushed out: another task stands for the offset.
    if (task->abandoned) continue;
    const TopicPartition& id = task->assignment->partition;
    Partition* const partition = Find(id.topic, id.partition);
    if (partition == nullptr || partition->assignment != task->assignment) continue;
    const int64_t offset = task->message.offset;
    if (!partition->in_flight.Complete(offset)) continue;
    if (task->suspect) hand_.Forget(id, offset);
    partition->pushed_out = false;
    ++records;
    bytes += SizeOf(task->message);
  }
  if (records == 0) return;
  Count(-records, -bytes);
  completed_since_commit_ += static_cast<int>(records);
}

void KafkaIntake::PushOutStuck() {
  for (auto& [id, partition] : partitions_) {
    if (partition.pushed_out || !Stuck(partition)) continue;
    TaskPtr& stuck = *partition.in_flight.lowest();
    // One that waits for a dependency or for the broker is not stuck; reading stops until it is
    // through.
    if (stuck->waiting || stuck->decided) continue;
    auto diverted = std::make_shared<Task>();
    diverted->message = stuck->message;
    diverted->assignment = stuck->assignment;
    diverted->inbox = stuck->inbox;
    diverted->tier = stuck->tier;
    diverted->received = stuck->received;
    diverted->verdict = absl::DeadlineExceededError(
        "still in hand while " + std::to_string(kMaxSpread) + " records behind it are complete");
    diverted->verdict_class = kClassSpread;
    diverted->divert_to_retry = true;
    stuck->abandoned = true;
    stuck = diverted;
    partition.pushed_out = true;
    lanes_.SubmitBeside(diverted);
  }
}

bool KafkaIntake::Full() const {
  return in_flight_ >= options_.most_in_flight || in_flight_bytes_ >= options_.most_bytes ||
         static_cast<int64_t>(pending_.size()) >= options_.most_waiting;
}

bool KafkaIntake::HasRoom() const {
  return in_flight_ <= options_.most_in_flight / 2 && in_flight_bytes_ <= options_.most_bytes / 2 &&
         static_cast<int64_t>(pending_.size()) <= options_.most_waiting / 2;
}

bool KafkaIntake::Stuck(const Partition& partition) const {
  if (partition.in_flight.spread() < kMaxSpread) return false;
  const TaskPtr& lowest = *partition.in_flight.lowest();
  // One that is early has no turn yet.
  return lowest->received != clock::SteadyTime() && clock_.SteadyNow() - lowest->received >= kStuck;
}

void KafkaIntake::WaitForRoom(const std::stop_token& stop) {
  // A pause throws away what was fetched ahead, and what comes after it is up to a second late:
  // hands that are only full for a moment are waited for.
  if (full_ || !Full()) return;
  const clock::SteadyTime end = clock_.SteadyNow() + kFullWait;
  while (!HasRoom() && !stop.stop_requested() && clock_.SteadyNow() < end) {
    TakeCompleted(kFullLook, kWorthALook);
    Dispatch();
    PushOutStuck();
    CommitSometimes();
    hand_.Sync();
  }
}

void KafkaIntake::ControlFlow() {
  full_ = full_ ? !HasRoom() : Full();
  std::set<TopicPartition> paused;
  for (const auto& [id, partition] : partitions_) {
    if (!open_ || full_ || !partition.early.empty() || Stuck(partition)) paused.insert(id);
  }
  consumer_.SetPaused(paused);
}

void KafkaIntake::ShowLag() {
  if (consumer_.lag() == shown_lag_) return;
  shown_lag_ = consumer_.lag();
  for (const auto& [topic, lag] : shown_lag_) metrics_.SetLag(topic, static_cast<double>(lag));
}

void KafkaIntake::CommitSometimes() {
  const clock::SteadyTime now = clock_.SteadyNow();
  if (completed_since_commit_ == 0) return;
  if (now - last_commit_ < (completed_since_commit_ < kCommitAfter ? kCommitEvery : kCommitApart)) {
    return;
  }
  CommitNow(/*wait=*/false);
}

void KafkaIntake::CommitNow(bool wait) {
  std::map<TopicPartition, int64_t> offsets;
  for (auto& [id, partition] : partitions_) {
    const std::optional<int64_t> offset = partition.in_flight.committable();
    // At the end all is said again: an earlier commit may have failed on the way.
    if (!offset || (!wait && *offset <= partition.committed)) continue;
    // A first record that is still in flight is no progress.
    if (partition.committed < 0 && partition.in_flight.untouched()) continue;
    offsets[id] = *offset;
    partition.committed = *offset;
  }
  // Before the call: one that fails at once asks for another.
  completed_since_commit_ = 0;
  last_commit_ = clock_.SteadyNow();
  consumer_.Commit(offsets, wait);
}

int64_t KafkaIntake::Busy() const {
  int64_t busy = 0;
  for (const auto& [id, partition] : partitions_) busy += partition.assignment->busy;
  return busy;
}

void KafkaIntake::Drain(std::chrono::milliseconds timeout, bool poll) {
  for (auto& [id, partition] : partitions_) partition.assignment->draining = true;
  pending_.clear();
  const clock::SteadyTime end = clock_.SteadyNow() + timeout;
  // What was abandoned before has its process' end to wait for.
  const auto busy = [&] { return Busy() > 0 || (poll && lanes_.AtWork() > 0); };
  while (busy() && clock_.SteadyNow() < end) {
    // What arrives is not taken; polling only keeps the place in the group.
    if (poll) (void)consumer_.Poll(std::chrono::milliseconds(0));
    TakeCompleted(std::chrono::milliseconds(20));
  }
  TakeCompleted(std::chrono::milliseconds(0));
  for (auto& [id, partition] : partitions_) partition.assignment->abandoned.request_stop();
}

}  // namespace paperwire::bus
