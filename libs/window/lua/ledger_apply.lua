-- Takes one record into the ledger, or nothing.
-- KEYS: epoch, offsets, the date's papers, dates, batches, cycles
-- ARGV: epoch, field, offset expected, offset to store, "skip" | "sighting" | "batch" | "cycle",
--       id or date or end time, value, date as a number, time to live (ms), cycles to keep,
--       date
-- A sighting's value: "revision stage dead-lettered since topic partition offset reason".
-- Returns {verdict, stored offset}: as apply.lua.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {5, -1}
end
local stored = redis.call('HGET', KEYS[2], ARGV[2]) or '-1'
if stored ~= ARGV[3] then
  return {4, tonumber(stored)}
end

local function parse(value)
  local revision, stage, dead, since, reason =
    value:match('^(%d+) (%d+) (%d) (%-?%d+) %S* %-?%d+ %-?%d+ (.*)$')
  -- Only a removal gives a reason and is no dead letter.
  local removes = dead ~= '1' and reason ~= ''
  return tonumber(revision), tonumber(stage), dead == '1', tonumber(since), removes
end

local function replaces(new, old)
  local revision, stage, dead, since, removes = parse(new)
  local old_revision, old_stage, _, old_since, old_removes = parse(old)
  -- A removal stands for its whole version (2^40 is paper::Revision's).
  if removes ~= old_removes and
    math.floor(revision / 2 ^ 40) == math.floor(old_revision / 2 ^ 40) then
    return removes
  end
  if revision ~= old_revision then
    return revision > old_revision
  end
  if stage ~= old_stage then
    return stage > old_stage
  end
  return dead or since > old_since
end

local verdict = 3
local mode = ARGV[5]
if mode == 'sighting' then
  local old = redis.call('HGET', KEYS[3], ARGV[6])
  verdict = 1
  if not old or replaces(ARGV[7], old) then
    redis.call('HSET', KEYS[3], ARGV[6], ARGV[7])
    redis.call('PEXPIRE', KEYS[3], ARGV[9])
    redis.call('ZADD', KEYS[4], ARGV[8], ARGV[11])
    verdict = 0
  end
elseif mode == 'batch' then
  redis.call('HSET', KEYS[5], ARGV[6], ARGV[7])
  redis.call('ZADD', KEYS[4], ARGV[8], ARGV[6])
  verdict = 0
elseif mode == 'cycle' then
  redis.call('ZADD', KEYS[6], ARGV[6], ARGV[7])
  redis.call('ZREMRANGEBYRANK', KEYS[6], 0, -1 - tonumber(ARGV[10]))
  verdict = 0
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
return {verdict, tonumber(ARGV[4])}
