"""Chat completions as OpenAI writes them; https://platform.openai.com/docs/api-reference/chat."""

from collections.abc import Iterator
from typing import Any, ClassVar

from tests.scriptable_upstream.json_writer import COMPACT, PRETTY, Style
from tests.scriptable_upstream.script import Call, Refusal, Script, Text, Thinking, Usage
from tests.scriptable_upstream.stamps import Stamp
from tests.scriptable_upstream.wires.wire import Asked, event

Fields = dict[str, Any]

FINISH = {"refusal": "stop", "stop_sequence": "stop", "pause": "stop"}
FINGERPRINT = "fp_4fa7959453"
#: OpenAI hides the length of each piece behind characters that mean nothing.
PADDING = "kT9wQzR4mXb2VaNc"


class OpenAIChat:
    """OpenAI's own manner; others differ in details and override those."""

    media_type: ClassVar[str] = "text/event-stream; charset=utf-8"
    opening: ClassVar[int] = 1
    style: ClassVar[Style] = PRETTY
    #: The field in which reasoning is shown, if at all.
    reasoning: ClassVar[str | None] = None
    #: The chunk that opens a call brings no arguments yet.
    opens_empty: ClassVar[bool] = True

    def whole(self, script: Script, asked: Asked, stamp: Stamp) -> bytes:
        return self.style.write(self.completion(script, asked, stamp))

    def stream(self, script: Script, asked: Asked, stamp: Stamp) -> list[bytes]:
        chunks = [*self.chunks(script, asked, stamp), *self.ending(script, asked, stamp)]
        return [*self.preface(), *(event(COMPACT.write(chunk)) for chunk in chunks), *self.done()]

    def delta(self, text: str, asked: Asked, stamp: Stamp) -> bytes:
        return event(COMPACT.write(self.chunk(asked, stamp, {"content": text})))

    def failure(self, asked: Asked, stamp: Stamp) -> bytes:
        error = {
            "message": "The server had an error while processing your request. Sorry about that!",
            "type": "server_error",
            "param": None,
            "code": None,
        }
        return event(COMPACT.write({"error": error}))

    # What the manners of other providers change.

    def identity(self, asked: Asked, stamp: Stamp, kind: str) -> Fields:
        return {
            "id": stamp.id("chatcmpl-"),
            "object": kind,
            "created": stamp.created,
            "model": asked.model,
        }

    def chunk(self, asked: Asked, stamp: Stamp, delta: Fields, finish: str | None = None) -> Fields:
        chunk = self.identity(asked, stamp, "chat.completion.chunk")
        chunk |= {"service_tier": "default", "system_fingerprint": FINGERPRINT}
        chunk["choices"] = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
        if asked.include_usage:
            chunk["usage"] = None
        return chunk | {"obfuscation": PADDING[len(str(delta)) % len(PADDING) :]}

    def preface(self) -> list[bytes]:
        return []

    def done(self) -> list[bytes]:
        return [event(b"[DONE]")]

    def role(self, script: Script) -> Fields:
        spoken = any(isinstance(part, Text) for part in script.parts)
        return {"role": "assistant", "content": "" if spoken else None, "refusal": None}

    def ending(self, script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
        yield self.chunk(asked, stamp, {}, finish(script))
        if asked.include_usage and script.used:
            last = self.chunk(asked, stamp, {})
            yield last | {"choices": [], "usage": self.usage(script.used)}

    def usage(self, used: Usage) -> Fields:
        return {
            **totals(used),
            "prompt_tokens_details": {"cached_tokens": used.cached, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": used.reasoning,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }

    def completion(self, script: Script, asked: Asked, stamp: Stamp) -> Fields:
        choice = {"index": 0, "message": self.message(script, stamp), "logprobs": None, "finish_reason": finish(script)}
        whole = self.identity(asked, stamp, "chat.completion") | {"choices": [choice]}
        if script.used:
            whole["usage"] = self.usage(script.used)
        return whole | {"service_tier": "default", "system_fingerprint": FINGERPRINT}

    def message(self, script: Script, stamp: Stamp) -> Fields:
        message: Fields = {"role": "assistant", "content": script.text or None}
        message |= self.whole_thinking(script)
        calls = [self.call(part, stamp, place) for place, part in enumerate(script.calls)]
        if calls:
            message["tool_calls"] = calls
        return message | {"refusal": refused(script), "annotations": []}

    def call(self, part: Call, stamp: Stamp, place: int) -> Fields:
        function = {"name": part.name, "arguments": part.arguments}
        return {"id": part.id or stamp.id("call_", place), "type": "function", "function": function}

    def whole_thinking(self, script: Script) -> Fields:
        thought = "".join(piece for part in thoughts(script) for piece in part.pieces)
        return {self.reasoning: thought} if self.reasoning and thought else {}

    def thinking(self, part: Thinking) -> Iterator[Fields]:
        if self.reasoning:
            yield from ({self.reasoning: piece} for piece in part.pieces)

    # The chunks of an answer, one for each piece.

    def chunks(self, script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
        yield self.chunk(asked, stamp, self.role(script))
        yield from (self.chunk(asked, stamp, delta) for delta in self.deltas(script, stamp))

    def deltas(self, script: Script, stamp: Stamp) -> Iterator[Fields]:
        for part in script.parts:
            if isinstance(part, Text):
                yield from ({"content": piece} for piece in part.pieces)
            elif isinstance(part, Refusal):
                yield from ({"refusal": piece} for piece in part.pieces)
            elif isinstance(part, Thinking):
                yield from self.thinking(part)
        streams = [self.called(part, stamp, place) for place, part in enumerate(script.calls)]
        for called in taking_turns(streams) if script.interleaved else one_by_one(streams):
            yield {"tool_calls": [called]}

    def called(self, part: Call, stamp: Stamp, place: int) -> Iterator[Fields]:
        deltas = ("", *part.deltas) if self.opens_empty or not part.deltas else part.deltas
        opened = self.call(part, stamp, place)
        yield {"index": place, **opened, "function": {"name": part.name, "arguments": deltas[0]}}
        yield from ({"index": place, "function": {"arguments": delta}} for delta in deltas[1:])


def finish(script: Script) -> str:
    return FINISH.get(script.reason, script.reason)


def refused(script: Script) -> str | None:
    return "".join(piece for part in script.parts if isinstance(part, Refusal) for piece in part.pieces) or None


def thoughts(script: Script) -> list[Thinking]:
    return [part for part in script.parts if isinstance(part, Thinking)]


def totals(used: Usage) -> Fields:
    total = used.input + used.output
    return {"prompt_tokens": used.input, "completion_tokens": used.output, "total_tokens": total}


def one_by_one(streams: list[Iterator[Fields]]) -> Iterator[Fields]:
    for stream in streams:
        yield from stream


def taking_turns(streams: list[Iterator[Fields]]) -> Iterator[Fields]:
    """The first of each, then the second of each, and so on."""
    while streams:
        for stream in list(streams):
            try:
                yield next(stream)
            except StopIteration:
                streams.remove(stream)
