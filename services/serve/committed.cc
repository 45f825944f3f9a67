#include "services/serve/committed.h"

#include <map>
#include <string_view>
#include <utility>

#include "libs/events/topics.h"

namespace paperwire::serve {

void Committed::Refresh() {
  std::map<std::string, std::vector<std::string>> topics_of;
  for (const std::string_view topic : {events::kNewPaper, events::kSummarized, events::kTagged}) {
    topics_of[GroupOf(topic)].emplace_back(topic);
    // serve waits at its own topic: that has no retry tiers.
    if (topic == events::kTagged) continue;
    for (const events::RetryTier& tier : events::RetryTiers()) {
      std::string retry = events::RetryTopic(topic, tier);
      topics_of[GroupOf(retry)].push_back(std::move(retry));
    }
  }
  CommittedOffsets offsets;
  for (const auto& [group, topics] : topics_of) {
    auto answer = ask_(group, topics);
    if (answer.ok()) offsets[group] = *std::move(answer);
  }
  const std::lock_guard lock(mutex_);
  offsets_ = std::move(offsets);
}

void Committed::Run(std::stop_token stop, const clock::Clock& clock,
                    std::chrono::milliseconds every) {
  while (!stop.stop_requested()) {
    Refresh();
    clock.SleepFor(every, stop);
  }
}

CommittedOffsets Committed::Get() const {
  const std::lock_guard lock(mutex_);
  return offsets_;
}

}  // namespace paperwire::serve
