#include "libs/window/redis_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "libs/telemetry/log.h"
#include "libs/window/lua_scripts.h"
#include "libs/window/memory_progress.h"

namespace paperwire::window {
namespace {

using redis::Reply;

std::map<std::string, int64_t> ReadNumbers(const Reply& hash) {
  std::map<std::string, int64_t> numbers;
  for (size_t i = 0; i + 1 < hash.elements.size(); i += 2) {
    if (const auto number = NumberOf(hash.elements[i + 1])) {
      numbers[hash.elements[i].text] = *number;
    }
  }
  return numbers;
}

constexpr const char* kTotal = "total";

}  // namespace

RedisProgress::RedisProgress(redis::Client& client, const std::string& root,
                             const std::string& cluster_id, std::optional<WindowKeys> window_keys)
    : client_(client),
      begin_(std::string(lua::kEpoch) + lua::kBegin),
      verify_(lua::kVerify),
      renew_(std::string(lua::kEpoch) + lua::kRenew),
      vouch_(std::string(lua::kEpoch) + lua::kVouch),
      epoch_key_(root + "epoch"),
      offsets_key_(root + "offsets:" + cluster_id),
      targets_key_(root + "targets:" + cluster_id),
      servers_key_(root + "servers:" + cluster_id),
      window_keys_(std::move(window_keys)) {}

absl::StatusOr<Window::Begun> RedisProgress::Begin(
    const std::map<bus::TopicPartition, int64_t>& end_offsets, const RebuildScope& scope) {
  if (auto status = redis::RequireNoEviction(client_); !status.ok()) return status;
  redis::Script::Call call{.keys = {epoch_key_, offsets_key_, targets_key_},
                           .arguments = {MakeUnique()}};
  if (window_keys_) {
    call.keys.push_back(window_keys_->changes);
    call.keys.push_back(window_keys_->generations_restored);
    call.keys.push_back(servers_key_);
  }
  const uint64_t connection = client_.connections();
  {
    const std::lock_guard lock(mutex_);
    call.arguments.push_back(newest_epoch_);
    call.arguments.push_back(std::to_string(scope.total_partitions));
    for (const auto& [partition, end] : end_offsets) {
      const std::string field = FieldOf(partition);
      const auto known = known_.find(field);
      call.arguments.push_back(field);
      call.arguments.push_back(std::to_string(TargetOf(partition, end, scope)));
      call.arguments.push_back(std::to_string(known == known_.end() ? -1 : known->second.stored));
    }
  }
  const auto reply = begin_.Run(client_, call);
  if (!reply.ok()) return reply.status();
  if (reply->elements.size() != 2) return absl::InternalError("begin.lua: not two elements");
  Window::Begun begun{.epoch = reply->elements[0].text, .offsets = {}};
  const auto stored = ReadNumbers(reply->elements[1]);
  const std::lock_guard lock(mutex_);
  if (newest_epoch_ < begun.epoch) known_.clear();
  newest_epoch_ = std::max(newest_epoch_, begun.epoch);
  for (const auto& [partition, end] : end_offsets) {
    const std::string field = FieldOf(partition);
    const auto found = stored.find(field);
    if (found != stored.end()) begun.offsets[partition] = found->second;
    known_[field] = {.stored = found == stored.end() ? -1 : found->second,
                     .connection = connection};
  }
  return begun;
}

absl::StatusOr<int64_t> RedisProgress::Verify(const std::string& epoch,
                                              const bus::TopicPartition& partition) {
  const auto reply = verify_.Run(
      client_, {.keys = {epoch_key_, offsets_key_}, .arguments = {epoch, FieldOf(partition)}});
  if (!reply.ok()) return reply.status();
  const auto answer = ReadScriptAnswer(*reply);
  if (!answer.ok()) return answer.status();
  return answer->stored_offset;
}

absl::Status RedisProgress::CheckOffset(const std::string& epoch,
                                        const bus::TopicPartition& partition, int64_t expected) {
  return CheckOrRenew(epoch, {"offset", FieldOf(partition), std::to_string(expected)});
}

void RedisProgress::Vouch(const std::string& epoch, const bus::TopicPartition& partition,
                          int64_t stored) {
  const std::string field = FieldOf(partition);
  const uint64_t connection = client_.connections();
  {
    const std::lock_guard lock(mutex_);
    if (epoch != newest_epoch_) return;
    Known& known = known_[field];
    known.stored = stored;
    if (known.connection == connection) return;
  }
  // Another server may have answered than before.
  const auto reply = vouch_.Run(client_, {.keys = {epoch_key_, offsets_key_, servers_key_},
                                          .arguments = {epoch, field, std::to_string(stored)}});
  // What fails now is tried again with the next record.
  if (!reply.ok() || reply->integer != 1) return;
  const std::lock_guard lock(mutex_);
  if (epoch == newest_epoch_) known_[field].connection = connection;
}

absl::Status RedisProgress::CheckCursor(const std::string& epoch, const Cursor& cursor) {
  return CheckOrRenew(epoch, {"cursor", cursor.ToString()});
}

absl::Status RedisProgress::CheckOrRenew(const std::string& epoch,
                                         const std::vector<std::string>& evidence) {
  redis::Script::Call call{.keys = {epoch_key_, offsets_key_, targets_key_, window_keys_->changes,
                                    window_keys_->generations_restored, servers_key_},
                           .arguments = {MakeUnique(), epoch}};
  std::ranges::copy(evidence, std::back_inserter(call.arguments));
  const auto reply = renew_.Run(client_, call);
  if (!reply.ok()) return reply.status();
  enum { kOtherEpoch, kAsItWas, kTrimmed, kRenewed };
  switch (reply->integer) {
    case kAsItWas:
      return absl::OkStatus();
    case kTrimmed:
      return absl::OutOfRangeError("cursor: the change stream no longer reaches back to it");
    case kRenewed:
      telemetry::Log(telemetry::Level::kWarning,
                     "the store has gone back to an earlier state, a new epoch begins",
                     {{"epoch", epoch}, {"evidence", fmt::format("{}", fmt::join(evidence, " "))}});
      return GoneBack();
    default:
      return OtherEpoch();
  }
}

std::vector<redis::Command> RedisProgress::Questions() const {
  return {{"GET", epoch_key_}, {"HGETALL", targets_key_}, {"HGETALL", offsets_key_}};
}

absl::StatusOr<RedisProgress::Standing> RedisProgress::Read(std::span<const Reply> answers) {
  for (const Reply& answer : answers.first(kQuestions)) {
    if (auto status = redis::Client::StatusOf(answer); !status.ok()) return status;
  }
  Standing standing{.epoch = answers[0].text, .complete = false};
  auto targets = ReadNumbers(answers[1]);
  const auto offsets = ReadNumbers(answers[2]);
  const int64_t total = targets.contains(kTotal) ? targets[kTotal] : 0;
  targets.erase(kTotal);
  if (standing.epoch.empty() || targets.empty()) return standing;
  standing.complete = std::cmp_greater_equal(targets.size(), total);
  for (const auto& [field, target] : targets) {
    const auto stored = offsets.find(field);
    const bool reached = target <= 0 || (stored != offsets.end() && stored->second >= target);
    standing.complete = standing.complete && reached;
  }
  return standing;
}

std::string FieldOf(const bus::TopicPartition& partition) {
  return fmt::format("{}:{}", partition.topic, partition.partition);
}

std::optional<int64_t> NumberOf(const Reply& reply) {
  if (reply.kind == Reply::Kind::kInteger) return reply.integer;
  int64_t number = 0;
  const char* end_of_text = reply.text.data() + reply.text.size();
  const auto [end, error] = std::from_chars(reply.text.data(), end_of_text, number);
  if (error != std::errc() || end != end_of_text) return std::nullopt;
  return number;
}

absl::StatusOr<ScriptAnswer> ReadScriptAnswer(const Reply& reply) {
  if (auto status = redis::Client::StatusOf(reply); !status.ok()) return status;
  if (reply.elements.size() != 2) return absl::InternalError("a script gave no {verdict, offset}");
  constexpr int64_t kOtherEpoch = 5;
  const int64_t verdict = reply.elements[0].integer;
  if (verdict == kOtherEpoch) return OtherEpoch();
  static constexpr Verdict kVerdicts[] = {Verdict::kApplied, Verdict::kOutranked, Verdict::kTooOld,
                                          Verdict::kSkipped, Verdict::kFenced};
  if (verdict < 0 || verdict >= std::ssize(kVerdicts)) {
    return absl::InternalError("a script gave an unknown verdict");
  }
  return ScriptAnswer{.verdict = kVerdicts[verdict], .stored_offset = reply.elements[1].integer};
}

}  // namespace paperwire::window
