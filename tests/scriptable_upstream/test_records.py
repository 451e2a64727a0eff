"""What an upstream remembers: what was asked, and what became of it."""

import asyncio
import json
import socket

import pytest

from tests.scriptable_upstream.http_request import Request
from tests.scriptable_upstream.records import Records
from tests.scriptable_upstream.upstream import Upstream
from tests.scriptable_upstream.wire_reading import QUESTION, ask, exchange, request_bytes


def request(body: bytes = b"") -> Request:
    return Request("POST", "/x", (("Host", "h"),), body, True)


async def test_what_was_asked(upstream: Upstream) -> None:
    raw = request_bytes(QUESTION, "/groq/openai/v1/chat/completions?a=b", X_Mine="1", Authorization="Bearer k1")
    before = upstream.clock()
    await exchange(upstream, raw)
    record = await upstream.asked()
    assert (record.method, record.path, record.query) == ("POST", "/groq/openai/v1/chat/completions", {"a": "b"})
    assert (record.provider, record.kind, record.model, record.key) == ("groq", "chat", "gpt-4o", "k1")
    assert ("X-Mine", "1") in record.headers
    assert record.header("x-mine") == "1"
    assert record.json == QUESTION
    assert record.body == json.dumps(QUESTION).encode()
    assert before <= record.at <= upstream.clock()
    assert (record.status, record.ended, record.open, record.hung_up_at) == (200, "answered", False, None)
    assert upstream.records.of(provider="groq") == [record]
    assert upstream.records.of(provider="mistral") == []


async def hung_up(upstream: Upstream, plan: str, *, reset: bool) -> float:
    """Leaves in the middle of a stream; gives when."""
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", upstream.port))
        await loop.sock_sendall(client, request_bytes(QUESTION | {"stream": True}, x_upstream_plan=plan))
        await loop.sock_recv(client, 100)
        if reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    return upstream.clock()


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("plan", ["every=20ms words=100", "stall-after=3", "drip=50B/s", "tiny-events=10000000"])
async def test_when_the_client_left(upstream: Upstream, plan: str, reset: bool) -> None:
    left = await hung_up(upstream, plan, reset=reset)
    await upstream.until(lambda: upstream.records.last.hung_up_at)
    record = upstream.records.last
    assert record.hung_up_at and abs(record.hung_up_at - left) < 0.1
    await upstream.until(lambda: not upstream.connections)


async def test_a_client_that_leaves_after_the_answer_has_not_hung_up(upstream: Upstream) -> None:
    await ask(upstream, "every=1ms")
    await upstream.until(lambda: not upstream.connections)
    assert upstream.records.last.ended == "answered"


async def test_a_thousand_that_leave_leave_nothing(upstream: Upstream) -> None:
    for _ in range(100):
        await asyncio.gather(*(hung_up(upstream, "stall-after=1", reset=False) for _ in range(10)))
    await upstream.until(lambda: not upstream.connections)
    assert {record.ended for record in upstream.records} == {"hung up"}
    # This test, and nothing that plays on.
    assert len(asyncio.all_tasks()) == 1


async def test_waiting_ends(upstream: Upstream) -> None:
    with pytest.raises(TimeoutError):
        await upstream.asked(within=0.05)


def test_the_oldest_are_forgotten() -> None:
    records = Records(most=3)
    for _ in range(5):
        records.add(request(), 1)
    assert [record.number for record in records] == [2, 3, 4]
    assert (len(records), records.total) == (3, 5)
    assert records.last.number == records[-1].number == 4


def test_large_bodies_are_forgotten_sooner() -> None:
    records = Records(most_bytes=1000)
    for size in (400, 400, 400, 5000):
        records.add(request(b"x" * size), 1)
    assert [len(record.body) for record in records] == [5000]


def test_as_json() -> None:
    records = Records()
    records.add(request(b"text"), 1)
    records.add(request(b"\xff"), 2)
    first, second = json.loads(records.as_json())["requests"]
    assert (first["body"], first["ended"], first["headers"]) == ("text", None, [["Host", "h"]])
    assert second["body_base64"] == "/w=="
    assert [each["number"] for each in json.loads(records.as_json(since=1))["requests"]] == [1]


def test_only_the_first_end_counts() -> None:
    record = Records().add(request(), 1)
    record.end("cut")
    record.end("hung up")
    assert record.ended == "cut"
