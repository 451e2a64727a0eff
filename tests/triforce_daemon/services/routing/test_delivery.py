"""What is held back of an answer until it is sure, and what follows."""

from typing import cast

import orjson
import pytest

from triforce_daemon.dialects.anthropic.dialect import Anthropic
from triforce_daemon.dialects.canonical import Message, Request
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.reply import Reply
from triforce_daemon.services.routing.delivery import HELD_CHUNKS, Delivery, Gathered, Streamed, Told, Whole
from triforce_daemon.services.translation import Translation

CHAT = OpenAIChat(lambda: 0)
ASKED = Request(model="m", messages=[Message(role="user", parts=[{"type": "text", "text": "hi"}])], stream=True)


def chunk(delta: dict, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + orjson.dumps({"id": "1", "model": "m", "choices": [choice]}) + b"\n\n"


ROLE = chunk({"role": "assistant", "content": ""})
END = chunk({}, "stop") + b"data: [DONE]\n\n"
USAGE = b'data: {"id":"1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n'


class FakeReply:
    """Pieces of a body, as the network brings them."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.read = 0

    def at_once(self) -> None:
        return

    async def piece(self) -> bytes:
        self.read += 1
        return self.pieces[self.read - 1] if self.read <= len(self.pieces) else b""


class Ticking:
    """A clock that goes on by one with each look."""

    def __init__(self) -> None:
        self.moment = 0.0

    def __call__(self) -> float:
        self.moment += 1
        return self.moment


def passing() -> Streamed:
    return Streamed(CHAT.watch({"stream": True}), Ticking())


async def begun(delivery: Delivery, reply: FakeReply) -> None:
    while not await delivery.begins(cast(Reply, reply)):
        pass


async def all_of(streamed: Streamed) -> bytes:
    told = list[bytes]()
    while piece := await streamed.next():
        told.append(piece)
    return b"".join(told) + streamed.end


async def test_nothing_is_handed_on_before_the_first_visible_piece() -> None:
    reply = FakeReply(ROLE, b": a comment\n\n", chunk({"content": "Hel"}), chunk({"content": "lo"}), END)
    streamed = passing()
    await begun(streamed, reply)
    assert reply.read == 3
    assert streamed.began is not None
    assert await all_of(streamed) == b"".join(reply.pieces)
    assert streamed.pieces >= 2


@pytest.mark.parametrize("bad", [b'data: {"error":{"message":"no"}}\n\n', b""])
async def test_what_fails_before_it_fails_at_once(bad: bytes) -> None:
    with pytest.raises(UpstreamFailed):
        await begun(passing(), FakeReply(ROLE, bad))


async def test_what_fails_later_fails_in_the_middle() -> None:
    streamed = passing()
    await begun(streamed, FakeReply(ROLE, chunk({"content": "Hel"}), chunk({"content": "lo"})))
    told = []
    with pytest.raises(UpstreamFailed, match="broke off"):
        while piece := await streamed.next():
            told.append(piece)
    assert b"lo" in b"".join(told)


async def test_an_endless_prelude_is_handed_on_after_all() -> None:
    reply = FakeReply(*[ROLE] * (HELD_CHUNKS + 5), chunk({"content": "x"}), END)
    streamed = passing()
    await begun(streamed, reply)
    assert reply.read == HELD_CHUNKS
    assert streamed.began is None
    assert await all_of(streamed) == b"".join(reply.pieces)


async def test_an_empty_answer_is_an_answer() -> None:
    streamed = passing()
    await begun(streamed, FakeReply(ROLE, END))
    assert b"[DONE]" in await all_of(streamed)


async def test_a_translation_holds_back_as_well() -> None:
    reply = FakeReply(ROLE, chunk({"content": "Hel"}), chunk({"content": "lo"}), chunk({}, "stop"), USAGE, END[-14:])
    streamed = Streamed(Translation(CHAT.reader(), Anthropic().writer(ASKED)), Ticking())
    await begun(streamed, reply)
    assert reply.read == 2
    told = await all_of(streamed)
    assert told.startswith(b"event: message_start")
    assert b"Hel" in told
    assert told.rstrip().endswith(b'{"type":"message_stop"}')
    assert streamed.usage == {"input_tokens": 3, "output_tokens": 2}


async def test_events_come_in_their_order_and_count() -> None:
    told = Told(CHAT.reader(), Ticking())
    reply = FakeReply(ROLE, chunk({"content": "Hel"}), chunk({"content": "lo"}), chunk({}, "stop"), USAGE, END[-14:])
    await begun(told, reply)
    assert reply.read == 2
    events = [event async for event in told.events()]
    assert "".join(event["text"] for event in events if event["type"] == "text") == "Hello"
    assert (told.pieces, told.usage) == (2, {"input_tokens": 3, "output_tokens": 2})


async def test_a_stream_is_gathered_into_one_piece() -> None:
    asked = Request(model="m", messages=ASKED.messages)
    gathered = Gathered(CHAT.reader(), Ticking(), CHAT, asked)
    await begun(gathered, FakeReply(ROLE, chunk({"content": "Hel"}), chunk({"content": "lo"}), END))
    assert orjson.loads(gathered.content)["choices"][0]["message"]["content"] == "Hello"


async def test_a_whole_answer_passes_as_it_came_or_is_translated() -> None:
    body = b' {"id":"1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},'
    body += b'"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}'
    passed = Whole(CHAT, CHAT, ASKED, 60)
    await begun(passed, FakeReply(body))
    assert passed.content == body.strip()
    translated = Whole(CHAT, Anthropic(), ASKED, 60)
    await begun(translated, FakeReply(body[:40], body[40:]))
    assert orjson.loads(translated.content)["content"] == [{"type": "text", "text": "Hi"}]
    assert translated.usage == passed.usage == {"input_tokens": 3, "output_tokens": 2}


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"half": '])
async def test_what_is_no_object_is_a_failure_of_the_provider(body: bytes) -> None:
    with pytest.raises(UpstreamFailed, match="not a JSON object"):
        await begun(Whole(CHAT, CHAT, ASKED, 60), FakeReply(body))
