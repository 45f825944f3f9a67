#include "services/ingest/seen_set.h"

#include <algorithm>
#include <utility>

#include "libs/calendar/calendar.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/telemetry/log.h"

namespace paperwire::ingest {

absl::StatusOr<bool> MemorySeenSet::IsComplete() {
  const std::lock_guard lock(mutex_);
  return complete_;
}

absl::Status MemorySeenSet::SetComplete() {
  const std::lock_guard lock(mutex_);
  complete_ = true;
  return absl::OkStatus();
}

absl::StatusOr<SeenPapers> MemorySeenSet::Find(const std::set<std::string>& ids) {
  const std::lock_guard lock(mutex_);
  SeenPapers found;
  for (const std::string& id : ids) {
    const auto paper = papers_.find(id);
    if (paper != papers_.end()) found.insert(*paper);
  }
  return found;
}

absl::Status MemorySeenSet::Mark(const SeenPapers& papers) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return std::exchange(failure_, absl::OkStatus());
  for (const auto& [id, seen] : papers) papers_[id] = seen;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<absl::CivilDay>> MemorySeenSet::Harvested() {
  const std::lock_guard lock(mutex_);
  return harvested_;
}

absl::Status MemorySeenSet::SetHarvested(absl::CivilDay day) {
  const std::lock_guard lock(mutex_);
  harvested_ = day;
  return absl::OkStatus();
}

void MemorySeenSet::Lose() {
  const std::lock_guard lock(mutex_);
  papers_.clear();
  harvested_.reset();
  complete_ = false;
}

void MemorySeenSet::FailNextMark(absl::Status status) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
}

absl::Status Restore(SeenSet& seen, window::Generations& generations,
                     const window::ReadTopic& read_topic) {
  const absl::StatusOr<bool> complete = seen.IsComplete();
  if (!complete.ok()) return complete.status();
  if (*complete) return absl::OkStatus();
  SeenPapers papers;
  int records = 0;
  const absl::Status read =
      read_topic(std::string(events::kNewPaper), [&](const bus::Message& message) {
        v1::NewPaper event;
        ++records;
        // A bad record is the next stage's to dead-letter.
        if (!events::Decode(message, event).ok()) return true;
        const auto date = calendar::ParseDate(event.paper().announced());
        if (!date) return true;
        Seen now = Remember(event.paper(), event.revision().value(), *date);
        auto [entry, added] = papers.try_emplace(event.paper().arxiv_id(), now);
        if (!added) {
          now.announced = std::min(entry->second.announced, now.announced);
          if (entry->second.revision <= now.revision) {
            entry->second = now;
          } else {
            entry->second.announced = now.announced;
          }
        }
        return true;
      });
  if (!read.ok()) return read;
  const absl::Status restored = window::RestoreGenerations(generations, read_topic);
  if (!restored.ok()) return restored;
  if (const absl::Status marked = seen.Mark(papers); !marked.ok()) return marked;
  if (records > 0) {
    telemetry::Log(telemetry::Level::kInfo, "seen-set rebuilt from new-paper",
                   {{"records", records}, {"papers", static_cast<int64_t>(papers.size())}});
  }
  return seen.SetComplete();
}

}  // namespace paperwire::ingest
