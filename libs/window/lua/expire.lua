-- Takes out papers that still are older than asked (a new record may just have come in).
-- KEYS: dates, then the papers      ARGV: oldest date that stays, as a number, then their ids
-- Returns how many visible papers went.
local visible = 0
for i = 2, #ARGV do
  local date = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if date and tonumber(date) < tonumber(ARGV[1]) then
    visible = visible + redis.call('EXISTS', KEYS[i]) - redis.call('HEXISTS', KEYS[i], 'x')
    redis.call('ZREM', KEYS[1], ARGV[i])
    redis.call('DEL', KEYS[i])
  end
end
return visible
