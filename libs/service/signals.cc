#include "libs/service/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <optional>

#include "libs/telemetry/log.h"

namespace paperwire::service {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kHurry{1000};

// The signal that came; 0 when `limit` passed without one.
int WaitForSignal(const sigset_t& signals, std::optional<milliseconds> limit) {
  if (!limit.has_value()) {
    int signal = 0;
    while (sigwait(&signals, &signal) != 0) continue;
    return signal;
  }
  const auto left = std::max(*limit, milliseconds(0));
  timespec time{};
  time.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(left).count();
  time.tv_nsec = std::chrono::nanoseconds(left % std::chrono::seconds(1)).count();
  const int signal = sigtimedwait(&signals, nullptr, &time);
  return signal > 0 ? signal : 0;
}

}  // namespace

Signals::Signals(milliseconds grace, const clock::Clock& clock) : grace_(grace), clock_(clock) {
  // A peer that hangs up is an error of that write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  sigemptyset(&watched_);
  sigaddset(&watched_, SIGTERM);
  sigaddset(&watched_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &watched_, &before_);
  watcher_ = std::thread([this] { Watch(); });
}

Signals::~Signals() {
  done_ = true;
  // It ends nothing: the watcher takes it with sigtimedwait.
  // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread)
  pthread_kill(watcher_.native_handle(), SIGTERM);
  watcher_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Signals::Watch() {
  std::optional<clock::SteadyTime> deadline;
  while (true) {
    std::optional<milliseconds> left;
    if (deadline.has_value()) {
      left = std::chrono::ceil<milliseconds>(*deadline - clock_.SteadyNow());
    }
    const int signal = WaitForSignal(watched_, left);
    if (done_) return;
    if (!deadline.has_value()) {
      telemetry::Log(telemetry::Level::kInfo, "stopping",
                     {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
      deadline = clock_.SteadyNow() + grace_;
      stop_.request_stop();
    } else if (signal != 0 && !hurry_.stop_requested()) {
      telemetry::Log(telemetry::Level::kWarning, "second signal: not waiting for work in flight");
      deadline = std::min(*deadline, clock_.SteadyNow() + kHurry);
      hurry_.request_stop();
    } else if (clock_.SteadyNow() >= *deadline) {
      telemetry::Log(telemetry::Level::kError, "drain took too long, ending the process",
                     {{"grace_ms", static_cast<int64_t>(grace_.count())}});
      _exit(1);
    }
  }
}

}  // namespace paperwire::service
