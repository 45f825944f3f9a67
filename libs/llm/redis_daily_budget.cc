#include "libs/llm/redis_daily_budget.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/llm/budget_rule.h"

namespace paperwire::llm {
namespace {

// Before each script. KEYS: day, held, ends. ARGV: the day that the caller knows, and what it knows
// to be spent of it: tokens, money.
constexpr char kBegin[] = R"lua(
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local names = {'day', 'tokens', 'money', 'reserved_tokens', 'reserved_money'}
local known = redis.call('HMGET', KEYS[1], unpack(names))
local sums = {}
for i, name in ipairs(names) do sums[name] = tonumber(known[i] or '') or 0 end

local told_day, told_tokens, told_money = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if told_day > sums.day then
  sums.day, sums.tokens, sums.money = told_day, told_tokens, told_money
elseif told_day == sums.day then
  sums.tokens = math.max(sums.tokens, told_tokens)
  sums.money = math.max(sums.money, told_money)
end
local today = math.floor(clock[1] / 86400)
if today > sums.day then
  sums.day, sums.tokens, sums.money = today, 0, 0
end

local function take(id)
  local tokens, money = (redis.call('HGET', KEYS[2], id) or ''):match('^(%d+) (%d+)$')
  if not tokens then return 0, 0 end
  redis.call('HDEL', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
  sums.reserved_tokens = math.max(0, sums.reserved_tokens - tokens)
  sums.reserved_money = math.max(0, sums.reserved_money - money)
  return tonumber(tokens), tonumber(money)
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)) do
  local tokens, money = take(id)
  sums.tokens, sums.money = sums.tokens + tokens, sums.money + money
end

local function finish(verdict)
  local fields = {}
  for _, name in ipairs(names) do
    fields[#fields + 1] = name
    fields[#fields + 1] = string.format('%.0f', sums[name])
  end
  redis.call('HSET', KEYS[1], unpack(fields))
  for i = 1, #KEYS do redis.call('PEXPIRE', KEYS[i], 172800000) end
  return {verdict, now, sums.day, sums.tokens, sums.money, sums.reserved_tokens,
          sums.reserved_money}
end
)lua";

// ARGV, from the fourth: reservation, tokens, money, "new" | "continue", soft and hard tokens, soft
// and hard money, life.
// Returns {0 granted | 1 soft | 2 hard, time, day, spent and reserved: tokens, money}.
constexpr char kReserve[] = R"lua(
local id, tokens, money = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local function over(limit, sum)
  return tonumber(limit) > 0 and sum > tonumber(limit)
end
local all_tokens = sums.tokens + sums.reserved_tokens + tokens
local all_money = sums.money + sums.reserved_money + money
if over(ARGV[9], all_tokens) or over(ARGV[11], all_money) then
  return finish(2)
end
if ARGV[7] == 'new' and (over(ARGV[8], all_tokens) or over(ARGV[10], all_money)) then
  return finish(1)
end
redis.call('HSET', KEYS[2], id, string.format('%.0f %.0f', tokens, money))
redis.call('ZADD', KEYS[3], now + ARGV[12], id)
sums.reserved_tokens = sums.reserved_tokens + tokens
sums.reserved_money = sums.reserved_money + money
return finish(0)
)lua";

// ARGV, from the fourth: reservation, tokens, money.
constexpr char kSettle[] = R"lua(
take(ARGV[4])
sums.tokens, sums.money = sums.tokens + ARGV[5], sums.money + ARGV[6]
return finish(0)
)lua";

}  // namespace

RedisDailyBudget::RedisDailyBudget(RedisStore& store, DailyLimits limits,
                                   std::chrono::milliseconds reservation_life)
    : store_(store),
      limits_(limits),
      reservation_life_(reservation_life),
      reserve_(std::string(kBegin) + kReserve),
      settle_(std::string(kBegin) + kSettle) {}

absl::StatusOr<RedisDailyBudget::Answer> RedisDailyBudget::Run(const redis::Script& script,
                                                               std::vector<std::string> arguments) {
  redis::Script::Call call{
      .keys = {store_.Key("budget:day"), store_.Key("budget:held"), store_.Key("budget:ends")},
      .arguments = {}};
  {
    const std::lock_guard lock(mutex_);
    call.arguments = {std::to_string(known_.day), std::to_string(known_.spent.tokens),
                      std::to_string(known_.spent.microdollars)};
  }
  std::ranges::move(arguments, std::back_inserter(call.arguments));
  const auto reply = store_.Run(script, call);
  if (!reply.ok()) return reply.status();
  if (reply->elements.size() != 7) return absl::DataLossError("the budget answered nonsense");
  const auto number = [&](size_t i) { return reply->elements[i].integer; };
  const Known told{.day = number(2), .spent = {.tokens = number(3), .microdollars = number(4)}};
  const std::lock_guard lock(mutex_);
  if (told.day > known_.day) {
    known_ = told;
  } else if (told.day == known_.day) {
    // Answers of two threads may come in any order.
    known_.spent.tokens = std::max(known_.spent.tokens, told.spent.tokens);
    known_.spent.microdollars = std::max(known_.spent.microdollars, told.spent.microdollars);
  }
  return Answer{.verdict = number(0),
                .now = number(1),
                .taken = {.tokens = number(3) + number(5), .microdollars = number(4) + number(6)}};
}

absl::StatusOr<Grant> RedisDailyBudget::Reserve(const std::string& reservation, const Spend& most,
                                                Purpose purpose) {
  const auto answer =
      Run(reserve_,
          {reservation, std::to_string(most.tokens), std::to_string(most.microdollars),
           purpose == Purpose::kNewPaper ? "new" : "continue", std::to_string(limits_.soft_tokens),
           std::to_string(limits_.hard_tokens), std::to_string(limits_.soft_microdollars),
           std::to_string(limits_.hard_microdollars), std::to_string(reservation_life_.count())});
  if (!answer.ok()) return answer.status();
  return MakeGrant(answer->verdict == 0   ? Grant::Verdict::kGranted
                   : answer->verdict == 1 ? Grant::Verdict::kSoft
                                          : Grant::Verdict::kHard,
                   limits_, answer->taken, answer->now);
}

absl::Status RedisDailyBudget::Settle(const std::string& reservation, const Spend& actual) {
  return Run(settle_,
             {reservation, std::to_string(actual.tokens), std::to_string(actual.microdollars)})
      .status();
}

}  // namespace paperwire::llm
