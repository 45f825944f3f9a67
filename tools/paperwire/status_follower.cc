#include "tools/paperwire/status_follower.h"

#include <string>
#include <utility>

namespace paperwire::cli {
namespace {

constexpr std::chrono::milliseconds kPause{2000};

bool IsHopeless(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsUnauthenticated(status) ||
         absl::IsPermissionDenied(status) || absl::IsUnimplemented(status);
}

}  // namespace

StatusFollower::StatusFollower(Source source, Show show,
                               std::function<void(const absl::Status&)> lost,
                               const clock::Clock& clock)
    : source_(std::move(source)), show_(std::move(show)), lost_(std::move(lost)), clock_(clock) {}

absl::Status StatusFollower::Take(v1::GetStatusResponse status) {
  failures_ = 0;
  ever_ = true;
  v1::GetStatusResponse timeless = status;
  timeless.clear_snapshot_time();
  std::string bytes = timeless.SerializeAsString();
  if (bytes == shown_) return absl::OkStatus();
  shown_ = std::move(bytes);
  refused_ = show_(status);
  return refused_;
}

absl::Status StatusFollower::Run(std::stop_token stop) {
  bool streams = true;
  while (!stop.stop_requested()) {
    absl::Status end;
    if (streams) {
      end = source_.stream([this](const v1::GetStatusResponse& status) { return Take(status); },
                           stop);
    } else {
      const auto status = source_.ask();
      end = status.ok() ? Take(*status) : status.status();
    }
    if (!refused_.ok()) return absl::IsCancelled(refused_) ? absl::OkStatus() : refused_;
    if (stop.stop_requested()) break;
    if (streams && absl::IsUnimplemented(end)) {
      streams = false;
      continue;
    }
    if (!ever_ && IsHopeless(end)) return end;
    // A stream that ended only for its age is taken up again without a word.
    if (!end.ok() && ++failures_ == (ever_ ? 2 : 1)) lost_(end);
    if (!clock_.SleepFor(kPause, stop)) break;
  }
  return absl::OkStatus();
}

}  // namespace paperwire::cli
