-- Counts what was used, lets go of what was held, and takes in what was counted while Redis was away; once.
-- KEYS: the daemon, then of each scope its minute, leases, sums.
-- ARGV: the number of this message, then of each scope a JSON object: its day d, shape p, period w; tokens t and spend
-- s used; leases l that end; ids u of requests to count no more; ids r of requests that came, and when, a.
-- Messages come in the order of their numbers; one that comes again is known by its number.

if tonumber(redis.call('HGET', KEYS[1], 'applied') or '0') >= tonumber(ARGV[1]) then return 0 end
for i = 1, #ARGV - 1 do
  local minute, leases, sums = KEYS[3 * i - 1], KEYS[3 * i], KEYS[3 * i + 1]
  local told = cjson.decode(ARGV[i + 1])
  for _, member in ipairs(told.l) do let_go(leases, sums, member) end
  for _, id in ipairs(told.u) do redis.call('ZREM', minute, id) end
  for n, id in ipairs(told.r) do redis.call('ZADD', minute, told.a[n], id) end
  if #told.r > 0 then redis.call('PEXPIRE', minute, 60000) end
  -- Where the sums are not there, the ledger knows them, with these.
  if sums_of(sums, told.d, told.p, told.w) then
    if told.t > 0 and tonumber(redis.call('HGET', sums, 'd')) == told.d then
      redis.call('HINCRBY', sums, 't', string.format('%.0f', told.t))
    end
    if told.s > 0 and tonumber(redis.call('HGET', sums, 'w')) == told.w then
      redis.call('HINCRBY', sums, 's', string.format('%.0f', told.s))
    end
  end
end
redis.call('HSET', KEYS[1], 'applied', ARGV[1])
return 1
