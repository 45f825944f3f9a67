-- Takes one record into the ledger, or nothing.
-- KEYS: epoch, offsets, the date's papers, dates, batches, cycles, stamps
-- ARGV: epoch, field, offset expected, offset to store, "skip" | "sighting" | "batch" | "cycle",
--       id or date or end time, value, date as a number, time to live (ms), cycles to keep,
--       date; and of a batch: the sighting of its papers, and their ids
-- A sighting's value:
-- "ingested revision stage replays attempts dead-lettered since topic partition offset reason".
-- Returns {verdict, stored offset}: as apply.lua.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {5, -1}
end
local stored = redis.call('HGET', KEYS[2], ARGV[2]) or '-1'
if stored ~= ARGV[3] then
  return {4, tonumber(stored)}
end

-- When ingest wrote of the paper first (0: not seen), and the rest.
local function split(value)
  local ingested, rest = value:match('^(%d+) (.*)$')
  return tonumber(ingested), rest
end

-- The paper version, whether it is a removal, and what decides between two of equal standing.
local function parse(value)
  local revision, stage, replays, attempts, dead, since, reason =
    value:match('^(%d+) (%d+) (%d+) (%d+) (%d) (%-?%d+) %S* %-?%d+ %-?%d+ (.*)$')
  -- Only a removal gives a reason and is no dead letter; 2^40 is paper::Revision's.
  return math.floor(tonumber(revision) / 2 ^ 40), dead ~= '1' and reason ~= '',
    {tonumber(revision), tonumber(stage), tonumber(replays), tonumber(attempts), tonumber(dead),
     tonumber(since)}
end

local function replaces(new, old)
  local version, removes, order = parse(new)
  local old_version, old_removes, old_order = parse(old)
  if removes ~= old_removes and version == old_version then
    return removes
  end
  for i = 1, #order do
    if order[i] ~= old_order[i] then
      return order[i] > old_order[i]
    end
  end
  return false
end

-- Tells readers that a date, or the cycles, are other than they were. By the clock, so that what is
-- replayed after a roll-back has other stamps than what was lost.
local function touch(what)
  local time = redis.call('TIME')
  local last = tonumber(redis.call('HGET', KEYS[7], what) or '0')
  local stamp = math.max(last + 1, time[1] * 1000000 + time[2])
  redis.call('HSET', KEYS[7], what, string.format('%.0f', stamp))
end

local verdict = 3
local mode = ARGV[5]
if mode == 'sighting' then
  local ingested, sighting = split(ARGV[7])
  local old = redis.call('HGET', KEYS[3], ARGV[6])
  if old then
    local old_ingested, old_sighting = split(old)
    if ingested == 0 or (old_ingested > 0 and old_ingested < ingested) then
      ingested = old_ingested
    end
    if not replaces(sighting, old_sighting) then
      sighting = old_sighting
    end
  end
  local value = string.format('%.0f ', ingested) .. sighting
  verdict = 1
  if value ~= old then
    redis.call('HSET', KEYS[3], ARGV[6], value)
    redis.call('PEXPIRE', KEYS[3], ARGV[9])
    redis.call('ZADD', KEYS[4], ARGV[8], ARGV[11])
    touch(ARGV[11])
    verdict = 0
  end
elseif mode == 'batch' then
  redis.call('HSET', KEYS[5], ARGV[6], ARGV[7])
  redis.call('ZADD', KEYS[4], ARGV[8], ARGV[6])
  for i = 13, #ARGV do
    redis.call('HSETNX', KEYS[3], ARGV[i], ARGV[12])
  end
  redis.call('PEXPIRE', KEYS[3], ARGV[9])
  touch(ARGV[6])
  verdict = 0
elseif mode == 'cycle' then
  redis.call('ZADD', KEYS[6], ARGV[6], ARGV[7])
  redis.call('ZREMRANGEBYRANK', KEYS[6], 0, -1 - tonumber(ARGV[10]))
  touch('cycles')
  verdict = 0
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
return {verdict, tonumber(ARGV[4])}
