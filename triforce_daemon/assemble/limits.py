"""What lets a request through, or does not: each caller's allowance, and who counts."""

from triforce_daemon.access.rate_limiter import RateLimiter
from triforce_daemon.access.tier_manager import TierManager
from triforce_daemon.access.users import Users
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.redis import connection_to
from triforce_daemon.stores.counters.counters import Counting
from triforce_daemon.stores.counters.in_memory import InMemory
from triforce_daemon.stores.counters.past import LedgerPast


async def limits(ground: Ground, users: Users) -> RateLimiter:
    """Counting has begun: in memory; in Redis where the settings name one, as soon as it is there.

    Raises ConfigurationInvalid where what they name cannot be used.
    """
    past = LedgerPast(ground.database, ground.clock)
    tiers = TierManager(users, ground.settings.limits.spend)
    limiter = RateLimiter(tiers, await _counters(ground, past))
    users.on_change(limiter.forget)
    return limiter


async def _counters(ground: Ground, past: LedgerPast) -> Counting:
    settings = ground.settings.redis
    if not settings.url:
        return InMemory(past.of, ground.clock)
    from triforce_daemon.stores.counters.foresight import Foresight
    from triforce_daemon.stores.counters.in_redis import InRedis
    from triforce_daemon.stores.counters.together import Together

    connection = connection_to(settings, ground.tasks, ground.redactor.add)
    await connection.start()
    redis = InRedis(connection, past.of, ground.clock)
    together = Together(redis, past.of, ground.clock, ground.tasks, settings.daemons)
    await together.start()
    return Foresight(together, ground.clock)
