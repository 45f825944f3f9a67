-- What begin.lua and renew.lua share; it stands before them.

-- An epoch after `before`, whatever the clock says: its time (12 digits), then what is unique.
local function make_epoch(before, unique)
  local clock = redis.call('TIME')
  local time = clock[1] * 1000 + math.floor(clock[2] / 1000)
  local least = #before == 12 + #unique and tonumber(string.sub(before, 1, 12), 16) or -1
  return string.format('%012x', math.max(time, least + 1)) .. unique
end

-- A first entry that is no paper: a stream that has been trimmed is known by lacking it. Trimmed
-- and not deleted, the stream goes on after the ids it had, which papers still carry.
local function begin_changes(changes, epoch)
  redis.call('XTRIM', changes, 'MAXLEN', 0)
  redis.call('XADD', changes, '*', 'epoch', epoch)
end

-- Which server this is, and since when it is on its own: another after each restart and each
-- failover. Empty where it may not be asked.
local function server()
  local run = redis.pcall('INFO', 'server')
  local replication = redis.pcall('INFO', 'replication')
  if type(run) ~= 'string' or type(replication) ~= 'string' then
    return ''
  end
  return (string.match(run, 'run_id:(%w+)') or '') ..
    (string.match(replication, 'master_replid:(%w+)') or '')
end

-- A new epoch over the data there are. It is complete when its followers have said what it must
-- reach, and have reached it; the generations since are unknown to it.
local function renew(epoch_key, targets, changes, restored, servers, before, unique)
  local epoch = make_epoch(before, unique)
  redis.call('SET', epoch_key, epoch)
  redis.call('DEL', targets, restored, servers)
  if redis.call('XLEN', changes) == 0 then
    begin_changes(changes, epoch)
  end
  return epoch
end
