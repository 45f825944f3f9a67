-- Begins following: makes the epoch if there is none, records the ends a rebuild must reach.
-- KEYS: epoch, offsets, targets; of a window also: changes, generations restored
-- ARGV: what makes an epoch unique, the newest epoch that the caller knows, the number of
--       partitions in all (0: as given), then field and end of each partition
-- Returns the epoch, then the offsets as HGETALL has them.
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  epoch = make_epoch(ARGV[2], ARGV[1])
  redis.call('SET', KEYS[1], epoch)
  redis.call('DEL', KEYS[2], KEYS[3])
  if KEYS[4] then
    begin_changes(KEYS[4], epoch)
  end
elseif KEYS[4] and (#epoch ~= 12 + #ARGV[1] or epoch < ARGV[2]) then
  -- An older version's, which tells no time; or the store has gone back to an earlier epoch.
  epoch = renew(KEYS[1], KEYS[3], KEYS[4], KEYS[5], ARGV[2], ARGV[1])
end
if ARGV[3] ~= '0' then
  redis.call('HSET', KEYS[3], 'total', ARGV[3])
end
for i = 4, #ARGV, 2 do
  redis.call('HSETNX', KEYS[3], ARGV[i], ARGV[i + 1])
end
return {epoch, redis.call('HGETALL', KEYS[2])}
