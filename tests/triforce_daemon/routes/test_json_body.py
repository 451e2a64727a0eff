"""JSON that is made to hurt: refused at once, whoever reads it."""

import json
import time
import tracemalloc
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.errors import InvalidJson, PayloadTooLarge, TriforceError
from triforce_daemon.routes.json_body import MOST_VALUES, read_json

MANY = 1_000_000

#: Bodies, and what is said of them. They are large, and all tests' processes read this: `trap` makes one.
TRAPS: dict[str, tuple[Callable[[], bytes], int]] = {
    "deep lists": (lambda: b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "deep objects": (lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
    "deeper than can be written": (lambda: b'{"a":' + b"[" * 300 + b"]" * 300 + b"}", 400),
    "many names": (lambda: b"{" + b",".join(b'"a%d":1' % number for number in range(MANY)) + b"}", 413),
    "many names with commas": (lambda: b"{" + b",".join(b'"a,%d":1' % number for number in range(MANY)) + b"}", 413),
    "many names with quotes": (
        lambda: b"{" + b",".join(rb'"\"%d\\":""' % number for number in range(MANY)) + b"}",
        413,
    ),
    "many numbers": (lambda: b'{"a":[' + b"1," * 8_000_000 + b"1]}", 413),
    "many lists": (lambda: b'{"a":[' + b"[]," * 5_000_000 + b"1]}", 413),
    "not a number": (lambda: b'{"a":NaN}', 400),
    "no end of numbers": (lambda: b'{"a":Infinity}', 400),
    "a long number": (lambda: b'{"a":' + b"1" * 100_000 + b"}", 400),
    "half a character": (lambda: rb'{"a":"\ud800"}', 400),
    "the other half": (lambda: rb'{"\udc00":1}', 400),
    "no text": (lambda: b'{"a":"\xff"}', 400),
    "a mark before it": (lambda: b'\xef\xbb\xbf{"a":1}', 400),
    "two of them": (lambda: b"{}{}", 400),
    "a comment": (lambda: b'{"a":1}//', 400),
    "a name twice": (lambda: b'{"a":1,"a":2}', 400),
    "twice, at a distance": (lambda: b'{"a":1, "b":{"a":[1]}, "a" :1}', 400),
    "twice, far inside": (lambda: b'{"a":[[{"b":[{"c":1,"d":{},"c":1}]}]]}', 400),
    "twice, in two spellings": (lambda: rb'{"a":1,"\u0061":1}', 400),
    "an empty one twice": (lambda: b'{"":1,"":1}', 400),
    "twice among many": (lambda: b'{"x":[' + b'{"a": 1},' * 150_000 + b'{"a":1,"a":1}]}', 400),
    "twice among many names": (
        lambda: b"{" + b",".join(b'"%d":1' % (number % 150_000) for number in range(150_001)) + b"}",
        400,
    ),
    "nothing": (lambda: b"", 400),
}

#: What looks like a trap, and is none.
HARMLESS: dict[str, Callable[[], bytes]] = {
    "a long text": lambda: b'{"a":"' + b"a, b, [c], " * 1_000_000 + b'"}',
    "JSON in a text": lambda: json.dumps({"a": json.dumps([{"b": [1, 2, ""]}] * 100_000)}).encode(),
    "backslashes before quotes": lambda: rb'{"a":"' + rb"\\\"," * 500_000 + rb'\\","b":"\\"}',
    "an image": lambda: b'{"a":"' + b"AbC/" * 3_000_000 + b'"}',
    "as many tokens as OpenAI takes": lambda: b'{"input":[' + b"12345," * 299_999 + b"1]}",
}


@cache
def trap(name: str) -> bytes:
    return TRAPS[name][0]()


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_costs_little(name: str) -> None:
    body = trap(name)
    took: list[float] = []
    for _ in range(3):
        begun = time.process_time()
        with pytest.raises(TriforceError) as raised:
            read_json(body)
        took.append(time.process_time() - begun)
        # A tenth of a second where nothing else runs; who shares a core's inside with others pays several times that.
        if took[-1] < 0.3:
            break
    assert took[-1] < 0.3, took
    assert raised.value.status == TRAPS[name][1]
    assert isinstance(raised.value, InvalidJson | PayloadTooLarge)


@pytest.mark.parametrize("name", ["many names with commas", "many numbers", "deep lists"])
def test_a_trap_takes_little_room(name: str) -> None:
    body = trap(name)
    tracemalloc.start()
    try:
        with pytest.raises(TriforceError):
            read_json(body)
        assert tracemalloc.get_traced_memory()[1] < 50 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_like_one_is_read(name: str) -> None:
    body = HARMLESS[name]()
    assert read_json(body) == json.loads(body)


def test_the_bound_is_where_it_is_said() -> None:
    assert read_json(b"[" + b"1," * (MOST_VALUES - 1) + b"1]")
    with pytest.raises(PayloadTooLarge):
        read_json(b"[" + b"1," * MOST_VALUES + b"1]")


#: Of what the framework reads, and of what the daemon reads itself.
ROUTES = [("POST", "/v1/chat/completions"), ("POST", "/v1/tokens"), ("PUT", "/v1/registry/default")]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_every_route_reads_in_the_same_way(served: ServedDaemon, method: str, path: str) -> None:
    found: dict[str, int] = {}
    for name in TRAPS:
        if name != "nothing":
            status, answer = await sent(served, method, path, trap(name))
            found[name] = status
            assert answer["error"]["message"]
    assert found == {name: status for name, (_, status) in TRAPS.items() if name != "nothing"}


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_what_is_too_large_or_packed_is_not_even_read(served: ServedDaemon, method: str, path: str) -> None:
    head = {"content-length": "1000000000"}
    status, _ = await sent(served, method, path, None, **head)
    assert status == 413
    for coding, told in (("gzip", 415), ("br", 415), ("gzip, gzip", 415)):
        status, _ = await sent(served, method, path, b"\x1f\x8b\x08\x00", **{"content-encoding": coding})
        assert status == told


async def sent(
    served: ServedDaemon, method: str, path: str, body: bytes | None, **headers: str
) -> tuple[int, dict[str, Any]]:
    """Over the socket, as its owner; without a body only the head is sent."""
    import asyncio

    reader, writer = await asyncio.open_unix_connection(served.places.socket)
    named = {
        "host": "triforced",
        "content-type": "application/json",
        "content-length": str(len(body or b"")),
        **headers,
    }
    writer.write(f"{method} {path} HTTP/1.1\r\n".encode())
    writer.write("".join(f"{name}: {value}\r\n" for name, value in named.items()).encode() + b"\r\n" + (body or b""))
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    answer = json.loads(await reader.readexactly(length))
    writer.close()
    return int(head.split()[1]), answer


async def test_a_name_that_comes_twice_reaches_no_provider(served: ServedDaemon) -> None:
    """A reader before the daemon, or behind it, might believe the other one."""
    body = b'{"model":"scripted/large","model":"scripted/small","messages":[{"role":"user","content":"x"}]}'
    status, answer = await sent(served, "POST", "/v1/chat/completions", body)
    assert (status, answer["error"]["code"]) == (400, "invalid_json")
    assert "'model' stands twice" in answer["error"]["message"]
    assert len(served.upstream.records) == 0


NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
ONE_LEVEL = st.none() | st.booleans() | NUMBERS | st.text()
JSON = st.recursive(ONE_LEVEL, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


@given(JSON, st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :\t")]), st.booleans(), st.sampled_from([None, 1]))
def test_what_names_each_thing_once_is_read_however_it_is_written(
    value: object, separators: tuple[str, str], plain: bool, indent: int | None
) -> None:
    text = json.dumps(value, separators=separators, ensure_ascii=plain, indent=indent)
    assert read_json(text.encode()) == json.loads(text)


@given(st.dictionaries(st.text(), ONE_LEVEL, min_size=1), st.data())
def test_one_name_too_many_is_found_wherever_it_stands(fields: dict[str, object], data: st.DataObject) -> None:
    twin = data.draw(st.sampled_from(sorted(fields)))
    pairs = [*fields.items(), (twin, data.draw(ONE_LEVEL))]
    data.draw(st.randoms()).shuffle(pairs)
    inner = ",".join(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in pairs)
    for depth in range(3):
        with pytest.raises(InvalidJson, match="twice"):
            read_json(f"{'[' * depth}{{{inner}}}{']' * depth}".encode())
