#include "libs/window/memory_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "libs/paper/revision.h"
#include "libs/window/date.h"
#include "libs/window/memory_progress.h"

namespace paperwire::window {
namespace {

constexpr size_t kMostChanges = 200'000;

uint32_t VersionOf(uint64_t revision) { return paper::RevisionFromValue(revision).paper_version; }

Cursor CursorAt(uint64_t number) { return fmt::format("{:020}", number); }

class MemoryWindow final : public Window {
 public:
  absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                              const RebuildScope& scope) override {
    const std::lock_guard lock(mutex_);
    return progress_.Begin(end_offsets, scope);
  }

  absl::StatusOr<Applied> Apply(const std::string& epoch, const bus::TopicPartition& partition,
                                int64_t expected, const std::string& oldest,
                                std::span<const Write> writes) override {
    const std::lock_guard lock(mutex_);
    if (auto status = progress_.Check(epoch); !status.ok()) return status;
    Applied applied;
    for (const Write& write : writes) {
      if (progress_.Stored(partition) != expected) {
        applied.verdicts.push_back(Verdict::kFenced);
      } else {
        applied.verdicts.push_back(ApplyOne(write, oldest));
        progress_.Store(partition, write.offset + 1);
      }
      expected = write.offset + 1;
    }
    applied.stored_offset = progress_.Stored(partition);
    return applied;
  }

  absl::StatusOr<State> GetState() override {
    const std::lock_guard lock(mutex_);
    return State{
        .epoch = progress_.epoch(), .complete = progress_.complete(), .cursor = CursorAt(newest_)};
  }

  absl::StatusOr<Contents> Load() override {
    const std::lock_guard lock(mutex_);
    Contents contents{.epoch = progress_.epoch(), .cursor = CursorAt(newest_), .entries = {}};
    for (const auto& [id, stored] : papers_) {
      if (!stored.removed) contents.entries.push_back(stored.entry);
    }
    return contents;
  }

  absl::StatusOr<std::vector<Change>> ChangesAfter(const std::string& epoch, const Cursor& cursor,
                                                   size_t limit) override {
    const std::lock_guard lock(mutex_);
    if (epoch != progress_.epoch()) return absl::OutOfRangeError("epoch: the window began anew");
    if (cursor.size() != CursorAt(0).size() || cursor < CursorAt(newest_ - changes_.size())) {
      return absl::OutOfRangeError("cursor: the change stream no longer reaches back to it");
    }
    std::vector<Change> changes;
    const auto first = std::ranges::upper_bound(changes_, cursor, {}, &Change::cursor);
    for (auto it = first; it != changes_.end() && changes.size() < limit; ++it) {
      changes.push_back(*it);
    }
    return changes;
  }

  absl::StatusOr<std::vector<v1::Entry>> Get(std::span<const std::string> arxiv_ids) override {
    const std::lock_guard lock(mutex_);
    std::vector<v1::Entry> entries;
    for (const std::string& id : arxiv_ids) {
      const auto found = papers_.find(id);
      if (found != papers_.end() && !found->second.removed) entries.push_back(found->second.entry);
    }
    return entries;
  }

  absl::StatusOr<int64_t> Expire(const std::string& oldest) override {
    const std::lock_guard lock(mutex_);
    int64_t expired = 0;
    std::erase_if(papers_, [&](const auto& paper) {
      const Stored& stored = paper.second;
      const bool old = stored.announced() < oldest && !stored.announced().empty();
      if (old && !stored.removed) ++expired;
      return old;
    });
    return expired;
  }

  absl::StatusOr<uint32_t> NextGeneration(const std::string& arxiv_id,
                                          uint32_t paper_version) override {
    const std::lock_guard lock(mutex_);
    return ++generations_[{arxiv_id, paper_version}];
  }

  absl::Status RaiseGeneration(const std::string& arxiv_id, uint32_t paper_version,
                               uint32_t at_least) override {
    const std::lock_guard lock(mutex_);
    uint32_t& generation = generations_[{arxiv_id, paper_version}];
    generation = std::max(generation, at_least);
    return absl::OkStatus();
  }

  absl::StatusOr<bool> GenerationsRestored() override {
    const std::lock_guard lock(mutex_);
    return generations_restored_;
  }

  absl::Status SetGenerationsRestored() override {
    const std::lock_guard lock(mutex_);
    generations_restored_ = true;
    return absl::OkStatus();
  }

 private:
  struct Stored {
    uint64_t revision = 0;
    bool removed = false;
    v1::Entry entry;
    const std::string& announced() const { return entry.paper().announced(); }
  };

  Verdict ApplyOne(const Write& write, const std::string& oldest) {
    if (write.skip) return Verdict::kSkipped;
    const std::string& id = write.entry.paper().arxiv_id();
    const auto found = papers_.find(id);
    std::string announced = DateOrNothing(write.entry.paper().announced());
    if (found != papers_.end()) {
      const std::string& told = found->second.announced();
      if (!told.empty() && (announced.empty() || told < announced)) announced = told;
    }
    if (announced < oldest && !(write.removed && announced.empty())) return Verdict::kTooOld;
    const uint64_t revision = write.entry.revision().value();
    const bool gone = found != papers_.end() && found->second.removed && !write.removed &&
                      VersionOf(revision) == VersionOf(found->second.revision);
    if (found != papers_.end() && (gone || revision <= found->second.revision)) {
      if (announced != found->second.announced() && !found->second.removed) {
        found->second.entry.mutable_paper()->set_announced(announced);
        Append(id, found->second.revision, false);
      }
      return Verdict::kOutranked;
    }
    Stored stored{.revision = revision, .removed = write.removed, .entry = write.entry};
    stored.entry.mutable_paper()->set_announced(announced);
    papers_[id] = std::move(stored);
    Append(id, revision, write.removed);
    return Verdict::kApplied;
  }

  void Append(const std::string& id, uint64_t revision, bool removed) {
    changes_.push_back(
        {.cursor = CursorAt(++newest_), .arxiv_id = id, .revision = revision, .removed = removed});
    if (changes_.size() > 2 * kMostChanges) {
      changes_.erase(changes_.begin(), changes_.begin() + kMostChanges);
    }
  }

  std::mutex mutex_;
  MemoryProgress progress_;
  std::map<std::string, Stored> papers_;
  std::vector<Change> changes_;
  uint64_t newest_ = 0;
  std::map<std::pair<std::string, uint32_t>, uint32_t> generations_;
  bool generations_restored_ = false;
};

}  // namespace

std::unique_ptr<Window> MakeMemoryWindow() { return std::make_unique<MemoryWindow>(); }

}  // namespace paperwire::window
