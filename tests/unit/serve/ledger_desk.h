#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/window/memory_window.h"
#include "services/serve/committed.h"
#include "services/serve/feed_clock.h"
#include "services/serve/reporter.h"
#include "services/serve/snapshot_holder.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {

// A store of the ledger that can be away, as Redis can be.
class ShakyStore final : public window::LedgerStore {
 public:
  explicit ShakyStore(window::LedgerStore& store) : store_(store) {}

  void SetAway(bool away) { away_ = away; }
  int reads() const { return reads_; }
  int notes() const { return notes_; }

  absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                              const window::RebuildScope& scope) override {
    return store_.Begin(end_offsets, scope);
  }
  absl::StatusOr<int64_t> Apply(const std::string& epoch, const bus::TopicPartition& partition,
                                int64_t expected,
                                std::span<const window::LedgerWrite> writes) override {
    return store_.Apply(epoch, partition, expected, writes);
  }
  absl::StatusOr<std::set<std::string>> Refresh(window::LedgerContents& contents) override {
    if (away_) return absl::UnavailableError("connection refused");
    ++reads_;
    return store_.Refresh(contents);
  }
  absl::StatusOr<std::vector<int64_t>> NoteIdle(const std::string& announced,
                                                std::span<const window::IdleNote> notes) override {
    if (away_) return absl::UnavailableError("connection refused");
    notes_ += static_cast<int>(notes.size());
    return store_.NoteIdle(announced, notes);
  }
  absl::Status Expire(const std::string& oldest) override { return store_.Expire(oldest); }

 private:
  window::LedgerStore& store_;
  bool away_ = false;
  int reads_ = 0;
  int notes_ = 0;
};

// What a store's follower writes: batches, cycles and sightings, one after another.
class LedgerWriter {
 public:
  explicit LedgerWriter(window::LedgerStore& store) : store_(store) { Begin(); }

  void Begin() {
    epoch_ = store_.Begin({{kPartition, 0}})->epoch;
    next_ = 0;
  }
  void Write(window::LedgerWrite write) {
    write.offset = next_;
    const auto stored = store_.Apply(epoch_, kPartition, next_ == 0 ? -1 : next_, {&write, 1});
    ASSERT_TRUE(stored.ok()) << stored.status();
    ASSERT_EQ(*stored, ++next_);
  }
  void Declare(const std::string& date, const std::vector<std::string>& ids, absl::Time when) {
    window::LedgerWrite write;
    write.batch.emplace().set_announced(date);
    *write.batch->mutable_paper_ids() = {ids.begin(), ids.end()};
    write.batch->mutable_create_time()->set_seconds(absl::ToUnixSeconds(when));
    Write(std::move(write));
  }
  void Sight(const std::string& date, const std::string& id, v1::Stage stage,
             const std::string& topic, int64_t offset, uint64_t revision = uint64_t{1} << 40) {
    window::LedgerWrite write;
    write.arxiv_id = id;
    write.announced = date;
    write.sighting.stage = stage;
    write.sighting.topic = topic;
    write.sighting.partition = 0;
    write.sighting.offset = offset;
    write.sighting.revision = revision;
    Write(std::move(write));
  }

 private:
  inline static const bus::TopicPartition kPartition{.topic = "batches", .partition = 0};

  window::LedgerStore& store_;
  std::string epoch_;
  int64_t next_ = 0;
};

// One process of serve, as far as the ledger goes.
struct Replica {
  Replica(window::LedgerStore& store, const clock::Clock& clock, const CommittedOffsets& commits,
          bool data = true)
      : feed_clock(clock, data),
        committed([&commits](const std::string& group, const auto& /*topics*/)
                      -> absl::StatusOr<std::map<bus::TopicPartition, int64_t>> {
          const auto found = commits.find(group);
          if (found == commits.end()) return absl::UnavailableError("no broker");
          return found->second;
        }),
        reporter(store, snapshots, committed, feed_clock, statuses, metrics,
                 [this] { return following; }) {}

  v1::GetStatusResponse Step() {
    committed.Refresh();
    reporter.Step();
    return *statuses.Get();
  }
  double Metric(const std::string& name, const std::string& label = "") const {
    for (const auto& family : metrics.Collect()) {
      if (family.name != name) continue;
      for (const auto& metric : family.metric) {
        if (label.empty() || metric.label.at(0).value == label) {
          return family.type == prometheus::MetricType::Counter ? metric.counter.value
                                                                : metric.gauge.value;
        }
      }
    }
    return -1;
  }

  FeedClock feed_clock;
  SnapshotHolder snapshots;
  Committed committed;
  StatusHolder statuses;
  prometheus::Registry metrics;
  // Why nothing comes in.
  std::string following;
  Reporter reporter;
};

}  // namespace paperwire::serve
