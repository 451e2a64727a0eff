-- Counts a request and holds what it may need, in all its scopes or in none.
-- KEYS: the daemon, then of each scope its minute, leases, sums.
-- ARGV: the daemon's generation, the lease's id, its length, the length of a minute, how many asks, each as tokens and
-- spend; then of each scope: limits of requests, parallel, tokens, spend (-1: none), its day, shape, and which period.
-- Returns {'stale'} to a connection that was given up, {'lost'} where the daemon is not known, {'unknown', scope}, {'no', scope, kind, held, now, standings},
-- {'yes', ask, now, standings}.

local generation = redis.call('HGET', KEYS[1], 'generation')
if generation ~= ARGV[1] then return { generation and 'stale' or 'lost' } end
local now, id, minute = now_ms(), ARGV[2], tonumber(ARGV[4])
local asks, scopes, at = {}, {}, 6
for i = 1, tonumber(ARGV[5]) do
  asks[i] = { tokens = tonumber(ARGV[at]), spend = tonumber(ARGV[at + 1]) }
  at = at + 2
end

for i = 1, (#KEYS - 1) / 3 do
  local scope = { minute = KEYS[3 * i - 1], leases = KEYS[3 * i], sums = KEYS[3 * i + 1] }
  for n, name in ipairs({ 'requests', 'parallel', 'tokens', 'spend' }) do
    scope[name] = tonumber(ARGV[at + n - 1])
  end
  sweep(scope.leases, scope.sums, now)
  redis.call('ZREMRANGEBYSCORE', scope.minute, '-inf', now - minute)
  scope.now = sums_of(scope.sums, tonumber(ARGV[at + 4]), ARGV[at + 5], tonumber(ARGV[at + 6]))
  if not scope.now then return { 'unknown', i - 1 } end
  scopes[i], at = scope, at + 7
end

local function standings()
  local all = {}
  for i, scope in ipairs(scopes) do
    local over = scope.requests >= 0 and redis.call('ZCARD', scope.minute) - scope.requests or -1
    all[i] = standing(scope.minute, scope.leases, scope.now, over)
  end
  return all
end

local function lacks(scope, ask)
  if ask.tokens > 0 and scope.tokens >= 0 and scope.now.tokens + scope.now.held_tokens + ask.tokens > scope.tokens then
    return 'tokens', scope.now.tokens + ask.tokens <= scope.tokens
  end
  if ask.spend > 0 and scope.spend >= 0 and scope.now.spend + scope.now.held_spend + ask.spend > scope.spend then
    return 'spend', scope.now.spend + ask.spend <= scope.spend
  end
end

for i, scope in ipairs(scopes) do
  if scope.requests >= 0 and redis.call('ZCARD', scope.minute) >= scope.requests then
    return { 'no', i - 1, 'requests', 0, now, standings() }
  end
  if scope.parallel >= 0 and redis.call('ZCARD', scope.leases) >= scope.parallel then
    return { 'no', i - 1, 'parallel', 1, now, standings() }
  end
end

local chosen, refused
for n, ask in ipairs(asks) do
  refused = nil
  for i, scope in ipairs(scopes) do
    local kind, held = lacks(scope, ask)
    if kind then
      refused = { 'no', i - 1, kind, held and 1 or 0, now }
      break
    end
  end
  if not refused then
    chosen = n
    break
  end
end
if not chosen then
  refused[6] = standings()
  return refused
end

local ask = asks[chosen]
local member = string.format('%s|%.0f|%.0f', id, ask.tokens, ask.spend)
for _, scope in ipairs(scopes) do
  if scope.requests >= 0 then
    redis.call('ZADD', scope.minute, now, id)
    redis.call('PEXPIRE', scope.minute, minute)
  end
  redis.call('ZADD', scope.leases, now + tonumber(ARGV[3]), member)
  redis.call('PEXPIRE', scope.leases, ARGV[3] * 2)
  if ask.tokens > 0 then
    scope.now.held_tokens = redis.call('HINCRBY', scope.sums, 'ht', string.format('%.0f', ask.tokens))
  end
  if ask.spend > 0 then
    scope.now.held_spend = redis.call('HINCRBY', scope.sums, 'hs', string.format('%.0f', ask.spend))
  end
end
return { 'yes', chosen - 1, now, standings() }
