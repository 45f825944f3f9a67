#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::cli {

// Tells each status of a feed once: as its server streams them, or by asking again and again where
// the server streams none. Not thread-safe.
class StatusFollower {
 public:
  using Show = std::function<absl::Status(const v1::GetStatusResponse&)>;
  struct Source {
    // Hands on what WatchStatus sends and returns how it ended.
    std::function<absl::Status(const Show&, std::stop_token)> stream;
    std::function<absl::StatusOr<v1::GetStatusResponse>()> ask;
  };

  // `show` is given each status that differs from the one before in more than its snapshot's time;
  // an error from it ends Run, Cancelled ends it well. `lost` is told once when nobody answers.
  StatusFollower(Source source, Show show, std::function<void(const absl::Status&)> lost,
                 const clock::Clock& clock);

  // Until `stop` (OK), or until the server refuses for good.
  absl::Status Run(std::stop_token stop);

 private:
  absl::Status Take(v1::GetStatusResponse status);

  const Source source_;
  const Show show_;
  const std::function<void(const absl::Status&)> lost_;
  const clock::Clock& clock_;
  std::string shown_;
  bool ever_ = false;
  // Ends without an answer since the last one.
  int failures_ = 0;
  absl::Status refused_;
};

}  // namespace paperwire::cli
