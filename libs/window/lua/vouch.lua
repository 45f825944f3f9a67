-- Says that nothing is missing of a partition, after it was found so: whoever begins to follow it
-- on this server need not wonder.
-- KEYS: epoch, offsets, servers      ARGV: epoch, field, the offset that is stored
-- Returns 1 if that is so, else 0.
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[3] then
  return 0
end
local here = server()
if here ~= '' then
  redis.call('HSET', KEYS[3], ARGV[2], here)
end
return 1
