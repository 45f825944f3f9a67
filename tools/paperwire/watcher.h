#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "libs/clock/clock.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::cli {

// Follows the cards of a feed for as long as it is wanted: goes on with the last token when a
// stream ends, after a pause that grows (RetryInfo's where the server named one), and starts over
// when the token has been lost with its window. Not thread-safe.
class Watcher {
 public:
  struct Settings {
    // Between tries: at first, at most; how much of it is left to `random`.
    std::chrono::milliseconds first_pause{250};
    std::chrono::milliseconds longest_pause{15000};
    // Ends when no message came for so long, however often it tried; 0: never.
    std::chrono::milliseconds give_up{0};
    // 0 to 1, anew at each call.
    std::function<double()> random;
  };

  // Whom the cards are for.
  class Reader {
   public:
    virtual ~Reader() = default;
    // The next message. An error ends the watch; Cancelled ends it well.
    virtual absl::Status Take(const v1::WatchPapersResponse& message) = 0;
    // What was told so far is void: the cards of `request` come anew. Errors as above.
    virtual absl::Status StartOver(const v1::WatchPapersRequest& request,
                                   const absl::Status& why) = 0;
    // There is no feed, and another try comes; said once until there is one again.
    virtual void Lost(const absl::Status& why) = 0;
    virtual void Found() = 0;
  };

  // Reads one stream: hands its messages on and returns how it ended. `tries` counts all streams
  // before it, so that the next one may ask another server.
  using Take = std::function<absl::Status(const v1::WatchPapersResponse&)>;
  using Stream = std::function<absl::Status(const v1::WatchPapersRequest& request, int tries,
                                            const Take& take, std::stop_token stop)>;

  // All must outlive it.
  Watcher(Settings settings, Stream stream, Reader& reader, const clock::Clock& clock);

  // Watches what `request` asks for, from its token on if it has one, until `stop` is requested or
  // the reader has enough (OK), or until it makes no sense to go on: what was asked is wrong, the
  // server lets nobody in whom it never let in, or nothing came for give_up.
  absl::Status Run(v1::WatchPapersRequest request, std::stop_token stop);

 private:
  // How long to wait before the next try, which is number `failures`.
  std::chrono::milliseconds Pause(const absl::Status& end, int failures) const;

  const Settings settings_;
  const Stream stream_;
  Reader& reader_;
  const clock::Clock& clock_;
};

// An announcement date before all others: with it a stream begins with the whole window.
inline constexpr char kFirstDay[] = "1991-01-01";

}  // namespace paperwire::cli
