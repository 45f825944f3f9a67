#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libs/window/window.h"

namespace paperwire::serve::watch {

// A window that changes between one read of a replica and its next, as Redis does.
class RacingWindow final : public window::Window {
 public:
  // `race` is called where others may come in between. Both must outlive it.
  RacingWindow(window::Window& inner, std::function<void()> race)
      : inner_(inner), race_(std::move(race)) {}

  absl::StatusOr<Contents> Load() override {
    const auto state = inner_.GetState();
    if (!state.ok()) return state.status();
    race_();
    auto contents = inner_.Load();
    if (contents.ok()) contents->cursor = state->cursor;
    return contents;
  }
  absl::StatusOr<std::vector<window::Stored>> Get(std::span<const std::string> arxiv_ids) override {
    return inner_.Get(arxiv_ids);
  }
  absl::StatusOr<Papers> GetChanged(const std::string& epoch, const window::Cursor& cursor,
                                    std::span<const std::string> arxiv_ids) override {
    race_();
    return inner_.GetChanged(epoch, cursor, arxiv_ids);
  }

  absl::StatusOr<window::State> GetState() override { return inner_.GetState(); }
  absl::StatusOr<std::vector<window::Change>> ChangesAfter(const std::string& epoch,
                                                           const window::Cursor& cursor,
                                                           size_t limit) override {
    return inner_.ChangesAfter(epoch, cursor, limit);
  }
  absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                              const window::RebuildScope& scope) override {
    return inner_.Begin(end_offsets, scope);
  }
  absl::StatusOr<window::Applied> Apply(const std::string& epoch,
                                        const bus::TopicPartition& partition, int64_t expected,
                                        const std::string& oldest,
                                        std::span<const window::Write> writes) override {
    return inner_.Apply(epoch, partition, expected, oldest, writes);
  }
  absl::StatusOr<int64_t> Expire(const std::string& oldest) override {
    return inner_.Expire(oldest);
  }
  absl::StatusOr<uint32_t> NextGeneration(const std::string& arxiv_id,
                                          uint32_t paper_version) override {
    return inner_.NextGeneration(arxiv_id, paper_version);
  }
  absl::Status RaiseGeneration(const std::string& arxiv_id, uint32_t paper_version,
                               uint32_t at_least) override {
    return inner_.RaiseGeneration(arxiv_id, paper_version, at_least);
  }
  absl::StatusOr<bool> GenerationsRestored() override { return inner_.GenerationsRestored(); }
  absl::Status SetGenerationsRestored() override { return inner_.SetGenerationsRestored(); }

 private:
  window::Window& inner_;
  const std::function<void()> race_;
};

}  // namespace paperwire::serve::watch
