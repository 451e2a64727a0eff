"""One stream between two dialects."""

from triforce_daemon.dialects.anthropic.dialect import Anthropic
from triforce_daemon.dialects.canonical import Message, Request
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.services.translation import Translation

HI: Message = {"role": "user", "parts": [{"type": "text", "text": "hi"}]}

CHAT = b"".join(
    b"data: " + one + b"\n\n"
    for one in (
        b'{"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}',
        b'{"id":"1","choices":[{"index":0,"delta":{"content":"one "}}]}',
        b'{"id":"1","choices":[{"index":0,"delta":{"content":"two"}}]}',
        b'{"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
        b'{"id":"1","choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2}}',
        b"[DONE]",
    )
)


def translation() -> Translation:
    request = Request(model="m", messages=[HI], stream=True)
    return Translation(OpenAIChat().reader(), Anthropic().writer(request))


def test_the_end_waits_until_it_is_asked_for() -> None:
    between = translation()
    told = between.feed(CHAT)
    assert b"one " in told
    assert b"message_stop" not in told
    assert between.ended
    assert b"message_stop" in between.end


def test_it_counts_what_a_person_sees_and_learns_the_usage() -> None:
    between = translation()
    between.feed(CHAT[:90])
    assert not between.begun
    between.feed(CHAT[90:])
    assert between.begun
    assert between.pieces == 2
    assert between.usage == {"input_tokens": 4, "output_tokens": 2}


def test_an_error_inside_is_kept_and_not_written() -> None:
    between = translation()
    assert between.feed(b'data: {"error": {"message": "out of paper"}}\n\n') == b""
    assert between.error is not None
    assert "out of paper" in between.error.message
    assert not between.ended
