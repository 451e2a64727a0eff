-- A daemon has a new connection: what is still on its way by an earlier one counts no more.
-- KEYS: the daemon. ARGV: its generation, how long it is remembered. Returns the number of its last message.

redis.call('HSET', KEYS[1], 'generation', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return tonumber(redis.call('HGET', KEYS[1], 'applied') or '0')
