"""How large a prompt is, by a rough guess: for where nobody counts its tokens."""

from collections.abc import Iterator

import orjson

from triforce_daemon.dialects.canonical import Message, Part, Request, Tool
from triforce_daemon.services.routing.needs import CHARACTERS_PER_TOKEN

#: What providers count for a picture of ordinary size.
TOKENS_PER_IMAGE = 1_000


def estimated_tokens(request: Request) -> int:
    """Of the conversation and the tools, by their characters; a picture counts as one of ordinary size."""
    texts = [*_tools(request.tools), *(text for message in request.messages for text in _message(message))]
    characters = sum(map(len, texts))
    images = sum(_images(part) for message in request.messages for part in message["parts"])
    return max(1, -(-characters // CHARACTERS_PER_TOKEN)) + images * TOKENS_PER_IMAGE


def _tools(tools: list[Tool]) -> Iterator[str]:
    for tool in tools:
        yield tool["name"]
        yield tool["description"] or ""
        yield orjson.dumps(tool["schema"]).decode()


def _message(message: Message) -> Iterator[str]:
    for part in message["parts"]:
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    if part["type"] == "text" or part["type"] == "thinking" or part["type"] == "refusal":
        yield part["text"]
    elif part["type"] == "tool_call":
        yield part["name"]
        yield part["arguments"]
    elif part["type"] == "tool_result":
        for inner in part["content"]:
            yield from _part(inner)
    elif part["type"] == "foreign":
        yield orjson.dumps(part["value"]).decode()


def _images(part: Part) -> int:
    if part["type"] == "tool_result":
        return sum(inner["type"] == "image" for inner in part["content"])
    return int(part["type"] == "image")
