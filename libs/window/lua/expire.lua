-- Takes out one paper, if it still is older than asked (a new record may just have come in).
-- KEYS: dates, the paper      ARGV: id, oldest date that stays, as a number
-- Returns 1 if a visible paper went, else 0.
local date = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not date or tonumber(date) >= tonumber(ARGV[2]) then
  return 0
end
local visible = redis.call('EXISTS', KEYS[2]) - redis.call('HEXISTS', KEYS[2], 'x')
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
return visible
