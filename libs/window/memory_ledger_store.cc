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

std::pair<int64_t, int32_t> EndOf(const v1::Cycle& cycle) {
  const auto& time = cycle.has_end_time() ? cycle.end_time() : cycle.start_time();
  return {time.seconds(), time.nanos()};
}

class MemoryLedgerStore final : public LedgerStore {
 public:
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
      Take(write);
      expected = write.offset + 1;
      progress_.Store(partition, expected);
    }
    return progress_.Stored(partition);
  }

  absl::StatusOr<LedgerContents> Load() override {
    const std::lock_guard lock(mutex_);
    LedgerContents contents = contents_;
    contents.epoch = progress_.epoch();
    contents.complete = progress_.complete();
    return contents;
  }

  absl::Status Expire(const std::string& oldest) override {
    const std::lock_guard lock(mutex_);
    const auto old = [&](const auto& dated) { return dated.first < oldest; };
    std::erase_if(contents_.batches, old);
    std::erase_if(contents_.papers, old);
    return absl::OkStatus();
  }

 private:
  void Take(const LedgerWrite& write) {
    if (write.batch) {
      const std::string date = DateOrNothing(write.batch->announced());
      if (!date.empty()) contents_.batches[date] = *write.batch;
    } else if (write.cycle) {
      auto& cycles = contents_.cycles;
      cycles.insert(std::ranges::upper_bound(cycles, EndOf(*write.cycle), {}, EndOf), *write.cycle);
      if (cycles.size() > kCycles) cycles.erase(cycles.begin());
    } else if (!write.arxiv_id.empty() && !DateOrNothing(write.announced).empty()) {
      auto& papers = contents_.papers[write.announced];
      const auto [stored, added] = papers.try_emplace(write.arxiv_id, write.sighting);
      if (!added && Replaces(write.sighting, stored->second)) stored->second = write.sighting;
    }
  }

  std::mutex mutex_;
  MemoryProgress progress_;
  LedgerContents contents_;
};

}  // namespace

std::unique_ptr<LedgerStore> MakeMemoryLedgerStore() {
  return std::make_unique<MemoryLedgerStore>();
}

}  // namespace paperwire::window
