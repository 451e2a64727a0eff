"""A rough guess of a prompt's size."""

from typing import Any

from triforce_daemon.dialects.canonical import Message, Request, Tool
from triforce_daemon.services.prompt_size import TOKENS_PER_IMAGE, estimated_tokens


def size(*parts: Any, tools: list[Tool] | None = None) -> int:
    return estimated_tokens(Request("m", [Message(role="user", parts=list(parts))], tools=tools or []))


IMAGE = {"type": "image", "media_type": "image/png", "data": "A" * 90_000, "url": None}


def test_four_characters_are_a_token() -> None:
    assert size({"type": "text", "text": "x" * 401}) == 101
    assert size() == 1


def test_what_is_said_in_other_ways_counts_too() -> None:
    call = {"type": "tool_call", "id": "c", "name": "f" * 4, "arguments": "x" * 8}
    said = {"type": "text", "text": "xxxx"}
    result = {"type": "tool_result", "id": "c", "name": "f", "failed": False, "content": [said]}
    foreign = {"type": "foreign", "origin": "anthropic", "value": {"a": 1}}
    assert size(call, result, foreign) == 3 + 1 + 2
    tool = Tool(name="ffff", description="dddd", schema={"type": "object"})
    assert size(tools=[tool]) == 1 + 1 + 5


def test_a_picture_counts_as_one_of_ordinary_size() -> None:
    assert size(IMAGE) == 1 + TOKENS_PER_IMAGE
    shown = {"type": "tool_result", "id": "c", "name": "f", "failed": False, "content": [IMAGE]}
    assert size(shown) == 1 + TOKENS_PER_IMAGE
