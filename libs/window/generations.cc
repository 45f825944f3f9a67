#include "libs/window/generations.h"

#include <algorithm>

#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/telemetry/log.h"
#include "paperwire/v1/events.pb.h"

namespace paperwire::window {
namespace {

// The highest generation of each paper's version.
using Published = std::map<std::pair<std::string, uint32_t>, uint32_t>;

template <typename Event>
absl::Status Gather(const ReadTopic& read_topic, std::string_view topic, Published& published) {
  return read_topic(std::string(topic), [&](const bus::Message& message) {
    Event event;
    // A bad record is the next stage's to dead-letter.
    if (!events::Decode(message, event).ok()) return true;
    if (event.revision().generation() == 0) return true;
    uint32_t& last = published[{event.paper().arxiv_id(), event.paper().version()}];
    last = std::max(last, event.revision().generation());
    return true;
  });
}

}  // namespace

absl::StatusOr<uint32_t> WindowGenerations::Next(const std::string& arxiv_id, uint32_t version) {
  return window_.NextGeneration(arxiv_id, version);
}

absl::Status WindowGenerations::Raise(const std::string& arxiv_id, uint32_t version,
                                      uint32_t at_least) {
  return window_.RaiseGeneration(arxiv_id, version, at_least);
}

absl::StatusOr<bool> WindowGenerations::IsRestored() { return window_.GenerationsRestored(); }

absl::Status WindowGenerations::SetRestored() { return window_.SetGenerationsRestored(); }

absl::StatusOr<uint32_t> MemoryGenerations::Next(const std::string& arxiv_id, uint32_t version) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  return ++last_[{arxiv_id, version}];
}

absl::Status MemoryGenerations::Raise(const std::string& arxiv_id, uint32_t version,
                                      uint32_t at_least) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  uint32_t& last = last_[{arxiv_id, version}];
  last = std::max(last, at_least);
  return absl::OkStatus();
}

absl::StatusOr<bool> MemoryGenerations::IsRestored() {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  return restored_;
}

absl::Status MemoryGenerations::SetRestored() {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  restored_ = true;
  return absl::OkStatus();
}

void MemoryGenerations::Lose() {
  const std::lock_guard lock(mutex_);
  last_.clear();
  restored_ = false;
}

void MemoryGenerations::SetFailure(absl::Status status) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
}

absl::Status RestoreGenerations(Generations& generations, const ReadTopic& read_topic) {
  const absl::StatusOr<bool> restored = generations.IsRestored();
  if (!restored.ok()) return restored.status();
  if (*restored) return absl::OkStatus();
  Published published;
  absl::Status read = Gather<v1::NewPaper>(read_topic, events::kNewPaper, published);
  if (read.ok()) read = Gather<v1::SummarizedPaper>(read_topic, events::kSummarized, published);
  if (read.ok()) read = Gather<v1::TaggedPaper>(read_topic, events::kTagged, published);
  if (!read.ok()) return read;
  for (const auto& [paper, generation] : published) {
    const absl::Status raised = generations.Raise(paper.first, paper.second, generation);
    if (!raised.ok()) return raised;
  }
  telemetry::Log(telemetry::Level::kInfo, "generations restored from the topics",
                 {{"papers", static_cast<int64_t>(published.size())}});
  return generations.SetRestored();
}

}  // namespace paperwire::window
