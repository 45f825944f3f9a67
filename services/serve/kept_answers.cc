#include "services/serve/kept_answers.h"

#include <functional>
#include <utility>

namespace paperwire::serve {

size_t KeptAnswers::SlotOf(std::string_view asked) {
  return std::hash<std::string_view>()(asked) % kSlots;
}

std::optional<Payload> KeptAnswers::Find(std::string_view asked) const {
  const Slot& slot = slots_[SlotOf(asked)];
  std::shared_ptr<const Kept> kept;
  {
    const std::lock_guard lock(slot.mutex);
    kept = slot.kept;
  }
  if (kept == nullptr || kept->asked != asked) return std::nullopt;
  return kept->answer;
}

Payload KeptAnswers::Keep(std::string_view asked, Payload answer) {
  if (answer.size() > kLargest || asked.size() > kLongest) return answer;
  Payload joined(answer.Flat());
  // The old one is freed outside of the lock.
  std::shared_ptr<const Kept> kept =
      std::make_shared<const Kept>(Kept{.asked = std::string(asked), .answer = joined});
  Slot& slot = slots_[SlotOf(asked)];
  const std::lock_guard lock(slot.mutex);
  slot.kept.swap(kept);
  return joined;
}

}  // namespace paperwire::serve
