-- Notes since when papers have had no live record, the earliest that anybody noted of a record; or
-- forgets it.
-- KEYS: the date's notes
-- ARGV: time to live (ms); then for each paper: id, record, since (ms; "": forget)
-- Returns for each since when; 0 for one that is forgotten.
local answers = {}
for i = 2, #ARGV, 3 do
  local since, record = (redis.call('HGET', KEYS[1], ARGV[i]) or ''):match('^(%d+) (.*)$')
  local answer = 0
  if ARGV[i + 2] == '' then
    if record == ARGV[i + 1] then
      redis.call('HDEL', KEYS[1], ARGV[i])
    end
  elseif record == ARGV[i + 1] and tonumber(since) <= tonumber(ARGV[i + 2]) then
    answer = tonumber(since)
  else
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2] .. ' ' .. ARGV[i + 1])
    answer = tonumber(ARGV[i + 2])
  end
  answers[#answers + 1] = answer
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return answers
