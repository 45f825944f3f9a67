#include "libs/bus/redis_crash_markers.h"

#include <charconv>
#include <utility>
#include <vector>

namespace paperwire::bus {
namespace {

// A hash for each partition: "hand" (offsets by commas) and "alone", as of the last write, and
// "suspect:<offset>" with the deaths that it was alone at.
constexpr std::string_view kSuspect = "suspect:";
// Longer than any topic keeps its records.
constexpr std::string_view kLifeSeconds = "2592000";

bool ReadNumber(std::string_view text, int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::set<int64_t> OffsetsOf(std::string_view list) {
  std::set<int64_t> offsets;
  while (!list.empty()) {
    const size_t comma = list.find(',');
    int64_t offset = 0;
    if (ReadNumber(list.substr(0, comma), offset)) offsets.insert(offset);
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return offsets;
}

absl::Status Done(absl::StatusOr<std::vector<redis::Reply>> replies) {
  if (!replies.ok()) return replies.status();
  for (const redis::Reply& reply : *replies) {
    if (reply.kind == redis::Reply::Kind::kError) return redis::Client::StatusOf(reply);
  }
  return absl::OkStatus();
}

}  // namespace

RedisCrashMarkers::RedisCrashMarkers(redis::Client& client, std::string group,
                                     std::string cluster_id)
    : client_(client), prefix_("pw:{" + group + "}:hand:" + cluster_id + ":") {}

std::string RedisCrashMarkers::KeyOf(const TopicPartition& partition) const {
  return prefix_ + partition.topic + ":" + std::to_string(partition.partition);
}

absl::Status RedisCrashMarkers::Hold(const TopicPartition& partition,
                                     const std::set<int64_t>& offsets, bool alone) {
  std::string list;
  for (const int64_t offset : offsets) {
    if (!list.empty()) list += ',';
    list += std::to_string(offset);
  }
  const std::string key = KeyOf(partition);
  const std::vector<redis::Command> commands = {
      {"HSET", key, "hand", std::move(list), "alone", alone ? "1" : "0"},
      {"EXPIRE", key, std::string(kLifeSeconds)}};
  return Done(client_.Pipeline(commands));
}

absl::Status RedisCrashMarkers::Clear(const TopicPartition& partition) {
  const std::vector<redis::Command> commands = {{"HDEL", KeyOf(partition), "hand", "alone"}};
  return Done(client_.Pipeline(commands));
}

absl::StatusOr<std::map<int64_t, CrashMarkers::Suspect>> RedisCrashMarkers::TakeSuspects(
    const TopicPartition& partition) {
  const std::string key = KeyOf(partition);
  const absl::StatusOr<redis::Reply> reply = client_.Call({"HGETALL", key});
  if (!reply.ok()) return reply.status();
  if (reply->kind == redis::Reply::Kind::kError) return redis::Client::StatusOf(*reply);

  std::map<int64_t, Suspect> suspects;
  std::set<int64_t> hand;
  bool alone = false;
  for (size_t i = 0; i + 1 < reply->elements.size(); i += 2) {
    const std::string_view name = reply->elements[i].text;
    const std::string_view value = reply->elements[i + 1].text;
    int64_t offset = 0;
    int64_t deaths = 0;
    if (name == "hand") {
      hand = OffsetsOf(value);
    } else if (name == "alone") {
      alone = value == "1";
    } else if (name.starts_with(kSuspect) && ReadNumber(name.substr(kSuspect.size()), offset) &&
               ReadNumber(value, deaths)) {
      suspects[offset] = {.offset = offset, .alone_deaths = static_cast<int>(deaths)};
    }
  }
  if (hand.empty()) return suspects;

  redis::Command remember = {"HSET", key};
  for (const int64_t offset : hand) {
    Suspect& suspect = suspects[offset];
    suspect.offset = offset;
    if (alone && hand.size() == 1) ++suspect.alone_deaths;
    remember.push_back(std::string(kSuspect) + std::to_string(offset));
    remember.push_back(std::to_string(suspect.alone_deaths));
  }
  const std::vector<redis::Command> commands = {
      {"MULTI"}, std::move(remember), {"HDEL", key, "hand", "alone"}, {"EXEC"}};
  const absl::Status written = Done(client_.Pipeline(commands));
  if (!written.ok()) return written;
  return suspects;
}

absl::Status RedisCrashMarkers::Forget(const TopicPartition& partition, int64_t offset) {
  const std::vector<redis::Command> commands = {
      {"HDEL", KeyOf(partition), std::string(kSuspect) + std::to_string(offset)}};
  return Done(client_.Pipeline(commands));
}

}  // namespace paperwire::bus
