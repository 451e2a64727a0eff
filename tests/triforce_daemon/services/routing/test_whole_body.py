import asyncio

import pytest

from triforce_daemon.errors import UpstreamFailed, UpstreamTimeout
from triforce_daemon.services.routing import whole_body
from triforce_daemon.services.routing.whole_body import read_whole


class Dripping:
    """A reply that sends `piece` every `seconds`, `times` times."""

    def __init__(self, piece: bytes, times: int, seconds: float = 0.0, first: bytes = b"") -> None:
        self.dripped, self.times, self.seconds, self.first = piece, times, seconds, first
        self.closed = False

    def at_once(self) -> bytes | None:
        return None

    async def piece(self) -> bytes:
        if first := self.first:
            self.first = b""
            return first
        await asyncio.sleep(self.seconds)
        self.times -= 1
        return self.dripped if self.times >= 0 else b""

    def close(self) -> None:
        self.closed = True


async def test_all_of_it_is_read() -> None:
    assert await read_whole(Dripping(b"ab", 3), grace=1) == b"ababab"


async def test_a_body_that_drips_is_given_up_after_its_grace() -> None:
    reply = Dripping(b"x", 100, seconds=0.01)
    with pytest.raises(UpstreamTimeout, match="too slowly"):
        await read_whole(reply, grace=0.1)
    assert reply.closed


async def test_blanks_before_the_answer_are_patience_and_not_slowness() -> None:
    reply = Dripping(b" \n", 30, seconds=0.01, first=b"\r\n")
    assert await read_whole(reply, grace=0.05) == b""
    assert not reply.closed


async def test_one_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_body, "ANSWER_LIMIT", 10)
    with pytest.raises(UpstreamFailed, match="10 bytes"):
        await read_whole(Dripping(b"abcd", 100), grace=1)


async def test_what_is_here_as_a_whole_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = Dripping(b"never", 1)
    monkeypatch.setattr(reply, "at_once", lambda: b" \n{}")
    assert await read_whole(reply, grace=1) == b"{}"
    assert reply.times == 1
