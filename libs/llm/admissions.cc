#include "libs/llm/admissions.h"

#include <optional>
#include <utility>
#include <vector>

namespace paperwire::llm {

using std::chrono::milliseconds;

Admissions::Admissions(Limiter& limiter, std::string endpoint, const clock::Clock& clock,
                       const Options& options)
    : limiter_(limiter),
      endpoint_(std::move(endpoint)),
      clock_(clock),
      options_(options),
      random_(options.seed),
      thread_([this](const std::stop_token& stop) { Renew(stop); }) {}

Admissions::~Admissions() = default;

absl::StatusOr<std::optional<Admission>> Admissions::Enter(const std::string& call,
                                                           const std::function<bool()>& wanted,
                                                           const std::stop_token& stop) {
  milliseconds blocked{0};
  std::optional<std::list<Waiter>::iterator> waiter;
  const auto done = [&](bool gives_up) {
    if (waiter) {
      const std::lock_guard lock(mutex_);
      // What woke it may be another's chance.
      if (gives_up && (*waiter)->asks) WakeOneLocked();
      waiters_.erase(*waiter);
    }
    // Where the store is away the place in the queue ends by itself.
    if (gives_up && waiter) (void)limiter_.Release(endpoint_, call, {});
  };
  while (true) {
    if (stop.stop_requested() || !wanted()) {
      done(true);
      return std::optional<Admission>();
    }
    absl::StatusOr<Admission> admission = Ask(call);
    if (!admission.ok()) {
      done(true);
      return admission.status();
    }
    if (admission->verdict == Admission::Verdict::kAdmitted) {
      done(false);
      if (admission->in_flight < admission->limit) {
        const std::lock_guard lock(mutex_);
        WakeOneLocked();
      }
      return std::optional(*admission);
    }
    if (admission->verdict == Admission::Verdict::kBlocked) {
      blocked += admission->wait;
      if (blocked > options_.patience) {
        done(true);
        return std::optional(*admission);
      }
      clock_.SleepFor(admission->wait + Jittered(milliseconds(20)), stop);
      continue;
    }
    if (!waiter) {
      const std::lock_guard lock(mutex_);
      waiter = waiters_.emplace(waiters_.end());
    }
    Wait(*waiter, Jittered(admission->wait), stop);
  }
}

absl::StatusOr<Admission> Admissions::Ask(const std::string& call) {
  auto admission = limiter_.Admit(endpoint_, call);
  if (admission.ok() && admission->verdict == Admission::Verdict::kAdmitted) {
    const std::lock_guard lock(members_mutex_);
    members_.insert(call);
  }
  return admission;
}

void Admissions::Leave(const std::string& call, const Feedback& feedback) {
  {
    // Not while a renewal is on its way: it would bring the place back.
    const std::lock_guard lock(members_mutex_);
    members_.erase(call);
  }
  // Where the store is away the place ends by itself.
  (void)limiter_.Release(endpoint_, call, feedback);
  const std::lock_guard lock(mutex_);
  WakeOneLocked();
}

void Admissions::Wait(std::list<Waiter>::iterator waiter, milliseconds how_long,
                      const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  waiter->woken.wait_for(lock, stop, how_long, [&] { return waiter->asks; });
  waiter->asks = false;
}

void Admissions::WakeOneLocked() {
  for (Waiter& waiter : waiters_) {
    if (waiter.asks) continue;
    waiter.asks = true;
    waiter.woken.notify_one();
    return;
  }
}

milliseconds Admissions::Jittered(milliseconds duration) {
  const std::lock_guard lock(mutex_);
  return duration * std::uniform_int_distribution<int>(75, 125)(random_) / 100;
}

void Admissions::Renew(const std::stop_token& stop) {
  std::unique_lock lock(members_mutex_);
  while (!stop.stop_requested()) {
    ended_.wait_for(lock, stop, options_.renewal, [] { return false; });
    if (stop.stop_requested() || members_.empty()) continue;
    const std::vector<std::string> calls(members_.begin(), members_.end());
    // A store that is away may have forgotten them when it is back: they are renewed then.
    (void)limiter_.Renew(endpoint_, calls);
  }
}

}  // namespace paperwire::llm
