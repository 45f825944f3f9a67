-- The next generation of a paper version, or at least one given.
-- KEYS: the counter      ARGV: time to live (ms), "next" | "raise", at least
-- Returns the generation stored.
local now = tonumber(redis.call('GET', KEYS[1]) or 0)
if ARGV[2] == 'next' then
  now = now + 1
else
  now = math.max(now, tonumber(ARGV[3]))
end
redis.call('SET', KEYS[1], string.format('%.0f', now), 'PX', ARGV[1])
return now
