-- Holds on to what is held for requests under way, and holds what is not held yet.
-- KEYS: the daemon, then of each lease its scope's leases and sums, as often as it has scopes.
-- ARGV: the length of a lease, how long the daemon is remembered, then each member.

redis.call('PEXPIRE', KEYS[1], ARGV[2])
local till = now_ms() + tonumber(ARGV[1])
for i = 1, #ARGV - 2 do
  local leases, sums, member = KEYS[2 * i], KEYS[2 * i + 1], ARGV[i + 2]
  if redis.call('ZADD', leases, till, member) == 1 then
    local tokens, spend = string.match(member, MEMBER)
    if tokens ~= '0' then redis.call('HINCRBY', sums, 'ht', tokens) end
    if spend ~= '0' then redis.call('HINCRBY', sums, 'hs', spend) end
  end
  redis.call('PEXPIRE', leases, ARGV[1] * 2)
end
