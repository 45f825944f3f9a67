#include "libs/bus/redis_crash_markers.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <random>
#include <utility>

#include "fmt/format.h"

namespace paperwire::bus {
namespace {

// A hash for each partition: "owner"; "hand" (offsets, and ranges of them as "first-last", by
// commas) and "alone", as of the owner's last write; and "suspect:<offset>" with the deaths that it
// was alone at.
constexpr std::string_view kSuspect = "suspect:";
// Longer than any topic keeps its records.
constexpr std::string_view kLifeSeconds = "2592000";

// owner, seconds to live, operation and its arguments. 0: the markers are another's.
const redis::Script& ChangeScript() {
  static const redis::Script kScript(R"lua(
local key, owner, life, what = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local current = redis.call('HGET', key, 'owner')
if current and current ~= owner then return 0 end
-- Redis has lost it: whoever has the partition goes on.
if not current then redis.call('HSET', key, 'owner', owner) end
if what == 'hold' then
  redis.call('HSET', key, 'hand', ARGV[4], 'alone', ARGV[5])
elseif what == 'clear' then
  redis.call('HDEL', key, 'hand', 'alone')
else
  redis.call('HDEL', key, 'suspect:' .. ARGV[4])
end
redis.call('EXPIRE', key, life)
return 1
)lua");
  return kScript;
}

// owner, seconds to live. What was in hand becomes suspect; all fields, as HGETALL.
const redis::Script& TakeScript() {
  static const redis::Script kScript(R"lua(
local key, owner, life = KEYS[1], ARGV[1], ARGV[2]
local hand, alone = redis.call('HGET', key, 'hand'), redis.call('HGET', key, 'alone')
if hand then
  local offsets = {}
  for first, last in string.gmatch(hand, '(%d+)%-?(%d*)') do
    if last == '' then last = first end
    -- As numbers only up to 2^53, far above any offset.
    for offset = tonumber(first), tonumber(last) do
      offsets[#offsets + 1] = string.format('%.0f', offset)
    end
  end
  local deaths = 0
  if alone == '1' and #offsets == 1 then deaths = 1 end
  for _, offset in ipairs(offsets) do
    redis.call('HINCRBY', key, 'suspect:' .. offset, deaths)
  end
end
redis.call('HDEL', key, 'hand', 'alone')
redis.call('HSET', key, 'owner', owner)
redis.call('EXPIRE', key, life)
return redis.call('HGETALL', key)
)lua");
  return kScript;
}

bool ReadNumber(std::string_view text, int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// Ascending offsets, as the hash keeps them.
std::string ListOf(const std::vector<int64_t>& offsets) {
  std::string list;
  for (size_t i = 0; i < offsets.size();) {
    size_t last = i;
    while (last + 1 < offsets.size() && offsets[last + 1] == offsets[last] + 1) ++last;
    if (!list.empty()) list += ',';
    list += std::to_string(offsets[i]);
    if (last > i) list += "-" + std::to_string(offsets[last]);
    i = last + 1;
  }
  return list;
}

// Of a change.
absl::Status StatusOf(const redis::Reply& reply) {
  if (reply.kind == redis::Reply::Kind::kError) return redis::Client::StatusOf(reply);
  if (reply.integer == 1) return absl::OkStatus();
  return absl::PermissionDeniedError("the crash markers are another worker's");
}

std::string RandomName() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

}  // namespace

RedisCrashMarkers::RedisCrashMarkers(redis::Client& client, const std::string& group,
                                     const std::string& cluster_id)
    : client_(client),
      prefix_("pw:{" + group + "}:hand:" + cluster_id + ":"),
      name_(RandomName()) {}

std::string RedisCrashMarkers::KeyOf(const TopicPartition& partition) const {
  return prefix_ + partition.topic + ":" + std::to_string(partition.partition);
}

std::optional<std::string> RedisCrashMarkers::OwnerOf(const TopicPartition& partition) {
  const std::lock_guard lock(mutex_);
  const auto owner = owners_.find(partition);
  if (owner == owners_.end()) return std::nullopt;
  return owner->second;
}

redis::Script::Call RedisCrashMarkers::Change(const TopicPartition& partition,
                                              const std::string& owner,
                                              std::vector<std::string> words) const {
  redis::Script::Call call{.keys = {KeyOf(partition)},
                           .arguments = {owner, std::string(kLifeSeconds)}};
  std::move(words.begin(), words.end(), std::back_inserter(call.arguments));
  return call;
}

std::vector<absl::Status> RedisCrashMarkers::Hold(std::span<const Holding> holdings) {
  std::vector<absl::Status> statuses(holdings.size());
  std::vector<redis::Script::Call> calls;
  // Whose status each call gives.
  std::vector<size_t> asked;
  for (size_t i = 0; i < holdings.size(); ++i) {
    const Holding& holding = holdings[i];
    std::optional<std::string> owner = OwnerOf(holding.partition);
    if (!owner) {
      // Nothing of ours is there, and another's is not to be touched.
      if (holding.offsets.empty()) continue;
      // Redis was away when the partition was assigned.
      const auto taken = TakeSuspects(holding.partition);
      if (!taken.ok()) {
        statuses[i] = taken.status();
        continue;
      }
      owner = OwnerOf(holding.partition);
    }
    calls.push_back(holding.offsets.empty()
                        ? Change(holding.partition, *owner, {"clear"})
                        : Change(holding.partition, *owner,
                                 {"hold", ListOf(holding.offsets), holding.alone ? "1" : "0"}));
    asked.push_back(i);
  }
  if (calls.empty()) return statuses;
  const auto replies = ChangeScript().RunAll(client_, calls);
  for (size_t i = 0; i < asked.size(); ++i) {
    statuses[asked[i]] = replies.ok() ? StatusOf((*replies)[i]) : replies.status();
  }
  return statuses;
}

absl::StatusOr<std::map<int64_t, CrashMarkers::Suspect>> RedisCrashMarkers::TakeSuspects(
    const TopicPartition& partition) {
  std::string owner;
  {
    const std::lock_guard lock(mutex_);
    owners_.erase(partition);
    owner = name_ + "-" + std::to_string(++stays_);
  }
  const absl::StatusOr<redis::Reply> reply = TakeScript().Run(
      client_, {.keys = {KeyOf(partition)}, .arguments = {owner, std::string(kLifeSeconds)}});
  if (!reply.ok()) return reply.status();
  if (reply->kind == redis::Reply::Kind::kError) return redis::Client::StatusOf(*reply);
  {
    const std::lock_guard lock(mutex_);
    owners_[partition] = owner;
  }
  std::map<int64_t, Suspect> suspects;
  for (size_t i = 0; i + 1 < reply->elements.size(); i += 2) {
    const std::string_view name = reply->elements[i].text;
    int64_t offset = 0;
    int64_t deaths = 0;
    if (name.starts_with(kSuspect) && ReadNumber(name.substr(kSuspect.size()), offset) &&
        ReadNumber(reply->elements[i + 1].text, deaths)) {
      suspects[offset] = {.offset = offset, .alone_deaths = static_cast<int>(deaths)};
    }
  }
  return suspects;
}

absl::Status RedisCrashMarkers::Forget(const TopicPartition& partition, int64_t offset) {
  const std::optional<std::string> owner = OwnerOf(partition);
  if (!owner) return absl::OkStatus();
  const absl::StatusOr<redis::Reply> reply =
      ChangeScript().Run(client_, Change(partition, *owner, {"forget", std::to_string(offset)}));
  return reply.ok() ? StatusOf(*reply) : reply.status();
}

}  // namespace paperwire::bus
