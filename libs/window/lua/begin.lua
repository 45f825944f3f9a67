-- Begins following: makes the epoch if there is none, records the ends a rebuild must reach.
-- KEYS: epoch, offsets, targets; of a window also: changes, generations restored, servers
-- ARGV: what makes an epoch unique, the newest epoch that the caller knows, the number of
--       partitions in all (0: as given), then for each partition its field, its end, and the offset
--       that the caller last knew to be stored (-1: it knows none)
-- Returns the epoch, then the offsets as HGETALL has them.
local epoch = redis.call('GET', KEYS[1])
local here = KEYS[6] and server() or ''

-- Whether something that was stored may be missing: less is stored than the caller knows, or
-- nobody can say, for this server was not there before. That just what the caller knows is stored
-- proves nothing: another may have followed meanwhile, and what it stored be lost.
local function may_have_gone_back()
  for i = 4, #ARGV, 3 do
    local stored = tonumber(redis.call('HGET', KEYS[2], ARGV[i]) or '-1')
    local before = redis.call('HGET', KEYS[6], ARGV[i])
    if stored < tonumber(ARGV[i + 2]) then
      return true
    end
    if here ~= '' and before and before ~= here then
      return true
    end
  end
  return false
end

if not epoch then
  epoch = make_epoch(ARGV[2], ARGV[1])
  redis.call('SET', KEYS[1], epoch)
  redis.call('DEL', KEYS[2], KEYS[3])
  if KEYS[4] then
    redis.call('DEL', KEYS[6])
    begin_changes(KEYS[4], epoch)
  end
elseif KEYS[4] and (#epoch ~= 12 + #ARGV[1] or epoch < ARGV[2] or may_have_gone_back()) then
  -- An older version's epoch, which tells no time; or the store has gone back, or may have.
  local before = #epoch == 12 + #ARGV[1] and epoch > ARGV[2] and epoch or ARGV[2]
  epoch = renew(KEYS[1], KEYS[3], KEYS[4], KEYS[5], KEYS[6], before, ARGV[1])
end
if ARGV[3] ~= '0' then
  redis.call('HSET', KEYS[3], 'total', ARGV[3])
end
for i = 4, #ARGV, 3 do
  redis.call('HSETNX', KEYS[3], ARGV[i], ARGV[i + 1])
  if here ~= '' then
    redis.call('HSET', KEYS[6], ARGV[i], here)
  end
end
return {epoch, redis.call('HGETALL', KEYS[2])}
