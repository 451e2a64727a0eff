"""The calls of a turn that was answered, as they are said again in the turns after it."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import orjson

from triforce_daemon.dialects.canonical import (
    Message,
    Part,
    Request,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from triforce_daemon.wire.sessions import ToolStep, Turn

#: What stands in the place of an answer that never came: some providers want one between two questions.
_BROKEN_OFF = "(This answer was broken off.)"


def said(role: Role, text: str) -> Message:
    return Message(role=role, parts=[TextPart(type="text", text=text)])


def messages(turns: Iterable[Turn], *, with_tools: bool) -> list[Message]:
    """What was said before; a turn of which nothing came is left out.

    `with_tools`: whether tools are offered again. Else their calls are told in words, which every provider and every
    model takes: calls without a list of tools some refuse.
    """
    told: list[Message] = []
    for turn in turns:
        steps = turn.get("steps") or []
        if not turn["output"] and not steps:
            continue
        answer = said("assistant", turn["output"] or _BROKEN_OFF)
        if with_tools:
            told += [said("user", turn["input"]), *_calls(steps), answer]
        else:
            told += [said("user", "\n\n".join([turn["input"], *map(_in_words, steps)])), answer]
    return told


def _calls(steps: Sequence[ToolStep]) -> list[Message]:
    """For each round what the model said with its calls, and their results."""
    told: list[Message] = []
    for _, group in groupby(steps, key=lambda step: step["round"]):
        round_ = list(group)
        text = "".join(step["said"] for step in round_)
        parts: list[Part] = [TextPart(type="text", text=text)] if text else []
        parts += [
            ToolCallPart(type="tool_call", id=step["call"], name=step["name"], arguments=step["arguments"])
            for step in round_
        ]
        told += [Message(role="assistant", parts=parts), results(round_)]
    return told


def results(steps: Iterable[ToolStep]) -> Message:
    """What came of the calls of one round."""
    parts: list[Part] = [
        ToolResultPart(
            type="tool_result",
            id=step["call"],
            name=step["name"],
            content=[TextPart(type="text", text=step["result"])],
            failed=not step["ok"],
        )
        for step in steps
    ]
    return Message(role="tool", parts=parts)


def _in_words(step: ToolStep) -> str:
    ended = "returned" if step["ok"] else "failed with"
    return f"[The tool {step['name']} was called with {step['arguments'] or '{}'} and {ended}: {step['result']}]"


def characters(request: Request) -> int:
    """How long a request is, roughly: what is said, what was called, and what tools are told of."""
    said_so_far = sum(_length(part) for message in request.messages for part in message["parts"])
    return said_so_far + sum(
        len(tool["description"] or "") + len(orjson.dumps(tool["schema"])) for tool in request.tools
    )


def _length(part: Part) -> int:
    if part["type"] == "text":
        return len(part["text"])
    if part["type"] == "tool_call":
        return len(part["arguments"])
    if part["type"] == "tool_result":
        return sum(len(inner["text"]) for inner in part["content"] if inner["type"] == "text")
    return 0
