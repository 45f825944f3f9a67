#include "services/ingest/redis_seen_set.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/calendar/calendar.h"

namespace paperwire::ingest {
namespace {

constexpr size_t kChunk = 500;
constexpr const char* kDays30 = "2592000";

std::string ToText(const Seen& seen) {
  return std::to_string(seen.revision) + " " + calendar::FormatDate(seen.announced) + " " +
         std::to_string(static_cast<int>(seen.type)) + (seen.withdrawn ? " 1 " : " 0 ") +
         absl::StrJoin(seen.categories, ",");
}

std::optional<Seen> FromText(const std::string& text) {
  Seen seen;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, seen.revision);
  if (error != std::errc() || end - after < 13) return std::nullopt;
  const auto date = calendar::ParseDate({after + 1, 10});
  int type = 0;
  const char* rest = std::from_chars(after + 12, end, type).ptr;
  if (!date || !v1::AnnounceType_IsValid(type)) return std::nullopt;
  seen.announced = *date;
  seen.type = static_cast<v1::AnnounceType>(type);
  if (end - rest >= 3) {
    seen.withdrawn = rest[1] == '1';
    for (const absl::string_view category :
         absl::StrSplit(absl::string_view(rest + 3, static_cast<size_t>(end - rest - 3)), ',',
                        absl::SkipEmpty())) {
      seen.categories.emplace(category);
    }
  }
  return seen;
}

}  // namespace

RedisSeenSet::RedisSeenSet(redis::Client& client, const std::string& prefix,
                           const std::string& cluster)
    : client_(client), base_(prefix + ":ingest:" + cluster + ":") {}

absl::StatusOr<bool> RedisSeenSet::IsComplete() {
  const auto reply = client_.Call({"EXISTS", base_ + "complete"});
  if (!reply.ok()) return reply.status();
  return reply->integer == 1;
}

absl::Status RedisSeenSet::SetComplete() {
  return client_.Call({"SET", base_ + "complete", "1"}).status();
}

absl::StatusOr<SeenPapers> RedisSeenSet::Find(const std::set<std::string>& ids) {
  SeenPapers found;
  const std::vector<std::string> all(ids.begin(), ids.end());
  for (size_t i = 0; i < all.size(); i += kChunk) {
    redis::Command command = {"MGET"};
    const size_t end = std::min(all.size(), i + kChunk);
    for (size_t k = i; k < end; ++k) command.push_back(base_ + "seen:" + all[k]);
    const auto reply = client_.Call(command);
    if (!reply.ok()) return reply.status();
    for (size_t k = i; k < end && k - i < reply->elements.size(); ++k) {
      const redis::Reply& element = reply->elements[k - i];
      if (element.kind != redis::Reply::Kind::kString) continue;
      if (const auto seen = FromText(element.text); seen) found.emplace(all[k], *seen);
    }
  }
  return found;
}

absl::Status RedisSeenSet::Mark(const SeenPapers& papers) {
  std::vector<redis::Command> commands;
  const auto send = [&]() -> absl::Status {
    if (commands.empty()) return absl::OkStatus();
    const auto replies = client_.Pipeline(commands);
    commands.clear();
    if (!replies.ok()) return replies.status();
    for (const redis::Reply& reply : *replies) {
      if (reply.kind == redis::Reply::Kind::kError) return redis::Client::StatusOf(reply);
    }
    return absl::OkStatus();
  };
  for (const auto& [id, seen] : papers) {
    commands.push_back({"SET", base_ + "seen:" + id, ToText(seen), "EX", kDays30});
    if (commands.size() < kChunk) continue;
    if (const absl::Status status = send(); !status.ok()) return status;
  }
  return send();
}

absl::StatusOr<std::optional<absl::CivilDay>> RedisSeenSet::Harvested() {
  const auto reply = client_.Call({"GET", base_ + "harvested"});
  if (!reply.ok()) return reply.status();
  if (reply->kind != redis::Reply::Kind::kString) return std::optional<absl::CivilDay>();
  return calendar::ParseDate(reply->text);
}

absl::Status RedisSeenSet::SetHarvested(absl::CivilDay day) {
  return client_.Call({"SET", base_ + "harvested", calendar::FormatDate(day), "EX", kDays30})
      .status();
}

}  // namespace paperwire::ingest
