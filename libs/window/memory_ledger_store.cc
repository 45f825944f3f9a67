#include <algorithm>
#include <mutex>
#include <utility>

#include "libs/window/date.h"
#include "libs/window/memory_progress.h"
#include "libs/window/memory_window.h"
#include "libs/window/sighting.h"

namespace paperwire::window {
namespace {

constexpr size_t kCycles = 50;
constexpr char kCyclesStamp[] = "cycles";

std::pair<int64_t, int32_t> EndOf(const v1::Cycle& cycle) {
  const auto& time = cycle.has_end_time() ? cycle.end_time() : cycle.start_time();
  return {time.seconds(), time.nanos()};
}

class MemoryLedgerStore final : public LedgerStore {
 public:
  explicit MemoryLedgerStore(const clock::Clock* clock)
      : clock_(clock == nullptr ? system_clock_ : *clock) {}

  absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                              const RebuildScope& scope) override {
    const std::lock_guard lock(mutex_);
    auto begun = progress_.Begin(end_offsets, scope);
    return Begun{.epoch = std::move(begun.epoch), .offsets = std::move(begun.offsets)};
  }

  absl::StatusOr<int64_t> Apply(const std::string& epoch, const bus::TopicPartition& partition,
                                int64_t expected, std::span<const LedgerWrite> writes) override {
    const std::lock_guard lock(mutex_);
    if (auto status = progress_.Check(epoch); !status.ok()) return status;
    for (const LedgerWrite& write : writes) {
      if (progress_.Stored(partition) != expected) break;
      Take(write, partition);
      expected = write.offset + 1;
      progress_.Store(partition, expected);
    }
    return progress_.Stored(partition);
  }

  absl::StatusOr<std::set<std::string>> Refresh(LedgerContents& contents) override {
    const std::lock_guard lock(mutex_);
    if (!contents.epoch.empty() && contents.epoch != progress_.epoch()) return OtherEpoch();
    std::set<std::string> dates;
    for (const auto& [what, stamp] : contents_.stamps) {
      const auto known = contents.stamps.find(what);
      if (known != contents.stamps.end() && known->second == stamp) continue;
      if (what == kCyclesStamp) {
        contents.cycles = contents_.cycles;
        continue;
      }
      const auto batch = contents_.batches.find(what);
      if (batch != contents_.batches.end()) contents.batches[what] = batch->second;
      contents.papers[what] = contents_.papers[what];
      dates.insert(what);
    }
    for (const auto& [what, stamp] : contents.stamps) {
      if (contents_.stamps.contains(what)) continue;
      contents.batches.erase(what);
      contents.papers.erase(what);
      dates.insert(what);
    }
    contents.stamps = contents_.stamps;
    contents.epoch = progress_.epoch();
    contents.complete = progress_.complete();
    return dates;
  }

  absl::StatusOr<std::vector<int64_t>> NoteIdle(const std::string& announced,
                                                std::span<const IdleNote> notes) override {
    const std::lock_guard lock(mutex_);
    std::map<std::string, IdleNote>& noted = idle_[announced];
    std::vector<int64_t> since;
    for (const IdleNote& note : notes) {
      const auto known = noted.find(note.arxiv_id);
      const bool same = known != noted.end() && known->second.record == note.record;
      if (!note.since_ms) {
        if (same) noted.erase(known);
        since.push_back(0);
        continue;
      }
      if (!same || *known->second.since_ms > *note.since_ms) noted[note.arxiv_id] = note;
      since.push_back(*noted[note.arxiv_id].since_ms);
    }
    return since;
  }

  absl::Status Expire(const std::string& oldest) override {
    const std::lock_guard lock(mutex_);
    const std::string stays = std::min(oldest, OldestAt(absl::FromChrono(clock_.Now())));
    const auto old = [&](const auto& dated) { return dated.first < stays; };
    std::erase_if(contents_.batches, old);
    std::erase_if(contents_.papers, old);
    std::erase_if(contents_.stamps, old);
    std::erase_if(idle_, old);
    return absl::OkStatus();
  }

 private:
  void Touch(const std::string& what) { contents_.stamps[what] = std::to_string(++changes_); }

  void Take(const LedgerWrite& write, const bus::TopicPartition& partition) {
    if (write.batch) {
      const std::string date = DateOrNothing(write.batch->announced());
      if (date.empty()) return;
      contents_.batches[date] = *write.batch;
      const Whereabouts declared = Declared(*write.batch, partition, write.offset);
      for (const std::string& id : write.batch->paper_ids()) {
        contents_.papers[date].try_emplace(id, declared);
      }
      Touch(date);
    } else if (write.cycle) {
      auto& cycles = contents_.cycles;
      cycles.insert(std::ranges::upper_bound(cycles, EndOf(*write.cycle), {}, EndOf), *write.cycle);
      if (cycles.size() > kCycles) cycles.erase(cycles.begin());
      Touch(kCyclesStamp);
    } else if (!write.arxiv_id.empty() && !DateOrNothing(write.announced).empty()) {
      auto& papers = contents_.papers[write.announced];
      const auto [stored, added] = papers.try_emplace(write.arxiv_id, write.sighting);
      if (!added && !TakeInto(stored->second, write.sighting)) return;
      Touch(write.announced);
    }
  }

  const clock::SystemClock system_clock_;
  const clock::Clock& clock_;
  std::mutex mutex_;
  MemoryProgress progress_;
  LedgerContents contents_;
  std::map<std::string, std::map<std::string, IdleNote>> idle_;
  int64_t changes_ = 0;
};

}  // namespace

std::unique_ptr<LedgerStore> MakeMemoryLedgerStore(const clock::Clock* clock) {
  return std::make_unique<MemoryLedgerStore>(clock);
}

}  // namespace paperwire::window
