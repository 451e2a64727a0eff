"""What a port takes of whoever reaches it, and how it says no."""

import asyncio
import json
import time

import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.raw import answers, exchange, statuses
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.listeners import serving

POST = "POST /v1/chat/completions HTTP/1.1\r\n"


def get(served: ServedDaemon, path: str = "/v1/health", more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{served.http.port}\r\n{more}\r\n".encode()


def post(served: ServedDaemon, more: str, body: bytes = b"") -> bytes:
    return f"{POST}host: 127.0.0.1:{served.http.port}\r\n{more}\r\n".encode() + body


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", []),
        (b"GET /v1/health HTTP/1.1\r\nhost: ", [408]),
        (b"GET /v1/health HTTP/1.1\r\nhost: {own}\r\n\r\nG", [200, 408]),
        (b"\r\n\r\n", [408]),
    ],
)
async def test_a_head_that_does_not_come_is_not_waited_for(folder: str, sent: bytes, told: list[int]) -> None:
    async with serve(folder, limits={"head_seconds": 0.1}) as served:
        begun = time.monotonic()
        own = f"127.0.0.1:{served.http.port}".encode()
        assert statuses(await exchange(served.http.port, sent.replace(b"{own}", own))) == told
        assert 0.05 < time.monotonic() - begun < 3


async def test_nor_one_that_drips(folder: str) -> None:
    async with serve(folder, limits={"head_seconds": 0.2}) as served:
        begun = time.monotonic()
        drops = [bytes((byte,)) for byte in get(served)]
        assert statuses(await exchange(served.http.port, *drops, pause=0.02)) == [408]
        assert time.monotonic() - begun < 3


async def test_the_time_of_a_head_begins_with_it(folder: str) -> None:
    """Though it came in one piece with the end of the one before it, which took its time as well."""
    async with serve(folder, limits={"head_seconds": 0.5}) as served:
        one = get(served)
        pieces = (one[:-2], one[-2:] + one[:9], one[9:])
        assert statuses(await exchange(served.http.port, *pieces, pause=0.3)) == [200, 200]


GET = "GET /v1/health HTTP/1.1\r\nhost: {own}\r\n"
BODY = "POST /v1/none HTTP/1.1\r\nhost: {own}\r\ncontent-length: 3\r\n\r\n"


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ([f"{GET}\r\n{GET}\r\n"], [200, 200]),
        ([GET, f"\r\n{GET}\r\n"], [200, 200]),
        ([f"{GET}\r\n", GET, f"\r\n{GET}\r\n"], [200, 200, 200]),
        ([f"{BODY}ab", f"c{GET}\r\n"], [404, 200]),
    ],
    ids=["two at once", "a head's end and another", "later on", "a body's end and another"],
)
async def test_the_time_of_what_came_is_over(folder: str, pieces: list[str], told: list[int]) -> None:
    limits = {"head_seconds": 0.2, "body_seconds": 0.2, "linger_seconds": 0.2}
    async with serve(folder, limits=limits) as served:
        own = f"127.0.0.1:{served.http.port}"
        sent = [piece.replace("{own}", own).encode() for piece in pieces]
        assert statuses(await exchange(served.http.port, *sent, *[b""] * 5, pause=0.1)) == told


async def test_an_address_may_end_with_the_host(served: ServedDaemon, caplog: pytest.LogCaptureFixture) -> None:
    own = f"127.0.0.1:{served.http.port}"
    asked = f"GET http://{own} HTTP/1.1\r\nhost: {own}\r\n\r\n".encode()
    assert statuses(await exchange(served.http.port, asked)) == [404]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_an_idle_connection_of_one_who_has_asked_may_wait(folder: str) -> None:
    async with serve(folder, limits={"head_seconds": 0.05, "body_seconds": 0.05, "linger_seconds": 0.05}) as served:
        assert statuses(await exchange(served.http.port, get(served), get(served), pause=0.2)) == [200, 200]


async def test_a_body_that_does_not_come_is_not_waited_for(folder: str) -> None:
    async with serve(folder, limits={"body_seconds": 0.1}) as served:
        token = await served.token("inference")
        begun = time.monotonic()
        head = post(served, f"authorization: Bearer {token}\r\ncontent-length: 100\r\n")
        (answer,) = answers(await exchange(served.http.port, head, b"{"))
        assert (answer.status, json.loads(answer.body)["error"]["code"]) == (408, "request_timeout")
        assert time.monotonic() - begun < 3


async def test_a_body_that_comes_fast_enough_may_take_longer(folder: str) -> None:
    async with serve(folder, limits={"body_seconds": 0.1, "body_bytes_a_second": 1_000}) as served:
        token = await served.token("inference")
        body = b'{"messages": [{"role": "user", "content": "' + b"x" * 960 + b'"}]}'
        head = post(served, f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n")
        pieces = [body[begin : begin + 100] for begin in range(0, len(body), 100)]
        assert statuses(await exchange(served.http.port, head, *pieces, pause=0.04)) == [200]


async def test_an_answer_may_take_longer_than_its_request(folder: str) -> None:
    async with serve(folder, limits={"head_seconds": 0.1, "body_seconds": 0.1}) as served:
        token = await served.token("inference")
        served.upstream.enqueue(say("late"), "delay=400ms")
        status, body = await served.over_http("POST", "/v1/chat/completions", token, json=CHAT)
        assert (status, body["choices"][0]["message"]["content"]) == (200, "late")


CHAT = {"messages": [{"role": "user", "content": "x"}]}


@pytest.mark.parametrize("line", [b"x-a: b\r\n", b"x" * 100, b"x: " + b"y" * 1_000, b"x: " + b"y" * 70_000 + b"\r\n"])
async def test_a_head_without_end_is_cut(served: ServedDaemon, line: bytes) -> None:
    (answer,) = answers(await exchange(served.http.port, b"GET / HTTP/1.1\r\n" + line * ((64 << 10) // len(line) + 1)))
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (431, "head_too_large")


async def test_a_head_that_is_too_large_is_refused_though_it_ends(served: ServedDaemon) -> None:
    for more in ("x-a: b\r\n" * 101, f"x-a: {'b' * 65_000}\r\nx-b: {'b' * 1_000}\r\n"):
        assert statuses(await exchange(served.http.port, get(served, more=more))) == [431]
    assert statuses(await exchange(served.http.port, get(served, more="x-a: b\r\n" * 98))) == [200]


async def test_trailers_are_not_kept(served: ServedDaemon) -> None:
    token = await served.token("inference")
    # A token in a trailer comes after the decision, and must not change it.
    trailer = f"2\r\n{{}}\r\n0\r\nauthorization: Bearer {token}\r\n\r\n".encode()
    assert statuses(await exchange(served.http.port, post(served, "transfer-encoding: chunked\r\n", trailer))) == [401]


#: What another program on the way might read in another way than this one.
AMBIGUOUS = {
    "two lengths": "content-length: 2\r\ncontent-length: 2\r\n",
    "two other lengths": "content-length: 2\r\ncontent-length: 3\r\n",
    "a list of lengths": "content-length: 2, 2\r\n",
    "a signed length": "content-length: +2\r\n",
    "a length and chunks": "content-length: 2\r\ntransfer-encoding: chunked\r\n",
    "chunks and a length": "transfer-encoding: chunked\r\ncontent-length: 2\r\n",
    "two codings": "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
    "an inner coding": "transfer-encoding: gzip, chunked\r\n",
    "an unknown coding": "transfer-encoding: xchunked\r\n",
    "a coding by an odd name": "transfer-encoding : chunked\r\n",
    "a folded coding": "transfer-encoding:\r\n chunked\r\n",
    "no coding": "transfer-encoding: identity\r\n",
    "a zero byte": "x-a: b\0c\r\n",
    "a bare carriage return": "x-a: b\rc\r\n",
    "a second host": "host: evil.example\r\n",
    "no name": ": x\r\n",
}


@pytest.mark.parametrize("more", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_what_can_be_read_in_two_ways_is_refused(served: ServedDaemon, more: str) -> None:
    """The request that is hidden in the body is never answered."""
    hidden = get(served, "/v1/hidden")
    got = await exchange(served.http.port, post(served, more, b"{}" + hidden))
    assert statuses(got) == [400]
    assert b"connection: close" in got


@pytest.mark.parametrize(
    "body",
    [
        b"z\r\n",
        b"-1\r\n{}\r\n",
        b"2\n{}\n0\n\n",
        b"FFFFFFFFFFFFFFFFF\r\n",
        b"2\r\n{}x0\r\n\r\n",
        b"2 \n{}\r\n0\r\n\r\n",
    ],
)
async def test_chunks_that_are_none_end_the_connection(served: ServedDaemon, body: bytes) -> None:
    token = await served.token("inference")
    head = post(served, f"authorization: Bearer {token}\r\ntransfer-encoding: chunked\r\n")
    assert statuses(await exchange(served.http.port, head, body + get(served, "/v1/hidden"))) == [400]


async def test_what_is_wrong_behind_a_request_does_not_disturb_its_answer(served: ServedDaemon) -> None:
    token = await served.token("inference")
    served.upstream.enqueue(say("one", " two"), "stall-after=2 stall=200ms")
    body = json.dumps({**CHAT, "stream": True}).encode()
    first = post(served, f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n", body)
    got = await exchange(served.http.port, first, b"\x16\x03\x01 nonsense\r\n\r\n" + get(served), pause=0.05)
    assert got.count(b"HTTP/1.1") == 1
    assert b"data: [DONE]" in got
    assert got.endswith(b"0\r\n\r\n")


OFFER = "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"


async def test_an_offer_to_speak_something_else_is_passed_over(served: ServedDaemon) -> None:
    got = await exchange(served.http.port, get(served, more=OFFER) + get(served, "/v1/hidden"))
    assert statuses(got) == [200]


@pytest.mark.parametrize("chunked", [False, True], ids=["told length", "chunks"])
@pytest.mark.parametrize("split", [0, 3, 5], ids=str)
@pytest.mark.parametrize("behind", [b"", b"GET /v1/hidden HTTP/1.1\r\n\r\n", b"\x16\x03\x01 nonsense"])
async def test_nor_does_it_cost_a_request_its_body(
    served: ServedDaemon, chunked: bool, split: int, behind: bytes
) -> None:
    token = await served.token("inference")
    content = json.dumps(CHAT).encode()
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content) if chunked else content
    framing = "transfer-encoding: chunked" if chunked else f"content-length: {len(content)}"
    sent = post(served, f"authorization: Bearer {token}\r\n{OFFER}{framing}\r\n", body)
    at = len(sent) - len(body) * split // 5
    # What comes when the answer is out finds nobody, and may cost the client what he has not read yet.
    pieces = (sent[:at], sent[at:] + behind) if split else (sent + behind,)
    (answer,) = answers(await exchange(served.http.port, *pieces, pause=0.02))
    assert answer.status == 200, answer
    assert "connection: close" in answer.head


@pytest.mark.parametrize(("connections", "told"), [(2, 503), (0, 200)])
async def test_there_are_only_so_many_connections(folder: str, connections: int, told: int) -> None:
    async with serve(folder, http__connections=str(connections)) as served:
        held = [await asyncio.open_connection("127.0.0.1", served.http.port) for _ in range(2)]
        await asyncio.sleep(0.05)
        (answer,) = answers(await exchange(served.http.port, get(served)))
        assert answer.status == told
        assert ("retry-after: 1" in answer.head) == (told == 503)
        held[0][1].close()
        await asyncio.sleep(0.05)
        assert statuses(await exchange(served.http.port, get(served))) == [200]
        held[1][1].close()


async def test_a_body_that_nobody_wants_is_not_taken_in_for_ever(served: ServedDaemon) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.http.port)
    writer.write(post(served, "content-length: 1000000000\r\n"))
    assert (await reader.readline()) == b"HTTP/1.1 401 Unauthorized\r\n"
    sent = 0
    with pytest.raises(ConnectionError):
        while sent < 100 << 20:
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent += 65_536
    assert sent < 20 << 20


async def test_a_client_that_was_refused_may_ask_again_on_the_same_connection(served: ServedDaemon) -> None:
    refused = post(served, "content-length: 200000\r\n", b"x" * 200_000)
    assert statuses(await exchange(served.http.port, refused, get(served))) == [401, 200]


async def test_chunks_without_end_are_bounded(folder: str) -> None:
    async with serve(folder, daemon__max_body_bytes="10000") as served:
        token = await served.token("inference")
        head = post(served, f"authorization: Bearer {token}\r\ntransfer-encoding: chunked\r\n")
        assert statuses(await exchange(served.http.port, head, b"1\r\nx\r\n" * 20_000)) == [413]
        # What travels in a chunk's extension is no body, and yet it comes.
        assert statuses(await exchange(served.http.port, head, b"1;" + b"x" * 200_000)) == [413]


async def test_a_connection_on_which_nothing_more_is_asked_is_closed(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "KEEP_ALIVE_SECONDS", 0.3)
    async with serve(folder) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.http.port)
        for _ in range(2):
            # The time begins anew with each of its requests.
            writer.write(get(served))
            assert b" 200 " in await asyncio.wait_for(reader.readuntil(b"}"), 5)
            await asyncio.sleep(0.2)
        begun = time.monotonic()
        await asyncio.wait_for(reader.read(), 5)
        assert time.monotonic() - begun < 3
        writer.close()
        await writer.wait_closed()
