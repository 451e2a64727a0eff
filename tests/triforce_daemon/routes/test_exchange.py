"""One request and its answer, under the conditions of a bad day."""

import asyncio
import socket

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.served_daemon import ServedDaemon

TURNS = "http://triforced/v1/sessions/new/turns"


async def test_a_long_silence_is_filled_with_comments(served: ServedDaemon, monkeypatch) -> None:
    from triforce_daemon.routes import exchange

    monkeypatch.setattr(exchange, "KEEP_ALIVE_SECONDS", 0.05)
    served.upstream.enqueue(say("late"), "first=300ms")
    async with served.client.post(TURNS, json={"input": "x"}) as reply:
        text = await reply.text()
    assert text.count(": ping") >= 3
    assert '"late"' in text


async def test_a_client_that_leaves_in_the_middle_of_its_request_harms_nobody(served: ServedDaemon) -> None:
    with socket.socket(socket.AF_UNIX) as raw:
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, served.places.socket)
        await loop.sock_sendall(raw, b"POST /v1/sessions/new/turns HTTP/1.1\r\nhost: x\r\ncontent-length: 999\r\n\r\n{")
        await asyncio.sleep(0.05)
    assert (await served.get("/v1/health"))[0] == 200
    assert served.lifecycle.streams == 0


async def test_garbage_on_the_socket_harms_nobody(served: ServedDaemon) -> None:
    for garbage in (b"\x00\xff" * 50, b"GET\r\n\r\n", b"POST /v1/status HTTP/1.1\r\ncontent-length: x\r\n\r\n"):
        with socket.socket(socket.AF_UNIX) as raw:
            raw.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(raw, served.places.socket)
            await loop.sock_sendall(raw, garbage)
            await asyncio.wait_for(loop.sock_recv(raw, 4_096), 5)
    assert (await served.get("/v1/health"))[0] == 200


async def test_many_turns_at_once_do_not_mix(served: ServedDaemon) -> None:
    served.upstream.script("upstream-small", say(*(f"w{number} " for number in range(50))))
    results = await asyncio.gather(*(served.turn(f"number {number}") for number in range(20)))
    expected = "".join(f"w{number} " for number in range(50))
    assert all(events[-1]["message"] == expected for events in results)
    assert len({events[0]["session"] for events in results}) == 20
