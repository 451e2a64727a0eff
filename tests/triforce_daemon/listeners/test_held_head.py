"""A head goes out with its body, and never later than the loop's next turn."""

import asyncio

import pytest

from triforce_daemon.listeners.held_head import HeldHead

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


class Wire:
    def __init__(self) -> None:
        self.sent: list[bytes | str] = []

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def writelines(self, data: tuple[bytes, ...]) -> None:
        self.sent.append(b"".join(data))

    def close(self) -> None:
        self.sent.append("closed")

    def write_eof(self) -> None:
        self.sent.append("end")

    def is_closing(self) -> bool:
        return "closed" in self.sent


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def held(wire: Wire) -> HeldHead:
    return HeldHead(wire, asyncio.get_running_loop())


async def test_head_and_body_are_one_piece(wire: Wire, held: HeldHead) -> None:
    held.write(HEAD)
    assert wire.sent == []
    held.write(b"body")
    held.write(b"more")
    assert wire.sent == [HEAD + b"body", b"more"]
    await asyncio.sleep(0)
    assert wire.sent == [HEAD + b"body", b"more"]


async def test_a_head_whose_body_is_late_goes_alone(wire: Wire, held: HeldHead) -> None:
    held.write(HEAD)
    await asyncio.sleep(0)
    assert wire.sent == [HEAD]
    held.write(b"late")
    assert wire.sent == [HEAD, b"late"]


async def test_nothing_is_lost_by_closing(wire: Wire, held: HeldHead) -> None:
    held.write(HEAD)
    held.write_eof()
    held.write(HEAD)
    held.close()
    assert wire.sent == [HEAD, "end", HEAD, "closed"]
    assert held.is_closing()
    await asyncio.sleep(0)
    assert len(wire.sent) == 4


async def test_heads_of_answers_that_follow_each_other(wire: Wire, held: HeldHead) -> None:
    held.write(HEAD)
    held.write(HEAD)
    assert wire.sent == [HEAD + HEAD]


async def test_a_head_without_a_body_goes_out_alone(held: HeldHead, wire: Wire) -> None:
    """Nothing is never written: a loop may take it for something that is still to be sent."""
    held.write(HEAD)
    held.write(b"")
    assert wire.sent == [HEAD]
