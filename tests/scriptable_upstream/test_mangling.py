"""What faults do to the body, in every format."""

import json

import pytest

from tests.scriptable_upstream.behaviour import Behaviour
from tests.scriptable_upstream.mangling import BLOCK, Makings, Repeated, mangled, mangled_whole
from tests.scriptable_upstream.script import say
from tests.scriptable_upstream.test_wires import ASKED, STAMP, WIRES

SCRIPT = say("one", "two", "three")


def sent(name: str, **words: object) -> list[bytes | Repeated]:
    wire = WIRES[name]
    events = tuple(wire.stream(SCRIPT, ASKED, STAMP))
    return list(mangled(events, Behaviour(**words), Makings(wire, ASKED, STAMP)))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("name", WIRES)
def test_nothing(name: str) -> None:
    assert sent(name) == WIRES[name].stream(SCRIPT, ASKED, STAMP)


@pytest.mark.parametrize("name", WIRES)
def test_carriage_returns_once_each(name: str) -> None:
    for event in sent(name, crlf=True):
        assert isinstance(event, bytes)
        assert event.count(b"\n") == event.count(b"\r\n") == event.count(b"\r")


@pytest.mark.parametrize("name", WIRES)
def test_without_the_last(name: str) -> None:
    assert sent(name, no_terminator=True) == sent(name)[:-1]


@pytest.mark.parametrize("name", WIRES)
def test_a_malformed_event_is_one_event(name: str) -> None:
    usual, found = sent(name), sent(name, malformed_at=2)
    malformed = found.pop(2)
    assert found == usual
    assert isinstance(malformed, bytes)
    assert malformed.endswith(b"\n")
    assert malformed.strip()
    with pytest.raises(ValueError):
        json.loads(malformed.strip().splitlines()[-1].removeprefix(b"data: "))


@pytest.mark.parametrize("name", WIRES)
def test_bad_utf8(name: str) -> None:
    bad = sent(name, bad_utf8_at=1)[1]
    assert isinstance(bad, bytes)
    with pytest.raises(UnicodeDecodeError):
        bad.decode()


@pytest.mark.parametrize("name", WIRES)
def test_an_error_ends_it(name: str) -> None:
    found = sent(name, error_in_stream_at=1)
    assert found == [sent(name)[0], WIRES[name].failure(ASKED, STAMP)]
    assert b"error" in WIRES[name].failure(ASKED, STAMP)


@pytest.mark.parametrize("name", [name for name in WIRES if name != "gemini array"])
@pytest.mark.parametrize("size", [0, 10, BLOCK, 3 * BLOCK + 7])
def test_a_huge_line_is_an_event_of_its_own(name: str, size: int) -> None:
    huge = sent(name, huge_line=size)[WIRES[name].opening]
    assert isinstance(huge, Repeated)
    whole = b"".join(huge.blocks())
    assert json.loads(whole.strip().splitlines()[-1].removeprefix(b"data: "))
    assert len(whole) - len(WIRES[name].delta("", ASKED, STAMP)) in range(size - 16, size + 17)
    assert whole.count(b"x" * size) >= 1


@pytest.mark.parametrize("count", [1, 999, 1000, 2345])
def test_tiny_events(count: int) -> None:
    tiny = sent("anthropic", tiny_events=count)[3]
    assert isinstance(tiny, Repeated)
    assert b"".join(tiny.blocks()).count(b"event: content_block_delta") == count


def test_a_bomb_is_a_huge_line() -> None:
    assert sent("ollama chat", gzip_bomb=1000) == sent("ollama chat", huge_line=1000)


def test_comments_where_the_format_has_none() -> None:
    assert sent("ollama chat", comments=True)[::2] == [b"\n"] * 4


def test_whole_bodies() -> None:
    body = json.dumps({"a": "b" * 100}).encode()

    def whole(**words: object) -> bytes:
        parts = mangled_whole(body, Behaviour(**words))  # pyright: ignore[reportArgumentType]
        return b"".join(b"".join(part.blocks()) if isinstance(part, Repeated) else part for part in parts)

    assert whole() == body
    assert json.loads(whole(huge_line=100_000)) == json.loads(body)
    assert len(whole(huge_line=100_000)) == len(body) + 100_000
    with pytest.raises(ValueError):
        json.loads(whole(malformed_at=0))
    with pytest.raises(UnicodeDecodeError):
        whole(bad_utf8_at=0).decode()
