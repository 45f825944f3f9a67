#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "libs/bus/bus_metrics.h"
#include "libs/bus/hand.h"
#include "libs/bus/in_flight.h"
#include "libs/bus/kafka_consumer.h"
#include "libs/bus/record_lanes.h"
#include "libs/bus/record_task.h"

namespace paperwire::bus {

// The polling side of a subscriber: reads topics as a group member, hands records to the lanes,
// bounds what is in flight, commits what is complete. One thread runs it. It never blocks for long,
// so that the group knows it is alive.
class KafkaIntake final : private KafkaConsumer::Owner {
 public:
  struct Options {
    // With their retry tier; -1 for the topic itself.
    std::map<std::string, int> topics;
    std::string group;
    // Records read and not complete, and their bytes, at which no more are read; it goes on at the
    // half of both.
    int64_t most_in_flight = 4096;
    int64_t most_bytes = int64_t{5} << 20;
    // Records read that wait for the lanes, at which no more are read; on at the half, too.
    int64_t most_waiting = 512;
    // Records at the lanes, not handled yet. One that is stuck keeps those of its lane behind it:
    // with few workers they fill the hands before it is known to be stuck (README.md), and nothing
    // moves until it is through.
    int64_t most_in_hand = 768;
    std::chrono::milliseconds drain_timeout{20000};
    // See KafkaSubscriber.
    std::function<bool()> gate = nullptr;
    bool pauses_show = true;
  };

  // All references must outlive it.
  KafkaIntake(const KafkaSettings& settings, Options options, RecordLanes& lanes, Hand& hand,
              BusMetrics& metrics, const clock::Clock& clock, telemetry::Health& health);
  ~KafkaIntake() override;

  absl::Status Open() { return consumer_.Open(); }
  // Until `stop`; then drains, commits and leaves the group.
  void Run(std::stop_token stop);

 private:
  struct Partition {
    std::shared_ptr<Assignment> assignment;
    InFlight<TaskPtr> in_flight;
    std::map<int64_t, CrashMarkers::Suspect> suspects;
    // Read before they were due; reading waits for the first.
    std::deque<TaskPtr> early;
    int64_t committed = -1;
    bool pushed_out = false;
  };

  void OnAssigned(const std::vector<TopicPartition>& partitions) override;
  void OnRevoked(bool lost) override;
  void OnCommitFailed(const std::vector<TopicPartition>& partitions) override;

  // Of a partition that is ours; null otherwise.
  Partition* Find(std::string_view topic, int32_t partition);
  void Receive(Message message);
  void ReceiveMany(std::chrono::milliseconds timeout);
  void Queue(TaskPtr task);
  // What is in flight grows by this much.
  void Count(int64_t records, int64_t bytes);
  // The partition's log went back: what is in hand of it is of another log.
  void StartAnew(const TopicPartition& id, Partition& partition);
  void TakeDue();
  void Dispatch();
  // The first for whom a worker is free.
  void DispatchToFree();
  // The next portion, in order.
  void DispatchPortion();
  // False: it has to wait.
  bool DispatchAlone(const TaskPtr& suspect);
  bool DispatchBatch(std::vector<TaskPtr>& batch);
  // Of our topics: full hands of the topic itself must not keep retries out.
  int64_t InHand() const;
  void TakeCompleted(std::chrono::milliseconds timeout, size_t wanted = 1);
  void PushOutStuck();
  // Too much is in flight, or waits for the lanes.
  bool Full() const;
  // At most half of that.
  bool HasRoom() const;
  // The partition's first record is held up while many behind it are complete.
  bool Stuck(const Partition& partition) const;
  // Waits a moment while hands are full.
  void WaitForRoom(const std::stop_token& stop);
  // Pauses and resumes.
  void ControlFlow();
  void ShowLag();
  void CommitSometimes();
  void CommitNow(bool wait);
  void Drain(std::chrono::milliseconds timeout, bool poll);
  int64_t Busy() const;

  // Constant after construction.
  const Options options_;
  RecordLanes& lanes_;
  Hand& hand_;
  BusMetrics& metrics_;
  const clock::Clock& clock_;
  // Shared with tasks, whose delivery reports may come when this is gone.
  const std::shared_ptr<Inbox> inbox_;

  // Of the thread that runs it.
  std::map<TopicPartition, Partition> partitions_;
  // The one found last: records come in runs of a partition.
  std::map<TopicPartition, Partition>::iterator last_found_;
  std::deque<TaskPtr> pending_;
  int64_t in_flight_ = 0;
  int64_t in_flight_bytes_ = 0;
  bool full_ = false;
  bool draining_ = false;
  clock::SteadyTime drain_end_{};
  bool open_ = true;
  // A suspect waits until it can be in hand alone; nothing else gets in meanwhile.
  bool suspect_waits_ = false;
  int completed_since_commit_ = 0;
  clock::SteadyTime last_commit_{};
  std::map<std::string, int64_t> shown_lag_;

  KafkaConsumer consumer_;
};

}  // namespace paperwire::bus
