-- Tells the offset stored, and whether the epoch is the caller's.
-- KEYS: epoch, offsets      ARGV: epoch, field
-- Returns {verdict, stored offset}: see apply.lua.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {5, -1}
end
return {3, tonumber(redis.call('HGET', KEYS[2], ARGV[2]) or -1)}
