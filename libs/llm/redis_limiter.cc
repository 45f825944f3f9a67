#include "libs/llm/redis_limiter.h"

#include <algorithm>

#include "libs/llm/limit_rule.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;

// Before each script. KEYS: members, state, queue, turns.
constexpr char kBasics[] = R"lua(
local members, state, queue, turns = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function keep()
  for i = 1, #KEYS do redis.call('PEXPIRE', KEYS[i], 86400000) end
end
local function number(text, otherwise)
  return tonumber(text or '') or otherwise
end
local function allowed(limit, cap)
  return math.max(1, math.min(math.floor(limit), cap))
end
)lua";

// ARGV: call, cap, life of a member, life of a turn.
// Returns {0 admitted | 1 full | 2 blocked, wait, allowed, in flight, ahead, usual}.
constexpr char kAdmit[] = R"lua(
local call, cap = ARGV[1], tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', members, '-inf', now)
local known = redis.call('HMGET', state, 'limit', 'blocked', 'usual')
local limit = allowed(number(known[1], 4), cap)
local in_flight = redis.call('ZCARD', members)
local blocked = number(known[2], 0)
if blocked > now then
  return {2, blocked - now, limit, in_flight, 0, 0}
end
local gone = redis.call('ZRANGEBYSCORE', turns, '-inf', now)
for _, waiter in ipairs(gone) do
  redis.call('ZREM', queue, waiter)
  redis.call('ZREM', turns, waiter)
end
local rank = redis.call('ZRANK', queue, call)
local ahead = rank or redis.call('ZCARD', queue)
local left = limit - in_flight
if ahead < left then
  redis.call('ZREM', queue, call)
  redis.call('ZREM', turns, call)
  redis.call('ZADD', members, now + ARGV[3], call)
  keep()
  return {0, 0, limit, in_flight + 1, 0, 0}
end
if not rank then
  redis.call('ZADD', queue, redis.call('HINCRBY', state, 'ticket', 1), call)
end
redis.call('ZADD', turns, now + ARGV[4], call)
keep()
return {1, 0, limit, in_flight, ahead - math.max(left, 0), math.floor(number(known[3], -1))}
)lua";

// ARGV: life of a member, calls.
constexpr char kRenew[] = R"lua(
for i = 2, #ARGV do redis.call('ZADD', members, now + ARGV[1], ARGV[i]) end
keep()
return 1
)lua";

// ARGV: call, cap, "nothing" | "good" | "bad", latency, retry after (-1: not said). What is done is
// what LimitRule does.
constexpr char kRelease[] = R"lua(
local call, cap, kind, latency = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local in_flight = redis.call('ZCARD', members)
redis.call('ZREM', members, call)
redis.call('ZREM', queue, call)
redis.call('ZREM', turns, call)
local known = redis.call('HMGET', state, 'limit', 'slow', 'usual', 'recent', 'cut', 'blocked',
  'answers')
local limit, slow_start = number(known[1], 4), known[2] ~= '0'
local usual, recent, cut_at = number(known[3], -1), number(known[4], -1), number(known[5], -1)
local blocked, answers = number(known[6], 0), number(known[7], 0)
if tonumber(ARGV[5]) >= 0 then
  blocked = math.max(blocked, now + ARGV[5])
end
limit = math.min(limit, math.max(cap, 1))

local function cut()
  slow_start = false
  if now - latency < cut_at then return end
  limit = math.max(1, limit * 0.7)
  cut_at = now
end

if kind == 'bad' then
  cut()
elseif kind == 'good' then
  local share = math.max(0.005, math.min(2 / (limit + 1), 0.05))
  answers = math.min(answers + 1, 20)
  if recent < 0 then recent = latency end
  recent = recent + (latency - recent) * math.max(share, 1 / answers)
  local known_well = answers == 20
  if not known_well or recent < usual then
    usual = recent
  else
    usual = usual + (recent - usual) * 0.05 * share
  end
  if known_well and recent > 2 * usual and recent > usual + 100 then
    cut()
    recent = usual
  elseif in_flight * 4 >= allowed(limit, cap) then
    limit = math.min(limit + (slow_start and 1 or 1 / limit), math.max(cap, 1))
  end
end
local function exact(x) return string.format('%.17g', x) end
redis.call('HSET', state, 'limit', exact(limit), 'slow', slow_start and '1' or '0',
  'usual', exact(usual), 'recent', exact(recent), 'cut', exact(cut_at), 'blocked', exact(blocked),
  'answers', answers)
keep()
return 1
)lua";

const char* NameOf(Feedback::Kind kind) {
  switch (kind) {
    case Feedback::Kind::kNothing:
      return "nothing";
    case Feedback::Kind::kGood:
      return "good";
    case Feedback::Kind::kBad:
      return "bad";
  }
  return "nothing";
}

}  // namespace

RedisLimiter::RedisLimiter(RedisStore& store, LimiterOptions options)
    : store_(store),
      options_(options),
      admit_(std::string(kBasics) + kAdmit),
      renew_(std::string(kBasics) + kRenew),
      release_(std::string(kBasics) + kRelease) {}

std::vector<std::string> RedisLimiter::Keys(const std::string& endpoint) const {
  const std::string base = store_.Key("limit:" + endpoint + ":");
  return {base + "members", base + "state", base + "queue", base + "turns"};
}

absl::StatusOr<Admission> RedisLimiter::Admit(const std::string& endpoint,
                                              const std::string& call) {
  const auto reply =
      store_.Run(admit_, {.keys = Keys(endpoint),
                          .arguments = {call, std::to_string(options_.cap),
                                        std::to_string(options_.member_life.count()),
                                        std::to_string(options_.turn_life.count())}});
  if (!reply.ok()) return reply.status();
  if (reply->elements.size() != 6) return absl::DataLossError("the limiter answered nonsense");
  const auto number = [&](size_t i) { return reply->elements[i].integer; };
  Admission admission{.wait = milliseconds(number(1)),
                      .limit = static_cast<int>(number(2)),
                      .in_flight = static_cast<int>(number(3))};
  if (number(0) == 2) admission.verdict = Admission::Verdict::kBlocked;
  if (number(0) == 1) {
    admission.verdict = Admission::Verdict::kFull;
    LimitRule rule;
    rule.usual = static_cast<double>(number(5));
    admission.wait = rule.Turn(static_cast<int>(number(4)), admission.limit);
  }
  return admission;
}

absl::Status RedisLimiter::Renew(const std::string& endpoint, std::span<const std::string> calls) {
  redis::Script::Call call{.keys = Keys(endpoint),
                           .arguments = {std::to_string(options_.member_life.count())}};
  call.arguments.insert(call.arguments.end(), calls.begin(), calls.end());
  return store_.Run(renew_, call).status();
}

absl::Status RedisLimiter::Release(const std::string& endpoint, const std::string& call,
                                   const Feedback& feedback) {
  milliseconds block{-1};
  if (feedback.retry_after) {
    block = std::clamp(*feedback.retry_after, milliseconds(0), options_.longest_block);
  }
  return store_
      .Run(release_,
           {.keys = Keys(endpoint),
            .arguments = {call, std::to_string(options_.cap), NameOf(feedback.kind),
                          std::to_string(feedback.latency.count()), std::to_string(block.count())}})
      .status();
}

}  // namespace paperwire::llm
