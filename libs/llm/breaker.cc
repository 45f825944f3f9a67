#include "libs/llm/breaker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{10'000};
constexpr milliseconds kLongestPause{300'000};
constexpr int kMostLostInARow = 5;

enum class Meaning { kWorks, kFails, kLost, kHopeless, kNothing };

Meaning MeaningOf(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::kAnswered:
    case CallOutcome::kRefused:
    case CallOutcome::kFiltered:
    case CallOutcome::kTruncated:
      return Meaning::kWorks;
    case CallOutcome::kEmpty:
    case CallOutcome::kRateLimited:
    case CallOutcome::kServerError:
    case CallOutcome::kSchemaUnsupported:
    case CallOutcome::kBadRequest:
    case CallOutcome::kTooLarge:
      return Meaning::kFails;
    case CallOutcome::kTimeout:
    case CallOutcome::kUnreachable:
      return Meaning::kLost;
    case CallOutcome::kQuotaExhausted:
    case CallOutcome::kUnauthorized:
    case CallOutcome::kNoSuchModel:
    case CallOutcome::kNotAnEndpoint:
      return Meaning::kHopeless;
    case CallOutcome::kCancelled:
      return Meaning::kNothing;
  }
  return Meaning::kNothing;
}

std::string Said(CallOutcome outcome, const std::string& detail) {
  return detail.empty() ? std::string(OutcomeName(outcome))
                        : fmt::format("{}: {}", OutcomeName(outcome), detail);
}

}  // namespace

std::string_view BreakerStateName(Breaker::State state) {
  switch (state) {
    case Breaker::State::kClosed:
      return "closed";
    case Breaker::State::kOpen:
      return "open";
    case Breaker::State::kHalfOpen:
      return "half-open";
  }
  return "closed";
}

Breaker::Breaker(const clock::Clock& clock, uint32_t seed) : clock_(clock), random_(seed) {}

std::optional<Breaker::Permit> Breaker::Allow() {
  const std::lock_guard lock(mutex_);
  if (!open_) return Permit{era_};
  if (probing_ || !IsOverLocked()) return std::nullopt;
  probing_ = true;
  return Permit{++era_};
}

void Breaker::Record(Permit permit, CallOutcome outcome, const std::string& detail) {
  const Meaning meaning = MeaningOf(outcome);
  const std::lock_guard lock(mutex_);
  if (permit.era != era_) return;
  if (probing_) {
    probing_ = false;
    if (meaning == Meaning::kWorks) CloseLocked();
    if (meaning != Meaning::kWorks && meaning != Meaning::kNothing) {
      OpenLocked(Said(outcome, detail));
    }
    return;
  }
  if (open_ || meaning == Meaning::kNothing) return;
  failed_.at(recorded_++ % kWindow) = meaning != Meaning::kWorks;
  lost_in_a_row_ = meaning == Meaning::kLost ? lost_in_a_row_ + 1 : 0;
  const auto failures = std::ranges::count(failed_, true);
  if (meaning == Meaning::kHopeless) {
    OpenLocked(Said(outcome, detail));
  } else if (lost_in_a_row_ >= kMostLostInARow) {
    OpenLocked(fmt::format("{} calls in a row without an answer, the last {}", lost_in_a_row_,
                           Said(outcome, detail)));
  } else if (meaning != Meaning::kWorks && recorded_ >= kWindow && failures * 2 >= int{kWindow}) {
    OpenLocked(fmt::format("{} of the last {} calls failed, the last {}", failures, kWindow,
                           Said(outcome, detail)));
  }
}

bool Breaker::Stands(Permit permit) const {
  const std::lock_guard lock(mutex_);
  return permit.era == era_;
}

bool Breaker::WouldAllow() const {
  const std::lock_guard lock(mutex_);
  return !open_ || (!probing_ && IsOverLocked());
}

Breaker::State Breaker::state() const {
  const std::lock_guard lock(mutex_);
  if (!open_) return State::kClosed;
  return probing_ || IsOverLocked() ? State::kHalfOpen : State::kOpen;
}

std::string Breaker::why() const {
  const std::lock_guard lock(mutex_);
  return why_;
}

bool Breaker::IsOverLocked() const { return clock_.SteadyNow() >= until_; }

void Breaker::OpenLocked(std::string why) {
  open_ = true;
  ++era_;
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
  const int64_t tenth = pause_.count() / 10;
  // Spread out, so that the workers do not all probe at one moment.
  until_ = clock_.SteadyNow() + pause_ +
           milliseconds{std::uniform_int_distribution<int64_t>(-tenth, tenth)(random_)};
  why_ = std::move(why);
}

void Breaker::CloseLocked() {
  open_ = false;
  ++era_;
  pause_ = milliseconds{0};
  why_.clear();
  failed_.fill(false);
  recorded_ = 0;
  lost_in_a_row_ = 0;
}

}  // namespace paperwire::llm
