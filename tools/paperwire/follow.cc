#include "tools/paperwire/follow.h"

#include <string>
#include <utility>

#include "libs/service/signals.h"
#include "tools/paperwire/command.h"

namespace paperwire::cli {
namespace {

constexpr std::chrono::milliseconds kGrace{5000};
// WatchStatus is silent while nothing changes.
constexpr std::chrono::milliseconds kSilence = std::chrono::hours(24);
// To the upper left corner, and everything behind it away.
constexpr char kRedraw[] = "\x1b[H\x1b[2J";

}  // namespace

int FollowStatus(const ServerSettings& server, Console& console,
                 const std::function<std::string(const v1::GetStatusResponse&)>& text) {
  // Before gRPC's threads: they inherit the blocked signals.
  const service::Signals signals(kGrace, console.clock);
  std::stop_source enough;
  const std::stop_callback on_signal(signals.stop(), [&enough] { enough.request_stop(); });
  FeedClient client(server);
  if (!client.status().ok()) return Complain(console, client.status());
  const auto idle = [&console, &enough] {
    if (console.abandoned && console.abandoned()) enough.request_stop();
  };
  std::string shown;
  const auto show = [&](const v1::GetStatusResponse& status) {
    std::string now = text(status);
    if (now != shown) console.out << (console.terminal ? kRedraw : "") << now << std::flush;
    shown = std::move(now);
    return console.out.good() ? absl::OkStatus() : absl::CancelledError("nobody reads the output");
  };
  int tries = 0;
  StatusFollower follower(
      {.stream =
           [&](const StatusFollower::Show& take, std::stop_token stop) {
             return client.WatchStatus(
                 tries++,
                 [&take](const v1::WatchStatusResponse& response) {
                   return take(response.status());
                 },
                 idle, kSilence, std::move(stop));
           },
       .ask =
           [&] {
             idle();
             return client.GetStatus();
           }},
      show,
      [&console](const absl::Status& why) {
        console.err << "paperwire: no status for now, trying on: " << std::string(why.message())
                    << std::endl;
      },
      console.clock);
  const absl::Status end = follower.Run(enough.get_token());
  return end.ok() ? kExitOk : Complain(console, end);
}

}  // namespace paperwire::cli
