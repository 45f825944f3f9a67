#include "services/serve/kept_answers.h"

#include <functional>
#include <utility>

namespace paperwire::serve {

size_t KeptAnswers::SlotOf(std::string_view asked) {
  return std::hash<std::string_view>()(asked) % kSlots;
}

std::optional<Payload> KeptAnswers::Find(std::string_view asked) const {
  const Slot& slot = slots_[SlotOf(asked)];
  const std::lock_guard lock(slot.mutex);
  if (slot.answer.size() == 0 || slot.asked != asked) return std::nullopt;
  return slot.answer;
}

Payload KeptAnswers::Keep(std::string_view asked, Payload answer) {
  if (answer.size() > kLargest || asked.size() > kLongest) return answer;
  Payload joined(answer.Flat());
  // Freed outside of the lock.
  Payload old = joined;
  Slot& slot = slots_[SlotOf(asked)];
  const std::lock_guard lock(slot.mutex);
  slot.asked = asked;
  std::swap(slot.answer, old);
  return joined;
}

}  // namespace paperwire::serve
