#include "libs/window/redis_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "absl/time/time.h"
#include "libs/window/date.h"
#include "libs/window/lua_scripts.h"
#include "libs/window/redis_progress.h"

namespace paperwire::window {
namespace {

// A safety net for what Expire never saw; counted from the write, so that a recorded week stays for
// as long, too.
constexpr std::chrono::milliseconds kTimeToLive = std::chrono::days(30);
constexpr int kMostChanges = 200'000;

}  // namespace

WindowKeys::WindowKeys(const std::string& prefix)
    : root(fmt::format("{{{}}}:", prefix)), dates(root + "dates"), changes(root + "changes") {}

std::string WindowKeys::Paper(const std::string& arxiv_id) const {
  return root + "paper:" + arxiv_id;
}

std::string WindowKeys::Generation(const std::string& arxiv_id, uint32_t paper_version) const {
  return fmt::format("{}generation:{}v{}", root, arxiv_id, paper_version);
}

redis::Script::Call MakeApplyCall(const WindowKeys& keys, const Fence& fence,
                                  const std::string& oldest, const Write& write) {
  const v1::Paper& paper = write.entry.paper();
  const bool with_entry = !write.skip && !write.removed;
  return {.keys = {fence.epoch_key, fence.offsets_key, keys.Paper(paper.arxiv_id()), keys.dates,
                   keys.changes},
          .arguments = {fence.epoch, fence.field, std::to_string(fence.expected),
                        std::to_string(write.offset + 1),
                        write.skip      ? "skip"
                        : write.removed ? "remove"
                                        : "write",
                        paper.arxiv_id(), std::to_string(write.entry.revision().value()),
                        DateOrNothing(paper.announced()), oldest,
                        std::to_string(kTimeToLive.count()), std::to_string(kMostChanges),
                        with_entry ? write.entry.SerializeAsString() : std::string()}};
}

const char* ApplyScript() { return lua::kApply; }

std::string OldestBy(const redis::Reply& time) {
  const int64_t seconds = time.elements.empty() ? 0 : NumberOf(time.elements[0]).value_or(0);
  return OldestAt(absl::FromUnixSeconds(seconds));
}

absl::StatusOr<std::string> FirstThatStays(redis::Client& client, const std::string& oldest) {
  const auto time = client.Call({"TIME"});
  if (!time.ok()) return time.status();
  return std::min(oldest, OldestBy(*time));
}

}  // namespace paperwire::window
