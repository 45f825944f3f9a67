#pragma once

#include "absl/status/status.h"
#include "tools/paperwire/console.h"
#include "tools/paperwire/feed_client.h"
#include "tools/paperwire/status_follower.h"

namespace paperwire::cli {

// Shows every status of the feed until SIGINT, SIGTERM or nobody reads the output: on a terminal in
// place of the one before, otherwise one after the other. `text` is what is shown of it; what reads
// as before is not shown again. Returns the exit code.
int FollowStatus(const ServerSettings& server, Console& console,
                 const std::function<std::string(const v1::GetStatusResponse&)>& text);

}  // namespace paperwire::cli
