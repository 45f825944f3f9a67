#include "libs/window/memory_window.h"

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

Cursor CursorAt(uint64_t number) { return {.milliseconds = number, .sequence = 0}; }

class MemoryWindow final : public Window {
 public:
  explicit MemoryWindow(const clock::Clock* clock)
      : clock_(clock == nullptr ? system_clock_ : *clock) {}

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
    if (progress_.Stored(partition) < expected) {
      Renew();
      return GoneBack();
    }
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
    return State{.epoch = progress_.epoch(),
                 .complete = progress_.complete(),
                 .cursor = CursorAt(newest_),
                 .oldest = Oldest()};
  }

  absl::StatusOr<Contents> Load() override {
    const std::lock_guard lock(mutex_);
    Contents contents{
        .epoch = progress_.epoch(), .cursor = CursorAt(newest_), .papers = {}, .gone = {}};
    for (const auto& [id, paper] : papers_) Tell(id, paper, contents.papers, contents.gone);
    return contents;
  }

  absl::StatusOr<std::vector<Change>> ChangesAfter(const std::string& epoch, const Cursor& cursor,
                                                   size_t limit) override {
    const std::lock_guard lock(mutex_);
    if (auto status = Confirm(epoch, cursor); !status.ok()) return status;
    std::vector<Change> changes;
    const auto first = std::ranges::upper_bound(changes_, cursor, {}, &Change::cursor);
    for (auto it = first; it != changes_.end() && changes.size() < limit; ++it) {
      changes.push_back(*it);
    }
    return changes;
  }

  absl::StatusOr<std::vector<Stored>> Get(std::span<const std::string> arxiv_ids) override {
    const std::lock_guard lock(mutex_);
    std::vector<Stored> papers;
    for (const std::string& id : arxiv_ids) {
      const auto found = papers_.find(id);
      if (found != papers_.end() && !found->second.removed) papers.push_back(found->second.stored);
    }
    return papers;
  }

  absl::StatusOr<Papers> GetChanged(const std::string& epoch, const Cursor& cursor,
                                    std::span<const std::string> arxiv_ids) override {
    const std::lock_guard lock(mutex_);
    if (auto status = Confirm(epoch, cursor); !status.ok()) return status;
    Papers papers;
    for (const std::string& id : arxiv_ids) {
      const auto found = papers_.find(id);
      if (found != papers_.end()) Tell(id, found->second, papers.papers, papers.gone);
    }
    return papers;
  }

  absl::StatusOr<int64_t> Expire(const std::string& oldest) override {
    const std::lock_guard lock(mutex_);
    const std::string stays = std::min(oldest, Oldest());
    int64_t expired = 0;
    std::erase_if(papers_, [&](const auto& paper) {
      const Paper& known = paper.second;
      const bool old = known.announced() < stays && !known.announced().empty();
      if (old && !known.removed) ++expired;
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
  struct Paper {
    uint64_t revision = 0;
    bool removed = false;
    Stored stored;
    const std::string& announced() const { return stored.entry.paper().announced(); }
  };

  absl::Status Confirm(const std::string& epoch, const Cursor& cursor) {
    if (epoch != progress_.epoch()) return absl::OutOfRangeError("epoch: the window began anew");
    if (cursor > CursorAt(newest_)) {
      Renew();
      return absl::OutOfRangeError("cursor: the store is what it was earlier");
    }
    if (cursor < CursorAt(newest_ - changes_.size())) {
      return absl::OutOfRangeError("cursor: the change stream no longer reaches back to it");
    }
    return absl::OkStatus();
  }

  static void Tell(const std::string& id, const Paper& paper, std::vector<Stored>& papers,
                   std::vector<Gone>& gone) {
    if (!paper.removed) {
      papers.push_back(paper.stored);
    } else if (!paper.announced().empty()) {
      gone.push_back({id, paper.revision, paper.announced(), paper.stored.changed});
    }
  }

  Verdict ApplyOne(const Write& write, const std::string& oldest) {
    if (write.skip) return Verdict::kSkipped;
    const std::string& id = write.entry.paper().arxiv_id();
    const auto found = papers_.find(id);
    Paper* const known = found == papers_.end() ? nullptr : &found->second;
    std::string announced = DateOrNothing(write.entry.paper().announced());
    if (known != nullptr) {
      const std::string& told = known->announced();
      if (!told.empty() && (announced.empty() || told < announced)) announced = told;
    }
    if (announced < std::min(oldest, Oldest()) && !(write.removed && announced.empty())) {
      return Verdict::kTooOld;
    }
    const uint64_t revision = write.entry.revision().value();
    const bool gone = known != nullptr && known->removed && !write.removed &&
                      VersionOf(revision) == VersionOf(known->revision);
    if (known != nullptr && (gone || revision <= known->revision)) {
      if (announced != known->announced() && !known->removed) {
        known->stored.entry.mutable_paper()->set_announced(announced);
        known->stored.changed = Append(id, known->revision, false);
      }
      return Verdict::kOutranked;
    }
    const Cursor changed = Append(id, revision, write.removed);
    Paper paper{.revision = revision,
                .removed = write.removed,
                .stored = {.entry = write.entry,
                           .first = known == nullptr ? changed : known->stored.first,
                           .changed = changed}};
    paper.stored.entry.mutable_paper()->set_announced(announced);
    papers_[id] = std::move(paper);
    return Verdict::kApplied;
  }

  Cursor Append(const std::string& id, uint64_t revision, bool removed) {
    changes_.push_back(
        {.cursor = CursorAt(++newest_), .arxiv_id = id, .revision = revision, .removed = removed});
    if (changes_.size() > 2 * kMostChanges) {
      changes_.erase(changes_.begin(), changes_.begin() + kMostChanges);
    }
    return CursorAt(newest_);
  }

  // Nothing goes back in memory; but whoever says so is answered as by any window.
  void Renew() {
    progress_.Renew();
    generations_restored_ = false;
  }

  std::string Oldest() const { return OldestAt(absl::FromChrono(clock_.Now())); }

  const clock::SystemClock system_clock_;
  const clock::Clock& clock_;
  std::mutex mutex_;
  MemoryProgress progress_;
  std::map<std::string, Paper> papers_;
  std::vector<Change> changes_;
  // The first position is the epoch's, not a change's.
  uint64_t newest_ = 1;
  std::map<std::pair<std::string, uint32_t>, uint32_t> generations_;
  bool generations_restored_ = false;
};

}  // namespace

std::unique_ptr<Window> MakeMemoryWindow(const clock::Clock* clock) {
  return std::make_unique<MemoryWindow>(clock);
}

}  // namespace paperwire::window
