import asyncio
import time
from pathlib import Path

import pytest

from tests.valkey import Valkey
from triforce_daemon.stores.redis.faults import RedisRefused, RedisUnreachable
from triforce_daemon.stores.redis.wire import Wire


async def wire_to(path: str, lost: list[str], patience: float = 0.2) -> Wire:
    _, wire = await asyncio.get_running_loop().create_unix_connection(lambda: Wire(patience, lost.append), path)
    return wire


async def test_commands_of_one_turn_are_answered_in_their_order(server: Valkey) -> None:
    wire = await wire_to(server.path, [])
    answers = await asyncio.gather(*(wire.call("INCR", "n") for _ in range(500)))
    assert answers == list(range(1, 501))
    wire.end("enough")


async def test_an_error_is_of_its_command_alone(server: Valkey) -> None:
    wire = await wire_to(server.path, [])
    good, bad, after = await asyncio.gather(
        wire.call("SET", "k", "v"), wire.call("INCR", "k"), wire.call("GET", "k"), return_exceptions=True
    )
    assert (good, after) == (b"OK", b"v")
    assert isinstance(bad, RedisRefused)
    assert bad.code == "ERR"
    wire.end("enough")


async def test_a_cancelled_caller_does_not_shift_the_answers(server: Valkey) -> None:
    wire = await wire_to(server.path, [])
    given_up = wire.call("INCR", "n")
    given_up.cancel()
    assert await wire.call("INCR", "n") == 2
    wire.end("enough")


async def test_nobody_waits_longer_than_the_patience(server: Valkey) -> None:
    lost: list[str] = []
    wire = await wire_to(server.path, lost)
    server.pause()
    began = asyncio.get_running_loop().time()
    failed = await asyncio.gather(*(wire.call("PING") for _ in range(10)), return_exceptions=True)
    assert all(isinstance(one, RedisUnreachable) for one in failed)
    assert 0.19 < asyncio.get_running_loop().time() - began < 1
    assert lost == ["Redis did not answer within 0.2 s"]
    with pytest.raises(RedisUnreachable):
        await wire.call("PING")


async def test_a_loop_that_was_held_up_does_not_take_redis_for_dead(server: Valkey) -> None:
    wire = await wire_to(server.path, [])
    answer = wire.call("PING")
    await asyncio.sleep(0)
    time.sleep(0.5)
    assert await answer == b"PONG"
    wire.end("enough")


async def test_all_who_wait_hear_that_the_server_is_gone(server: Valkey) -> None:
    lost: list[str] = []
    wire = await wire_to(server.path, lost, patience=5)
    waiting = wire.call("BLPOP", "nothing", "30")
    server.stop()
    with pytest.raises(RedisUnreachable):
        await waiting
    assert len(lost) == 1


async def test_what_is_no_redis_is_said_to_be_none(folder: str) -> None:
    path = str(Path(folder, "other.sock"))

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(talk, path):
        lost: list[str] = []
        wire = await wire_to(path, lost)
        with pytest.raises(RedisUnreachable, match="no answer of Redis"):
            await wire.call("PING")
