#include "services/ingest/redis_arxiv_state.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>
#include <vector>

namespace paperwire::ingest {
namespace {

using std::chrono::milliseconds;

// KEYS lease; ARGV owner, ttl. 1: held.
constexpr char kTakeLease[] = R"lua(
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
)lua";

// KEYS lease; ARGV owner.
constexpr char kDropLease[] = R"lua(
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
)lua";

// KEYS lease, next; ARGV owner, ttl, interval. -1: another's lease; 0: taken; else ms to wait.
// A time further ahead than one interval is of a clock that has jumped since.
constexpr char kTakeTurn[] = R"lua(
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return -1 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local interval = tonumber(ARGV[3])
local at = tonumber(redis.call('GET', KEYS[2]) or '0')
local wait = math.min(at - now, interval)
local following = now + interval
if wait > 0 then following = now + wait end
redis.call('SET', KEYS[2], string.format('%.0f', following), 'PX', ARGV[3] + 60000)
return math.max(wait, 0)
)lua";

// KEYS host; ARGV limited, failed, rests, reason, kept. Rests are stored by their end.
constexpr char kSetHost[] = R"lua(
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('HSET', KEYS[1], 'limited', ARGV[1], 'failed', ARGV[2], 'reason', ARGV[4],
           'until', string.format('%.0f', now + tonumber(ARGV[3])))
redis.call('PEXPIRE', KEYS[1], ARGV[3] + ARGV[5])
return 1
)lua";

std::string Text(milliseconds duration) { return std::to_string(duration.count()); }

// Zero for what is no number, as Redis' nil.
int64_t NumberOf(const redis::Reply& reply) {
  int64_t number = 0;
  std::from_chars(reply.text.data(), reply.text.data() + reply.text.size(), number);
  return number;
}

}  // namespace

RedisArxivState::RedisArxivState(redis::Client& client, const std::string& prefix,
                                 const std::string& cluster)
    : client_(client),
      base_("{" + prefix + "}:arxiv:"),
      validators_(base_ + cluster + ":validators:"),
      take_lease_(kTakeLease),
      drop_lease_(kDropLease),
      take_turn_(kTakeTurn),
      set_host_(kSetHost) {}

absl::StatusOr<bool> RedisArxivState::TakeLease(const std::string& owner, milliseconds ttl) {
  const auto reply =
      take_lease_.Run(client_, {.keys = {base_ + "lease"}, .arguments = {owner, Text(ttl)}});
  if (!reply.ok()) return reply.status();
  return reply->integer == 1;
}

absl::Status RedisArxivState::DropLease(const std::string& owner) {
  return drop_lease_.Run(client_, {.keys = {base_ + "lease"}, .arguments = {owner}}).status();
}

absl::StatusOr<milliseconds> RedisArxivState::TakeTurn(const std::string& owner, milliseconds ttl,
                                                       milliseconds interval) {
  const auto reply = take_turn_.Run(client_, {.keys = {base_ + "lease", base_ + "next"},
                                              .arguments = {owner, Text(ttl), Text(interval)}});
  if (!reply.ok()) return reply.status();
  if (reply->integer < 0) return absl::AbortedError("another owner holds the lease");
  return milliseconds(reply->integer);
}

absl::StatusOr<HostState> RedisArxivState::Host(const std::string& host) {
  const std::vector<redis::Command> commands = {
      {"TIME"}, {"HMGET", base_ + "host:" + host, "limited", "failed", "until", "reason"}};
  const auto replies = client_.Pipeline(commands);
  if (!replies.ok()) return replies.status();
  for (const redis::Reply& reply : *replies) {
    if (const absl::Status status = redis::Client::StatusOf(reply); !status.ok()) return status;
  }
  const std::vector<redis::Reply>& time = replies->at(0).elements;
  const std::vector<redis::Reply>& fields = replies->at(1).elements;
  if (time.size() != 2 || fields.size() != 4) return absl::InternalError("Redis: odd answer");
  const int64_t now = NumberOf(time[0]) * 1000 + NumberOf(time[1]) / 1000;
  return HostState{.limited = static_cast<int>(NumberOf(fields[0])),
                   .failed = static_cast<int>(NumberOf(fields[1])),
                   .rests = milliseconds(std::max<int64_t>(0, NumberOf(fields[2]) - now)),
                   .reason = fields[3].text};
}

absl::Status RedisArxivState::SetHost(const std::string& host, const HostState& state) {
  return set_host_
      .Run(client_, {.keys = {base_ + "host:" + host},
                     .arguments = {std::to_string(state.limited), std::to_string(state.failed),
                                   Text(state.rests), state.reason, Text(kStateKept)}})
      .status();
}

absl::StatusOr<Validators> RedisArxivState::Known(const std::string& url) {
  const auto reply = client_.Call({"HMGET", validators_ + url, "etag", "last-modified"});
  if (!reply.ok()) return reply.status();
  if (reply->elements.size() != 2) return absl::InternalError("Redis: odd answer");
  return Validators{.etag = reply->elements[0].text, .last_modified = reply->elements[1].text};
}

absl::Status RedisArxivState::Keep(const std::map<std::string, Validators>& validators) {
  std::vector<redis::Command> commands;
  for (const auto& [url, value] : validators) {
    const std::string key = validators_ + url;
    commands.push_back({"HSET", key, "etag", value.etag, "last-modified", value.last_modified});
    commands.push_back({"PEXPIRE", key, Text(kStateKept)});
  }
  const auto replies = client_.Pipeline(commands);
  if (!replies.ok()) return replies.status();
  for (const redis::Reply& reply : *replies) {
    if (const absl::Status status = redis::Client::StatusOf(reply); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace paperwire::ingest
