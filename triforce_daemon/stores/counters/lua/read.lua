-- How scopes stand.
-- KEYS: of each scope its minute, leases, sums. ARGV: the length of a minute, then of each scope its limit of requests
-- (-1: none), day, shape, and which period. Returns {'unknown', scope} or {'yes', now, standings}.

local now, all = now_ms(), {}
for i = 1, #KEYS / 3 do
  local minute, leases, sums = KEYS[3 * i - 2], KEYS[3 * i - 1], KEYS[3 * i]
  local at = 4 * i - 2
  sweep(leases, sums, now)
  redis.call('ZREMRANGEBYSCORE', minute, '-inf', now - tonumber(ARGV[1]))
  local found = sums_of(sums, tonumber(ARGV[at + 1]), ARGV[at + 2], tonumber(ARGV[at + 3]))
  if not found then return { 'unknown', i - 1 } end
  local limit = tonumber(ARGV[at])
  all[i] = standing(minute, leases, found, limit >= 0 and redis.call('ZCARD', minute) - limit or -1)
end
return { 'yes', now, all }
