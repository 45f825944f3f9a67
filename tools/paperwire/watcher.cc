#include "tools/paperwire/watcher.h"

#include <algorithm>
#include <utility>

#include "tools/paperwire/call_status.h"

namespace paperwire::cli {
namespace {

using std::chrono::milliseconds;

// Trying again would give the same answer.
bool IsHopeless(const absl::Status& end, bool ever_answered) {
  switch (end.code()) {
    case absl::StatusCode::kInvalidArgument:
      return true;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnimplemented:
      // A server that was let down by a file of tokens, or an older one during a roll-out, comes
      // round; a wrong address does not.
      return !ever_answered;
    default:
      return false;
  }
}

}  // namespace

Watcher::Watcher(Settings settings, Stream stream, Reader& reader, const clock::Clock& clock)
    : settings_(std::move(settings)), stream_(std::move(stream)), reader_(reader), clock_(clock) {}

milliseconds Watcher::Pause(const absl::Status& end, int failures) const {
  const double random = std::clamp(settings_.random(), 0.0, 1.0);
  const auto scaled = [](milliseconds whole, double share) {
    return milliseconds(static_cast<int64_t>(static_cast<double>(whole.count()) * share));
  };
  if (const auto delay = RetryDelay(end); delay.has_value()) {
    // Never before it; and not all readers at once after it.
    return *delay + scaled(std::max(*delay, settings_.first_pause), random / 4);
  }
  milliseconds pause = settings_.first_pause;
  for (int i = 1; i < failures && pause < settings_.longest_pause; ++i) pause *= 2;
  return scaled(std::min(pause, settings_.longest_pause), 0.5 + random / 2);
}

absl::Status Watcher::Run(v1::WatchPapersRequest request, std::stop_token stop) {
  bool ever_answered = false;
  bool lost = false;
  int failures = 0;
  absl::Status refused;
  clock::SteadyTime heard = clock_.SteadyNow();
  const Take take = [&](const v1::WatchPapersResponse& message) {
    if (lost) reader_.Found();
    lost = false;
    ever_answered = true;
    failures = 0;
    refused = reader_.Take(message);
    heard = clock_.SteadyNow();
    if (refused.ok() && !message.resume_token().empty()) {
      request.set_resume_token(message.resume_token());
    }
    return refused;
  };
  for (int tries = 0;; ++tries) {
    const absl::Status end = stream_(request, tries, take, stop);
    if (!refused.ok()) return absl::IsCancelled(refused) ? absl::OkStatus() : refused;
    if (stop.stop_requested()) return absl::OkStatus();
    if (IsHopeless(end, ever_answered)) return end;
    ++failures;
    if (absl::IsOutOfRange(end) && !request.resume_token().empty()) {
      request.clear_resume_token();
      // Cards may have changed unseen since the token: without a date the next stream would begin
      // after them.
      if (request.announced_from().empty()) request.set_announced_from(kFirstDay);
      const absl::Status told = reader_.StartOver(request, end);
      if (!told.ok()) return absl::IsCancelled(told) ? absl::OkStatus() : told;
      if (failures == 1) continue;
    }
    if (settings_.give_up.count() > 0 && clock_.SteadyNow() - heard >= settings_.give_up) {
      return end.ok() ? absl::UnavailableError("the feed gives no cards") : end;
    }
    // Servers end streams of a certain age; that the next one works at once is worth no word.
    if (!lost && !end.ok() && (!ever_answered || failures > 1)) {
      lost = true;
      reader_.Lost(end);
    }
    if (!clock_.SleepFor(Pause(end, failures), stop)) return absl::OkStatus();
  }
}

}  // namespace paperwire::cli
