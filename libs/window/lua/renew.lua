-- Makes a new epoch where the store is not what it was: it has gone back to an earlier state.
-- KEYS: epoch, offsets, targets, changes, generations restored, servers
-- ARGV: what makes an epoch unique, the caller's epoch,
--       "offset", field, the offset that was stored   or   "cursor", the id of a change there was
-- Returns 0: the epoch is another already; 1: it is as it was; 2: the stream was trimmed beyond
-- that change; 3: there is a new epoch now.
local epoch = redis.call('GET', KEYS[1])
if not epoch or epoch > ARGV[2] or #epoch ~= #ARGV[2] then
  return 0
end
if epoch < ARGV[2] then
  -- An earlier epoch is back: no other evidence is needed.
elseif ARGV[3] == 'offset' then
  if tonumber(redis.call('HGET', KEYS[2], ARGV[4]) or '-1') >= tonumber(ARGV[5]) then
    return 1
  end
else
  if #redis.call('XRANGE', KEYS[4], ARGV[4], ARGV[4]) > 0 then
    return 1
  end
  local last = redis.call('XREVRANGE', KEYS[4], '+', '-', 'COUNT', 1)
  local until_it = redis.call('XRANGE', KEYS[4], '-', ARGV[4], 'COUNT', 1)
  if #last > 0 and #until_it == 0 then
    return 2
  end
end
renew(KEYS[1], KEYS[3], KEYS[4], KEYS[5], KEYS[6], ARGV[2], ARGV[1])
return 3
