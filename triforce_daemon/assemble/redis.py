"""The way to Redis, by the settings."""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from triforce_daemon.configuration.password_file import password_in
from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.redis_check import Ask
from triforce_daemon.settings import Redis

if TYPE_CHECKING:
    from triforce_daemon.stores.redis.connection import RedisConnection


def connection_to(settings: Redis, tasks: Tasks, keep_secret: Callable[[str], None]) -> "RedisConnection":
    """Not connected yet. Raises ConfigurationInvalid where the address or the password cannot be used."""
    # 6 MiB: whoever names no Redis does without.
    from triforce_daemon.stores.redis.address import Address
    from triforce_daemon.stores.redis.connection import RedisConnection

    try:
        address = Address.of(settings.url, password_in(settings.password_file, "redis.password_file"))
    except (OSError, ValueError) as error:
        raise ConfigurationInvalid(
            f"redis.url cannot be used: {error}", "See `triforce config get redis.url`."
        ) from error
    if address.password is not None:
        keep_secret(address.password)
    return RedisConnection(address, tasks, settings.call_seconds, Random())


def redis_probe(settings: Redis, tasks: Tasks) -> Ask | None:
    """What asks Redis whether it is there; None where the settings name none."""
    if not settings.url:
        return None

    async def probe() -> str | None:
        try:
            connection = connection_to(settings, tasks, lambda _: None)
        except ConfigurationInvalid as error:
            return error.message
        try:
            await connection.start()
            return connection.trouble
        finally:
            await connection.close()

    return probe
