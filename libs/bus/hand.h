#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "libs/bus/crash_markers.h"
#include "libs/bus/message.h"
#include "libs/clock/clock.h"

namespace paperwire::bus {

// What this process has in hand, kept in step with the crash markers, and the rule that a suspect
// is in hand alone. Thread-safe.
//
// While the markers cannot be written there is no crash rule: records go on, and it is tried again
// half a minute later.
class Hand {
 public:
  using Offsets = std::map<TopicPartition, std::set<int64_t>>;

  // `markers` may be null: nothing is written, nothing is suspect.
  Hand(CrashMarkers* markers, const clock::Clock& clock) : markers_(markers), clock_(clock) {}

  // The suspects of a partition that has just been assigned.
  std::map<int64_t, CrashMarkers::Suspect> TakeSuspects(const TopicPartition& partition);

  // Takes records, one write per partition. False, and nothing is taken, while a suspect is in hand
  // or waits for its turn.
  bool Take(const Offsets& batch);
  // Takes a suspect. False while anything is in hand, or waits and may be taken again; from then on
  // nothing new gets in.
  bool TakeAlone(const TopicPartition& partition, int64_t offset);
  // Takes a record again that waited. False, and it waits on, while a suspect is in hand.
  bool TakeAgain(const TopicPartition& partition, int64_t offset);

  // The record only waits now: a death is none of its doing.
  void Wait(const TopicPartition& partition, int64_t offset);
  void PutDown(const TopicPartition& partition, int64_t offset);
  // The suspect was handled.
  void Forget(const TopicPartition& partition, int64_t offset);

  // Writes what has been put down since.
  void Sync();
  // The partition is another's now, or the process stops: clears its marker, but for `Keep`.
  void Release(const TopicPartition& partition);
  // This record stops the process: its marker stays.
  void Keep(const TopicPartition& partition, int64_t offset);

 private:
  void Write(const TopicPartition& partition);
  void Fenced(const TopicPartition& partition);
  bool Usable();
  void Failed(const absl::Status& status);

  CrashMarkers* const markers_;
  const clock::Clock& clock_;

  std::mutex mutex_;
  Offsets held_;
  // Whose markers belong to another worker now, though nobody has taken the partitions back yet.
  std::set<TopicPartition> fenced_;
  std::set<std::pair<TopicPartition, int64_t>> waiting_;
  std::set<TopicPartition> dirty_;
  // A suspect is in hand; or one waits, and nothing new gets in.
  std::optional<std::pair<TopicPartition, int64_t>> alone_;
  std::optional<std::pair<TopicPartition, int64_t>> next_alone_;
  std::optional<std::pair<TopicPartition, int64_t>> kept_;
  bool kept_alone_ = false;
  std::optional<clock::SteadyTime> failed_at_;
};

}  // namespace paperwire::bus
