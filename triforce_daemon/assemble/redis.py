"""The way to Redis, by the settings."""

from collections.abc import Callable
from random import Random

from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.redis_check import Ask
from triforce_daemon.settings import Redis
from triforce_daemon.stores.redis.connection import RedisConnection


def connection_to(settings: Redis, tasks: Tasks, keep_secret: Callable[[str], None]) -> RedisConnection:
    """Not connected yet. Raises ConfigurationInvalid where the address or the password cannot be used."""
    from triforce_daemon.stores.redis.address import Address

    try:
        address = Address.of(settings.url, _password(settings.password_file))
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


def _password(file: str) -> str | None:
    if not file:
        return None
    try:
        with open(file, encoding="utf-8") as opened:
            return opened.read().rstrip("\r\n")
    except OSError as error:
        raise ConfigurationInvalid(
            f"redis.password_file: {file} cannot be read: {error.strerror}.", "Check its owner and mode."
        ) from error
