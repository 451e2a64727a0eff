"""Each fault does on the wire what its word says."""

import asyncio
import gzip
import json
import socket
import zlib
from email.utils import parsedate_to_datetime
from itertools import pairwise
from time import time
from typing import Any

import pytest

from tests.scriptable_upstream.script import say
from tests.scriptable_upstream.upstream import Upstream
from tests.scriptable_upstream.wire_reading import CHAT, END, QUESTION, Arrived, ask, exchange, read_on, request_bytes

#: An answer of these words has the opening, one event each, the end, the usage and [DONE].
WORDS, EVENTS = 10, 14


def spoken(arrived: Arrived) -> list[str]:
    """The texts of the events that are chunks of a chat."""
    found: list[str] = []
    for event in arrived.events:
        try:
            chunk: dict[str, Any] = json.loads(event.removeprefix(b"data: "))
        except ValueError:
            continue
        found += [choice["delta"]["content"] for choice in chunk.get("choices", ()) if choice["delta"].get("content")]
    return found


async def plain(upstream: Upstream) -> Arrived:
    upstream.reset()
    upstream.script("gpt-4o", say(*"0123456789"))
    return await ask(upstream)


async def faulty(upstream: Upstream, plan: str, **more: Any) -> Arrived:
    upstream.script("gpt-4o", say(*"0123456789"))
    return await ask(upstream, plan, **more)


async def test_without_a_fault(upstream: Upstream) -> None:
    arrived = await plain(upstream)
    assert arrived.head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert len(arrived.events) == EVENTS
    assert spoken(arrived) == list("0123456789")
    assert arrived.raw.endswith(b"data: [DONE]\n\n\r\n" + END)
    assert not arrived.closed


# Status


async def test_status(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "status=429 retry-after=2")
    assert arrived.head.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
    assert b"\r\nRetry-After: 2" in arrived.head
    assert json.loads(arrived.body)["error"]["code"] == "rate_limit_exceeded"
    assert upstream.records.last.status == 429


async def test_retry_after_as_a_date(upstream: Upstream) -> None:
    before = time()
    arrived = await faulty(upstream, "status=429 retry-after=date+2")
    date = arrived.head.partition(b"Retry-After: ")[2].partition(b"\r\n")[0].decode()
    assert before + 2 <= parsedate_to_datetime(date).timestamp() <= time() + 3


async def test_a_page_of_a_proxy(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "status=502 html")
    assert b"text/html" in arrived.head
    assert arrived.body.startswith(b"<html>")


async def test_a_redirection(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "status=307 location=http://127.0.0.1:9/x")
    assert b"\r\nLocation: http://127.0.0.1:9/x" in arrived.head


@pytest.mark.parametrize(("kind", "code"), [("context", "context_length_exceeded"), ("quota", "insufficient_quota")])
async def test_which_error(upstream: Upstream, kind: str, code: str) -> None:
    arrived = await faulty(upstream, f"status=400 error={kind}")
    assert json.loads(arrived.body)["error"]["code"] == code


# Pace


async def test_delay_before_the_head(upstream: Upstream) -> None:
    started = asyncio.get_running_loop().time()
    arrived = await faulty(upstream, "delay=150ms")
    assert arrived.times[0] - started >= 0.15
    assert len(arrived.events) == EVENTS


async def test_first_event_late(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "first=150ms")
    assert arrived.reads[0].endswith(b"\r\n\r\n")
    assert arrived.times[1] - arrived.times[0] >= 0.14


async def test_events_at_a_pace(upstream: Upstream) -> None:
    for _ in range(6):
        arrived = await faulty(upstream, "every=20ms")
        assert arrived.times[-1] - arrived.times[0] >= 0.02 * (EVENTS - 1) - 0.005
        # What is late is sent at once, so that on a busy machine two may come together.
        if len(arrived.reads) >= EVENTS:
            break
    # The head may come with the first event.
    assert EVENTS <= len(arrived.reads) <= EVENTS + 2


async def test_drip(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "drip=20B/s", within=1.0)
    assert set(map(len, arrived.chunks)) == {1}
    gaps = [later - earlier for earlier, later in pairwise(arrived.times[1:])]
    assert abs(sum(gaps) / len(gaps) - 0.05) < 0.02


async def test_words(upstream: Upstream) -> None:
    arrived = await ask(upstream, "words=50")
    assert len(spoken(arrived)) == 50
    assert len(set(map(str.strip, spoken(arrived)))) > 1


async def test_the_answers_rotate(upstream: Upstream) -> None:
    assert len({tuple(spoken(await ask(upstream))) for _ in range(3)}) == 3


# The end that does not come


async def test_no_answer(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "no-answer")
    assert (arrived.raw, arrived.reset) == (b"", True)
    assert (await faulty(upstream, "no-answer cut=fin")).closed


@pytest.mark.parametrize(
    ("how", "reset", "closed"), [("rst", True, False), ("fin", False, True), ("end", False, False)]
)
async def test_cut_after_events(upstream: Upstream, how: str, reset: bool, closed: bool) -> None:
    arrived = await faulty(upstream, f"cut-after=5 cut={how}")
    assert spoken(arrived) == list("0123")
    assert len(arrived.events) == 5
    assert (arrived.reset, arrived.closed) == (reset, closed)
    assert arrived.raw.endswith(END) == (how == "end")
    assert upstream.records.last.ended == ("answered" if how == "end" else "cut")
    assert upstream.records.last.events_sent == 5


async def test_a_whole_answer_that_ends_early_in_good_order(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "cut-after=100B cut=end", stream=False)
    assert arrived.complete and len(arrived.text) == 100
    assert upstream.records.last.ended == "answered"


async def test_a_body_in_two_parts(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "stall-after=333B stall=20ms")
    sizes = [len(piece) for piece in arrived.chunks]
    assert 333 in [sum(sizes[:count]) for count in range(len(sizes))]
    assert len(arrived.events) == EVENTS


async def test_a_cut_is_a_reset_unless_told(upstream: Upstream) -> None:
    assert (await faulty(upstream, "cut-after=1")).reset


async def test_a_reset_does_not_overtake_what_was_sent(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "huge-line=12MiB cut-after=2")
    assert arrived.reset
    assert len(arrived.text) > 12 << 20


@pytest.mark.parametrize("stream", [True, False])
async def test_cut_after_bytes(upstream: Upstream, stream: bool) -> None:
    arrived = await faulty(upstream, "cut-after=100B cut=fin", stream=stream)
    assert arrived.closed
    # The last chunk is not complete only if the cut is within it; each part is a chunk of its own.
    assert len(arrived.text if stream else arrived.body) == 100


async def test_cut_right_after_the_head(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "cut-after=0 cut=fin", stream=False)
    assert arrived.raw.startswith(b"HTTP/1.1 200 OK") and not arrived.body


async def test_stall(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "stall-after=5")
    assert len(arrived.events) == 5
    assert not arrived.reset and not arrived.closed
    await upstream.until(lambda: upstream.records.last.hung_up_at)


async def test_a_stall_that_ends(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "stall-after=5 stall=100ms")
    assert len(arrived.events) == EVENTS
    assert max(later - earlier for earlier, later in pairwise(arrived.times)) >= 0.09


async def test_no_terminator(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "no-terminator")
    assert len(arrived.events) == EVENTS - 1
    assert b"[DONE]" not in arrived.raw
    assert arrived.raw.endswith(END)


# What stands in the stream


async def test_malformed(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "malformed-at=5")
    assert len(arrived.events) == EVENTS + 1
    assert spoken(arrived) == list("0123456789")
    with pytest.raises(ValueError):
        json.loads(arrived.events[5].removeprefix(b"data: "))
    assert len((await faulty(upstream, "malformed-at=0", stream=False)).body) > 100


async def test_bad_utf8(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "bad-utf8-at=3")
    with pytest.raises(UnicodeDecodeError):
        arrived.events[3].decode()
    assert all(event.decode() for place, event in enumerate(arrived.events) if place != 3)


@pytest.mark.parametrize("place", [0, 4, 99])
async def test_error_in_the_stream(upstream: Upstream, place: int) -> None:
    arrived = await faulty(upstream, f"error-in-stream-at={place}")
    assert arrived.head.startswith(b"HTTP/1.1 200")
    assert len(arrived.events) == min(place, EVENTS) + 1
    assert json.loads(arrived.events[-1].removeprefix(b"data: "))["error"]["type"] == "server_error"
    assert arrived.raw.endswith(END)


async def test_an_error_with_status_200(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "error-in-stream-at=0", stream=False)
    assert arrived.head.startswith(b"HTTP/1.1 200")
    assert "error" in json.loads(arrived.body)


async def test_comments(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "comments")
    assert arrived.events.count(b": keep-alive") == EVENTS
    assert spoken(arrived) == list("0123456789")


async def test_carriage_returns(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "crlf")
    assert arrived.text.count(b"\r\n\r\n") == EVENTS
    assert b"\n" not in arrived.text.replace(b"\r\n", b"")
    assert spoken(arrived) == list("0123456789")


async def test_huge_line(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "huge-line=3MiB")
    assert max(map(len, arrived.events)) > 3 << 20
    assert len(max(spoken(arrived), key=len)) == 3 << 20
    assert spoken(arrived)[1:] == list("0123456789")


async def test_tiny_events(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "tiny-events=12345")
    assert spoken(arrived) == [*["."] * 12345, *"0123456789"]


# HTTP itself


async def test_split_everywhere(upstream: Upstream) -> None:
    whole = await plain(upstream)
    arrived = await faulty(upstream, "split=every")
    assert set(map(len, arrived.chunks)) == {1}
    # The two answers differ in nothing but their ids.
    assert len(arrived.text) == len(whole.text)


@pytest.mark.parametrize("stream", [True, False])
async def test_split_in_pieces(upstream: Upstream, stream: bool) -> None:
    arrived = await faulty(upstream, "split=7", stream=stream)
    if stream:
        assert max(map(len, arrived.chunks)) == 7
    else:
        assert json.loads(arrived.body)
    assert len(arrived.reads) > 20


async def test_split_seeded(upstream: Upstream) -> None:
    first, second = [await faulty(upstream, "split=seeded") for _ in range(2)]
    sizes = [len(piece) for piece in first.chunks]
    assert len(set(sizes)) > 5
    assert sizes == [len(piece) for piece in second.chunks]


@pytest.mark.parametrize("stream", [True, False])
async def test_gzip(upstream: Upstream, stream: bool) -> None:
    arrived = await faulty(upstream, "gzip", stream=stream)
    assert b"\r\nContent-Encoding: gzip\r\n" in arrived.head
    unpacked = gzip.decompress(arrived.text)
    assert (b"[DONE]" if stream else b"chat.completion") in unpacked


async def test_gzip_sends_each_event_at_once(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "gzip stall-after=3")
    assert zlib.decompressobj(wbits=31).decompress(arrived.text).count(b"data: ") == 3


@pytest.mark.parametrize("stream", [True, False])
async def test_gzip_bomb(upstream: Upstream, stream: bool) -> None:
    arrived = await faulty(upstream, "gzip-bomb=40MiB", stream=stream, quiet=2)
    assert len(arrived.raw) < 100_000
    assert len(gzip.decompress(arrived.text)) > 40 << 20


async def test_too_long_a_length(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "wrong-length=+10", stream=False)
    told = int(arrived.head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    assert len(arrived.body) == told - 10
    assert json.loads(arrived.body) and arrived.closed


async def test_too_short_a_length(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "wrong-length=-10", stream=False)
    told = int(arrived.head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    assert len(arrived.body) == told + 10
    assert not arrived.closed


async def test_trailers(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "trailers")
    assert b"\r\nTrailer: X-Checksum, Server-Timing" in arrived.head
    assert arrived.raw.endswith(b"\r\n0\r\nX-Checksum: 5d41402a\r\nServer-Timing: total;dur=12\r\n\r\n")


async def test_informational(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "1xx")
    heads = [line for line in arrived.raw.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    assert heads == [b"HTTP/1.1 102 Processing", b"HTTP/1.1 103 Early Hints", b"HTTP/1.1 200 OK"]


async def test_close(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "close")
    assert b"\r\nConnection: close" in arrived.head and arrived.closed


async def test_drop(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "drop")
    assert b"Connection: close" not in arrived.head
    assert arrived.raw.endswith(END) and arrived.closed


async def test_faults_at_once(upstream: Upstream) -> None:
    arrived = await faulty(upstream, "status=200 delay=10ms every=1ms crlf comments split=11 trailers 1xx close")
    assert arrived.closed
    body = arrived.raw.partition(b"HTTP/1.1 200")[2]
    assert b"X-Checksum: 5d41402a" in body


# A connection goes on after a fault that leaves it whole


async def test_the_connection_lives_on(upstream: Upstream) -> None:
    loop, arrived = asyncio.get_running_loop(), Arrived()
    with socket.socket() as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", upstream.port))
        for plan in ("ok", "every=1ms", "status=500", "error-in-stream-at=2"):
            await loop.sock_sendall(client, request_bytes(QUESTION | {"stream": True}, x_upstream_plan=plan))
        await read_on(client, arrived, 0.3)
    assert arrived.raw.count(b"HTTP/1.1 ") == 4
    assert [record.status for record in upstream.records] == [200, 200, 500, 200]
    assert upstream.connections_made == 1


async def test_a_plan_that_is_none(upstream: Upstream) -> None:
    arrived = await ask(upstream, "explode")
    assert arrived.head.startswith(b"HTTP/1.1 400")
    assert b"explode" in arrived.body


async def test_what_is_no_http(upstream: Upstream) -> None:
    arrived = await exchange(upstream, b"\x16\x03\x01 hello\r\n\r\n")
    assert arrived.head.startswith(b"HTTP/1.1 400") and arrived.closed


async def test_a_client_that_waits_to_send(upstream: Upstream) -> None:
    whole = request_bytes(QUESTION, CHAT, expect="100-continue")
    arrived = await exchange(upstream, whole)
    assert arrived.raw.startswith(b"HTTP/1.1 ")
    head, _, body = whole.partition(b"\r\n\r\n")
    loop, arrived = asyncio.get_running_loop(), Arrived()
    with socket.socket() as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", upstream.port))
        await loop.sock_sendall(client, head + b"\r\n\r\n")
        await read_on(client, arrived, 0.1)
        assert arrived.raw == b"HTTP/1.1 100 Continue\r\n\r\n"
        await loop.sock_sendall(client, body)
        await read_on(client, arrived, 0.1)
    assert b"HTTP/1.1 200 OK" in arrived.raw
