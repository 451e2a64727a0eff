-- What all scripts know of a scope. Its keys: the requests of the last minute (a sorted set, by when they came), what
-- is held for requests under way (a sorted set, by when they vanish; a member is `ID|TOKENS|SPEND`), and its sums (a
-- hash). Sums: d the day that t counts tokens of, p what is counted, w the period that s counts
-- money of, ht and hs
-- what is held.

local MEMBER = '^.*|(%d+)|(%d+)$'

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Takes what was held for `member` off the sums; false where nothing was.
local function let_go(leases, sums, member)
  if redis.call('ZREM', leases, member) == 0 then return false end
  local tokens, spend = string.match(member, MEMBER)
  if tokens ~= '0' then redis.call('HINCRBY', sums, 'ht', '-' .. tokens) end
  if spend ~= '0' then redis.call('HINCRBY', sums, 'hs', '-' .. spend) end
  return true
end

-- Daemons that died let go of nothing; what they held vanishes when its time is over.
local function sweep(leases, sums, now)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, 100)) do
    let_go(leases, sums, member)
  end
end

-- The sums of a scope, those of an earlier day or period as nothing; nil where they have to be asked of the ledger.
local function sums_of(key, day, shape, which)
  local found = redis.call('HMGET', key, 'd', 't', 'p', 'w', 's', 'ht', 'hs')
  if not found[1] or found[3] ~= shape then return nil end
  local tokens, spend = tonumber(found[2]), tonumber(found[5])
  if tonumber(found[1]) < day then
    tokens = 0
    redis.call('HSET', key, 'd', day, 't', 0)
  end
  if tonumber(found[4]) < which then
    spend = 0
    redis.call('HSET', key, 'w', which, 's', 0)
  end
  return { tokens = tokens, spend = spend, held_tokens = tonumber(found[6] or 0), held_spend = tonumber(found[7] or 0) }
end

-- How a scope stands: requests, parallel, tokens and spend used, tokens and spend held, and when its requests of rank
-- `over` (-1: none) and its last one came.
local function standing(minute, leases, sums, over)
  local nth = over >= 0 and redis.call('ZRANGE', minute, over, over, 'WITHSCORES')[2] or 0
  local last = redis.call('ZRANGE', minute, -1, -1, 'WITHSCORES')[2] or 0
  return {
    redis.call('ZCARD', minute), redis.call('ZCARD', leases),
    sums.tokens, sums.spend, sums.held_tokens, sums.held_spend, tonumber(nth), tonumber(last),
  }
end
