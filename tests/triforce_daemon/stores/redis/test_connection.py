import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest

from tests.valkey import Valkey
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.redis.address import Address
from triforce_daemon.stores.redis.connection import RedisConnection
from triforce_daemon.stores.redis.faults import RedisUnreachable


async def within(seconds: float, holds: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


async def test_a_server_that_went_away_is_found_again(server: Valkey, connection: RedisConnection) -> None:
    heard: list[bool] = []
    connection.on_connect(lambda: heard.append(True))
    server.stop()
    await within(2, lambda: not connection.connected)
    with pytest.raises(RedisUnreachable):
        await connection.call("PING")
    server.start()
    await within(4, lambda: connection.connected)
    assert await connection.call("PING") == b"PONG"
    assert heard == [True]
    assert connection.trouble is None


async def test_a_server_that_hangs_fails_one_call_by_its_patience_and_the_next_at_once(
    server: Valkey, connection: RedisConnection
) -> None:
    server.pause()
    with pytest.raises(RedisUnreachable, match="did not answer"):
        await connection.call("PING")
    began = asyncio.get_running_loop().time()
    with pytest.raises(RedisUnreachable):
        await connection.call("PING")
    assert asyncio.get_running_loop().time() - began < 0.05
    server.resume()
    await within(4, lambda: connection.connected)


async def test_a_start_without_a_server_does_not_fail_and_says_why(folder: str) -> None:
    connection = RedisConnection(Address.of(f"unix://{folder}/none.sock"), Tasks(), 0.2, Random())
    assert not await connection.start()
    assert connection.trouble is not None
    assert "No such file" in connection.trouble
    await connection.close()


async def test_a_wrong_password_is_said_and_the_right_one_lets_in(server: Valkey) -> None:
    server.ask_password("open sesame")
    wrong = RedisConnection(Address.of(server.url, "no"), Tasks(), 0.2, Random())
    assert not await wrong.start()
    assert wrong.trouble is not None
    assert wrong.trouble.startswith("WRONGPASS")
    right = RedisConnection(Address.of(server.url, "open sesame"), Tasks(), 0.2, Random())
    assert await right.start()
    await wrong.close()
    await right.close()
