-- Applies one record to the window, or nothing.
-- KEYS: epoch, offsets, the paper, dates, changes
-- ARGV: epoch, field, offset expected, offset to store, "skip" | "write" | "remove",
--       id, revision, announced, oldest, time to live (ms), length of the change stream, entry
-- Returns {verdict, stored offset}; verdicts: 0 applied, 1 outranked, 2 too old, 3 skipped,
-- 4 fenced by the offset, 5 fenced by the epoch.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {5, -1}
end
local stored = redis.call('HGET', KEYS[2], ARGV[2]) or '-1'
if stored ~= ARGV[3] then
  return {4, tonumber(stored)}
end

local function pass(verdict)
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
  return {verdict, tonumber(ARGV[4])}
end

local mode, id, announced, oldest = ARGV[5], ARGV[6], ARGV[8], ARGV[9]
if mode == 'skip' then
  return pass(3)
end

local function score(date)
  return (string.gsub(date, '-', ''))
end

local old = redis.call('HMGET', KEYS[3], 'r', 'd', 'x', 'c', 'f')

-- Returns the id of the change, and that of the paper's first one if it is not this. An older
-- version stored none: then the paper was there before everything.
local function change(revision, removed)
  local added = redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[11], '*', 'id', id, 'r', revision,
    'x', removed)
  return added, old[1] and (old[5] or old[4] or '0-0')
end

-- The date never moves later: the earliest that was told is kept.
if old[2] and old[2] ~= '' and (announced == '' or old[2] < announced) then
  announced = old[2]
end

-- Whether the date has left the window of seven by this server's clock, too: one clock that runs
-- ahead must not have papers refused. One day more, for it is not yet tomorrow in New York.
local function left(date)
  local year, month, day = string.match(date, '^(%d+)-(%d+)-(%d+)$')
  if not year then
    return true
  end
  year, month = tonumber(year), tonumber(month)
  if month <= 2 then
    year, month = year - 1, month + 12
  end
  -- Days since 1970.
  local days = 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
    + math.floor((153 * (month - 3) + 2) / 5) + tonumber(day) - 719469
  return days < math.floor(redis.call('TIME')[1] / 86400) - 7
end

if announced < oldest and not (mode == 'remove' and announced == '') and left(announced) then
  return pass(2)
end

-- What arXiv remarks about a version that was taken out does not bring it back (2^40 is
-- paper::Revision's).
local function version(revision)
  return math.floor(tonumber(revision) / 2 ^ 40)
end
local gone = old[1] and old[3] and mode ~= 'remove' and version(ARGV[7]) == version(old[1])

if old[1] and (gone or tonumber(ARGV[7]) <= tonumber(old[1])) then
  -- Outranked; but it may know an earlier date, and readers must see that.
  if announced ~= old[2] and not old[3] then
    local changed, first = change(old[1], '0')
    redis.call('HSET', KEYS[3], 'd', announced, 'c', changed, 'f', first)
    redis.call('ZADD', KEYS[4], score(announced), id)
  end
  return pass(1)
end

local changed, first = change(ARGV[7], mode == 'remove' and '1' or '0')
if mode == 'remove' then
  -- What stays is the revision, so that an older record cannot bring the paper back.
  redis.call('HSET', KEYS[3], 'r', ARGV[7], 'd', announced, 'c', changed, 'x', '1', 'e', '')
else
  redis.call('HSET', KEYS[3], 'r', ARGV[7], 'd', announced, 'c', changed, 'e', ARGV[12])
  if old[3] then
    redis.call('HDEL', KEYS[3], 'x')
  end
end
if first and not old[5] then
  redis.call('HSET', KEYS[3], 'f', first)
end
redis.call('PEXPIRE', KEYS[3], ARGV[10])
if announced ~= '' then
  redis.call('ZADD', KEYS[4], score(announced), id)
end
return pass(0)
