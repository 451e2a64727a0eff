"""Responses as OpenAI writes them; https://platform.openai.com/docs/api-reference/responses."""

from collections.abc import Iterator
from typing import Any, ClassVar

from tests.scriptable_upstream.json_writer import COMPACT, PRETTY_ASCII
from tests.scriptable_upstream.script import Call, Part, Script, Text, Thinking, Usage
from tests.scriptable_upstream.stamps import Stamp
from tests.scriptable_upstream.wires.openai_chat import one_by_one, taking_turns
from tests.scriptable_upstream.wires.wire import Asked, event

Fields = dict[str, Any]

#: What of a request is told back, and what stands there when it was not given.
ECHOED: Fields = {
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "reasoning": {"effort": None, "summary": None},
    "safety_identifier": None,
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
    "metadata": {},
}
INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}
ENCRYPTED = "reasoning.encrypted_content"
PADDING = "bQHwqldZeg0xK4tR"


class OpenAIResponses:
    media_type: ClassVar[str] = "text/event-stream; charset=utf-8"
    opening: ClassVar[int] = 4

    def whole(self, script: Script, asked: Asked, stamp: Stamp) -> bytes:
        return PRETTY_ASCII.write(_finished(script, asked, stamp))

    def stream(self, script: Script, asked: Asked, stamp: Stamp) -> list[bytes]:
        return [_event(fields, number) for number, fields in enumerate(_events(script, asked, stamp))]

    def delta(self, text: str, asked: Asked, stamp: Stamp) -> bytes:
        where = {"item_id": stamp.id("msg_", 0), "output_index": 0, "content_index": 0}
        return _event({"type": "response.output_text.delta", **where, "delta": text, "logprobs": []}, self.opening)

    def failure(self, asked: Asked, stamp: Stamp) -> bytes:
        message = "The server had an error while processing your request. Sorry about that!"
        return _event({"type": "error", "code": "server_error", "message": message, "param": None}, 1)


def _event(fields: Fields, number: int) -> bytes:
    return event(COMPACT.write({**fields, "sequence_number": number}), fields["type"])


def _events(script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
    begun = _response(asked, stamp, "in_progress", [], None)
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    streams = [_item_events(part, asked, stamp, place) for place, part in enumerate(script.parts)]
    yield from (taking_turns if script.interleaved else one_by_one)(streams)
    last = _finished(script, asked, stamp)
    yield {"type": f"response.{last['status']}", "response": last}


# The response itself


def _finished(script: Script, asked: Asked, stamp: Stamp) -> Fields:
    status = "incomplete" if script.reason in INCOMPLETE else "completed"
    items = [_item(part, asked, stamp, place, "completed") for place, part in enumerate(script.parts)]
    response = _response(asked, stamp, status, items, script.used)
    if status == "incomplete":
        response["incomplete_details"] = {"reason": INCOMPLETE[script.reason]}
    return response


def _response(asked: Asked, stamp: Stamp, status: str, output: list[Fields], used: Usage | None) -> Fields:
    told = {name: asked.body.get(name, default) for name, default in ECHOED.items()}
    return {
        "id": stamp.id("resp_"),
        "object": "response",
        "created_at": stamp.created,
        "status": status,
        "background": False,
        "completed_at": stamp.created if status == "completed" else None,
        "error": None,
        "incomplete_details": None,
        "model": asked.model,
        "output": output,
        "service_tier": "auto" if status == "in_progress" else "default",
        "usage": _usage(used) if used else None,
        **told,
    }


def _usage(used: Usage) -> Fields:
    return {
        "input_tokens": used.input,
        "input_tokens_details": {"cached_tokens": used.cached, "cache_write_tokens": used.cache_write},
        "output_tokens": used.output,
        "output_tokens_details": {"reasoning_tokens": used.reasoning},
        "total_tokens": used.input + used.output,
    }


# Its items


def _item(part: Part, asked: Asked, stamp: Stamp, place: int, status: str) -> Fields:
    """The item of a part; while it is `in_progress` it has no content yet."""
    full = status == "completed"
    if isinstance(part, Call):
        arguments = part.arguments if full else ""
        identity = {"id": stamp.id("fc_", place), "type": "function_call", "status": status}
        call_id = part.id or stamp.id("call_", place)
        return {**identity, "arguments": arguments, "call_id": call_id, "name": part.name}
    if isinstance(part, Thinking):
        shown = full and part.pieces and not part.redacted
        summary = [{"type": "summary_text", "text": "".join(part.pieces)}] if shown else []
        item: Fields = {"id": stamp.id("rs_", place), "type": "reasoning", "content": []}
        if part.signature and ENCRYPTED in (asked.body.get("include") or ()):
            item["encrypted_content"] = part.signature
        return item | {"summary": summary}
    content = [_content(part, "".join(part.pieces))] if full else []
    identity = {"id": stamp.id("msg_", place), "type": "message", "status": status}
    return {**identity, "content": content, "role": "assistant"}


def _content(part: Part, text: str) -> Fields:
    if isinstance(part, Text):
        return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
    return {"type": "refusal", "refusal": text}


def _item_events(part: Part, asked: Asked, stamp: Stamp, place: int) -> Iterator[Fields]:
    item = _item(part, asked, stamp, place, "in_progress")
    yield {"type": "response.output_item.added", "output_index": place, "item": item}
    where: Fields = {"item_id": item["id"], "output_index": place}
    if isinstance(part, Call):
        yield from _call_events(part, where)
    elif isinstance(part, Thinking):
        yield from _summary_events(part, where)
    else:
        yield from _content_events(part, where | {"content_index": 0})
    done = {"output_index": place, "item": _item(part, asked, stamp, place, "completed")}
    yield {"type": "response.output_item.done", **done}


def _call_events(part: Call, where: Fields) -> Iterator[Fields]:
    kind = "response.function_call_arguments"
    for delta in () if part.only_when_done else part.deltas:
        yield {"type": f"{kind}.delta", "delta": delta, **where, "obfuscation": _padding(delta)}
    yield {"type": f"{kind}.done", "arguments": part.arguments, **where}


def _summary_events(part: Thinking, where: Fields) -> Iterator[Fields]:
    if part.redacted or not part.pieces:
        return
    kind, where = "response.reasoning_summary", where | {"summary_index": 0}
    whole = "".join(part.pieces)
    yield {"type": f"{kind}_part.added", **where, "part": {"type": "summary_text", "text": ""}}
    for piece in part.pieces:
        yield {"type": f"{kind}_text.delta", "delta": piece, **where, "obfuscation": _padding(piece)}
    yield {"type": f"{kind}_text.done", **where, "text": whole}
    yield {"type": f"{kind}_part.done", **where, "part": {"type": "summary_text", "text": whole}}


def _content_events(part: Part, where: Fields) -> Iterator[Fields]:
    pieces = () if isinstance(part, Call) else part.pieces
    whole = "".join(pieces)
    spoken = isinstance(part, Text)
    kind, field = ("response.output_text", "text") if spoken else ("response.refusal", "refusal")
    said: Fields = {"logprobs": []} if spoken else {}
    yield {"type": "response.content_part.added", **where, "part": _content(part, "")}
    for piece in pieces:
        yield {"type": f"{kind}.delta", **where, "delta": piece, **said, "obfuscation": _padding(piece)}
    yield {"type": f"{kind}.done", **where, **said, field: whole}
    yield {"type": "response.content_part.done", **where, "part": _content(part, whole)}


def _padding(piece: str) -> str:
    return PADDING[len(piece) % len(PADDING) :]
