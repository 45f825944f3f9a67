#include <fmt/format.h>

#include <string_view>

#include "libs/redis/client.h"

namespace paperwire::redis {
namespace {

constexpr std::string_view kSetting = "maxmemory-policy";

// Many providers forbid CONFIG; INFO says the same.
absl::StatusOr<std::string> PolicyFromInfo(Client& client) {
  auto info = client.Call({"INFO", "memory"});
  if (!info.ok()) return info.status();
  constexpr std::string_view kField = "maxmemory_policy:";
  const size_t begin = info->text.find(kField);
  if (begin == std::string::npos) {
    return absl::FailedPreconditionError(
        fmt::format("Redis does not tell its {} (neither CONFIG GET nor INFO memory)", kSetting));
  }
  const size_t value = begin + kField.size();
  return info->text.substr(value, info->text.find_first_of("\r\n", value) - value);
}

absl::StatusOr<std::string> Policy(Client& client) {
  auto reply = client.Call({"CONFIG", "GET", std::string(kSetting)});
  if (reply.ok() && reply->elements.size() == 2) return reply->elements[1].text;
  if (!reply.ok() && absl::IsUnavailable(reply.status())) return reply.status();
  return PolicyFromInfo(client);
}

}  // namespace

absl::Status RequireNoEviction(Client& client) {
  auto policy = Policy(client);
  if (!policy.ok()) return policy.status();
  if (*policy == "noeviction") return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("Redis has {} {}, which drops data when memory is full; set {} noeviction (Redis "
                  "configuration)",
                  kSetting, *policy, kSetting));
}

}  // namespace paperwire::redis
