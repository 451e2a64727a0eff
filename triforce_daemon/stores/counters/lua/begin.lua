-- Takes over what a scope has used by the ledger, unless somebody was faster.
-- KEYS: the scope's minute, leases, sums. ARGV: its day, tokens, shape, which period, spend, how long it is
-- remembered, the length of a minute, then requests of the last minute: when, and the id.

local known = redis.call('HMGET', KEYS[3], 'd', 'p')
if known[1] and known[2] == ARGV[3] then return 0 end
redis.call('HSET', KEYS[3], 'd', ARGV[1], 't', ARGV[2], 'p', ARGV[3], 'w', ARGV[4], 's', ARGV[5])
redis.call('PEXPIRE', KEYS[3], ARGV[6])
-- Where requests were counted before they all are here, some by other ids than the ledger's.
if not string.find(known[2] or '', '^%a+%+') then
  for i = 8, #ARGV, 2 do redis.call('ZADD', KEYS[1], 'NX', ARGV[i], ARGV[i + 1]) end
  redis.call('PEXPIRE', KEYS[1], ARGV[7])
end
return 1
