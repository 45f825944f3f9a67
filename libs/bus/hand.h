#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/bus/crash_markers.h"
#include "libs/bus/message.h"
#include "libs/clock/clock.h"

namespace paperwire::bus {

// What this process has in hand, kept in step with the crash markers, and the rule that a suspect
// is in hand alone. Thread-safe. Putting down waits for no write.
//
// While the markers cannot be written there is no crash rule: records go on, and it is tried again
// half a minute later.
class Hand {
 public:
  // Ascending within a partition.
  using Offsets = std::map<TopicPartition, std::vector<int64_t>>;

  // `markers` may be null: nothing is written, nothing is suspect.
  Hand(CrashMarkers* markers, const clock::Clock& clock) : markers_(markers), clock_(clock) {}

  // The suspects of a partition that has just been assigned.
  std::map<int64_t, CrashMarkers::Suspect> TakeSuspects(const TopicPartition& partition);

  // Takes records; they are in the markers when it returns, all written at once, and what has been
  // put down since is out of them. False, and nothing is taken, while a suspect is in hand or waits
  // for its turn.
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
  // How many records of a topic are in hand.
  int64_t SizeOf(std::string_view topic) const;

  // Writes what has been put down since, of all partitions; but not within the few milliseconds
  // after it or Take has done so: what is put down is harmless in the markers for as long.
  void Sync();
  // The partition is another's now, or the process stops: clears its marker, but for `Keep`.
  void Release(const TopicPartition& partition);
  // This record stops the process: its marker stays.
  void Keep(const TopicPartition& partition, int64_t offset);

 private:
  struct Held {
    std::vector<int64_t> offsets;
    // The markers show something else.
    bool dirty = false;
  };

  // These need writing_; Write and Fenced must not hold mutex_.
  void Write(const std::vector<TopicPartition>& partitions);
  void Fenced(const TopicPartition& partition);
  bool Usable() const;
  void Failed(const absl::Status& status);
  // These need mutex_.
  void Insert(Held& held, int64_t offset);
  bool Erase(const TopicPartition& partition, int64_t offset);
  std::vector<TopicPartition> Dirty() const;

  CrashMarkers* const markers_;
  const clock::Clock& clock_;

  // Held while the markers are written, so that writes stay in order; taken before mutex_.
  std::mutex writing_;
  // Whose markers belong to another worker now, though nobody has taken the partitions back yet.
  std::set<TopicPartition> fenced_;
  std::optional<clock::SteadyTime> failed_at_;
  // When all that had been put down was written last.
  std::optional<clock::SteadyTime> synced_at_;

  // Never held while anything is written.
  mutable std::mutex mutex_;
  std::map<TopicPartition, Held> held_;
  std::set<std::pair<TopicPartition, int64_t>> waiting_;
  // A suspect is in hand; or one waits, and nothing new gets in.
  std::optional<std::pair<TopicPartition, int64_t>> alone_;
  std::optional<std::pair<TopicPartition, int64_t>> next_alone_;
  std::optional<std::pair<TopicPartition, int64_t>> kept_;
  bool kept_alone_ = false;
  // Of all partitions.
  int64_t size_ = 0;
};

}  // namespace paperwire::bus
