#include "libs/llm/memory_limiter.h"

#include <algorithm>
#include <utility>

namespace paperwire::llm {

MemoryLimiter::MemoryLimiter(const clock::Clock& clock, LimiterOptions options)
    : clock_(clock), options_(options) {}

int64_t MemoryLimiter::Now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Now().time_since_epoch())
      .count();
}

absl::StatusOr<Admission> MemoryLimiter::Admit(const std::string& endpoint,
                                               const std::string& call) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  const int64_t now = Now();
  State& state = endpoints_[endpoint];
  std::erase_if(state.members, [&](const auto& member) { return member.second <= now; });
  const int allowed = state.rule.Allowed(options_.cap);
  Admission admission{.limit = allowed, .in_flight = static_cast<int>(state.members.size())};
  if (state.blocked_until > now) {
    admission.verdict = Admission::Verdict::kBlocked;
    admission.wait = std::chrono::milliseconds(state.blocked_until - now);
    return admission;
  }
  auto& queue = state.queue;
  std::erase_if(queue, [&](const Waiter& waiter) { return waiter.gone_at <= now; });
  auto place = std::ranges::find(queue, call, &Waiter::call);
  const auto ahead = static_cast<int>(place - queue.begin());
  const int left = allowed - admission.in_flight;
  if (ahead < left) {
    if (place != queue.end()) queue.erase(place);
    state.members[call] = now + options_.member_life.count();
    ++admission.in_flight;
    return admission;
  }
  if (place == queue.end()) place = queue.insert(place, {.call = call, .gone_at = 0});
  place->gone_at = now + options_.turn_life.count();
  admission.verdict = Admission::Verdict::kFull;
  admission.wait = state.rule.Turn(ahead - std::max(left, 0), allowed);
  return admission;
}

absl::Status MemoryLimiter::Renew(const std::string& endpoint, std::span<const std::string> calls) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  State& state = endpoints_[endpoint];
  for (const std::string& call : calls) state.members[call] = Now() + options_.member_life.count();
  return absl::OkStatus();
}

absl::Status MemoryLimiter::Release(const std::string& endpoint, const std::string& call,
                                    const Feedback& feedback) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  const int64_t now = Now();
  State& state = endpoints_[endpoint];
  state.members.try_emplace(call, now);
  const auto in_flight = static_cast<int>(state.members.size());
  state.members.erase(call);
  std::erase_if(state.queue, [&](const Waiter& waiter) { return waiter.call == call; });
  if (feedback.retry_after) {
    const auto block =
        std::clamp(*feedback.retry_after, std::chrono::milliseconds(0), options_.longest_block);
    state.blocked_until = std::max(state.blocked_until, now + block.count());
  }
  state.rule.Learn(feedback, now, in_flight, options_.cap);
  return absl::OkStatus();
}

void MemoryLimiter::SetFailure(absl::Status status) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
}

void MemoryLimiter::Lose() {
  const std::lock_guard lock(mutex_);
  endpoints_.clear();
}

}  // namespace paperwire::llm
