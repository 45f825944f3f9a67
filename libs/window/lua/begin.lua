-- Begins following: makes the epoch if there is none, records the ends a rebuild must reach.
-- KEYS: epoch, offsets, targets, changes (or "" where there is no change stream)
-- ARGV: an epoch to use if one is made, the number of partitions in all (0: as given),
--       then field and end of each partition
-- Returns the epoch, then the offsets as HGETALL has them.
if redis.call('SETNX', KEYS[1], ARGV[1]) == 1 then
  redis.call('DEL', KEYS[2], KEYS[3])
  -- A first entry that is no paper: a stream that has been trimmed is known by lacking it.
  if KEYS[4] then
    redis.call('XADD', KEYS[4], '*', 'epoch', ARGV[1])
  end
end
if ARGV[2] ~= '0' then
  redis.call('HSET', KEYS[3], 'total', ARGV[2])
end
for i = 3, #ARGV, 2 do
  redis.call('HSETNX', KEYS[3], ARGV[i], ARGV[i + 1])
end
return {redis.call('GET', KEYS[1]), redis.call('HGETALL', KEYS[2])}
