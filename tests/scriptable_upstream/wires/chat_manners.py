"""Where the chat completions of other providers differ from OpenAI's, as recordings of them show."""

from collections.abc import Iterator
from typing import Any, ClassVar

from tests.scriptable_upstream.json_writer import COMPACT, Style
from tests.scriptable_upstream.script import Call, Script, Thinking, Usage
from tests.scriptable_upstream.stamps import Stamp
from tests.scriptable_upstream.wires.openai_chat import Fields, OpenAIChat, finish, refused, thoughts, totals
from tests.scriptable_upstream.wires.wire import Asked, event

#: In the order in which Groq and Cerebras tell them.
TIMES = {"queue_time": 0.019, "prompt_time": 0.0146, "completion_time": 0.0854, "total_time": 0.1}


class Compatible(OpenAIChat):
    """vLLM, llama.cpp, DeepSeek and others that serve OpenAI's format themselves."""

    style: ClassVar[Style] = COMPACT
    reasoning: ClassVar[str | None] = "reasoning_content"

    def chunk(self, asked: Asked, stamp: Stamp, delta: Fields, finish: str | None = None) -> Fields:
        chunk = self.identity(asked, stamp, "chat.completion.chunk")
        return chunk | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}

    def role(self, script: Script) -> Fields:
        return {"role": "assistant", "content": ""}

    def usage(self, used: Usage) -> Fields:
        return totals(used)

    def completion(self, script: Script, asked: Asked, stamp: Stamp) -> Fields:
        choice = {"index": 0, "message": self.message(script, stamp), "logprobs": None, "finish_reason": finish(script)}
        whole = self.identity(asked, stamp, "chat.completion") | {"choices": [choice]}
        return whole | {"usage": self.usage(script.used)} if script.used else whole

    def message(self, script: Script, stamp: Stamp) -> Fields:
        message: Fields = {
            "role": "assistant",
            "content": script.text or refused(script),
            **self.whole_thinking(script),
        }
        calls = [self.call(part, stamp, place) for place, part in enumerate(script.calls)]
        return message | {"tool_calls": calls} if calls else message


class Groq(Compatible):
    """Usage twice in the chunk that finishes, once more where it was asked for; calls come whole."""

    media_type: ClassVar[str] = "text/event-stream"
    reasoning: ClassVar[str | None] = "reasoning"
    opens_empty: ClassVar[bool] = False

    def chunk(self, asked: Asked, stamp: Stamp, delta: Fields, finish: str | None = None) -> Fields:
        chunk = self.identity(asked, stamp, "chat.completion.chunk") | {"system_fingerprint": "fp_05df423bab"}
        chunk["choices"] = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
        return chunk | {"x_groq": self._request(stamp) | {"seed": 690443319}} if "role" in delta else chunk

    def _request(self, stamp: Stamp) -> Fields:
        return {"id": stamp.id("req_01")}

    def ending(self, script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
        last = self.chunk(asked, stamp, {}, finish(script)) | {"x_groq": self._request(stamp)}
        if not script.used:
            yield last
            return
        usage = self.usage(script.used)
        yield last | {"x_groq": {**self._request(stamp), "usage": usage}, "usage": usage}
        if asked.include_usage:
            yield self.chunk(asked, stamp, {}) | {"choices": [], "usage": usage, "service_tier": "on_demand"}

    def usage(self, used: Usage) -> Fields:
        return {"queue_time": TIMES["queue_time"], **totals(used), **TIMES}

    def completion(self, script: Script, asked: Asked, stamp: Stamp) -> Fields:
        said = {"usage_breakdown": None, "system_fingerprint": "fp_241bc7119c", "x_groq": self._request(stamp)}
        return super().completion(script, asked, stamp) | said | {"service_tier": "on_demand"}


class Cerebras(Compatible):
    """No nulls, usage always in the chunk that finishes, and no [DONE] after it; calls come whole."""

    reasoning: ClassVar[str | None] = "reasoning"
    opens_empty: ClassVar[bool] = False

    def identity(self, asked: Asked, stamp: Stamp, kind: str) -> Fields:
        return super().identity(asked, stamp, kind) | {"system_fingerprint": "fp_386b539e7b02ce3613b7"}

    def chunk(self, asked: Asked, stamp: Stamp, delta: Fields, finish: str | None = None) -> Fields:
        choice: Fields = (
            {"delta": delta, "finish_reason": finish, "index": 0} if finish else {"delta": delta, "index": 0}
        )
        identity = self.identity(asked, stamp, "chat.completion.chunk")
        return {"id": identity.pop("id"), "choices": [choice], **identity}

    def role(self, script: Script) -> Fields:
        return {"role": "assistant"}

    def done(self) -> list[bytes]:
        return []

    def ending(self, script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
        last = self.chunk(asked, stamp, {}, finish(script))
        if script.used:
            last["usage"] = self.usage(script.used)
        yield last | {"time_info": TIMES | {"created": stamp.created}}

    def usage(self, used: Usage) -> Fields:
        return totals(used) | {"prompt_tokens_details": {"cached_tokens": used.cached}}

    def completion(self, script: Script, asked: Asked, stamp: Stamp) -> Fields:
        return super().completion(script, asked, stamp) | {"time_info": TIMES | {"created": stamp.created}}


class Mistral(Compatible):
    """Reasoning is content of its own type; the chunk that finishes brings usage, and calls are whole."""

    opens_empty: ClassVar[bool] = False

    def identity(self, asked: Asked, stamp: Stamp, kind: str) -> Fields:
        return {**super().identity(asked, stamp, kind), "id": stamp.id("a1b2c3d4e5")}

    def chunk(self, asked: Asked, stamp: Stamp, delta: Fields, finish: str | None = None) -> Fields:
        chunk = self.identity(asked, stamp, "chat.completion.chunk")
        return chunk | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    def thinking(self, part: Thinking) -> Iterator[Fields]:
        yield from ({"content": [_mistral_thought(piece)]} for piece in part.pieces)

    def ending(self, script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
        last = self.chunk(asked, stamp, {"content": ""}, finish(script))
        yield last | {"usage": self.usage(script.used)} if script.used else last

    def message(self, script: Script, stamp: Stamp) -> Fields:
        calls = [self.call(part, stamp, place) for place, part in enumerate(script.calls)]
        thought = [_mistral_thought("".join(part.pieces)) for part in thoughts(script)]
        spoken = [*thought, {"type": "text", "text": script.text}] if thought else script.text
        return {"role": "assistant", "tool_calls": calls or None, "content": spoken}

    def call(self, part: Call, stamp: Stamp, place: int) -> Fields:
        made_up = f"{stamp.serial[-7:]}{place:02}"
        return {"id": part.id or made_up, "function": {"name": part.name, "arguments": part.arguments}}


class OpenRouter(Compatible):
    """Comments while it works, names of the provider behind it, reasoning with its details, the end said twice."""

    media_type: ClassVar[str] = "text/event-stream"
    opening: ClassVar[int] = 2
    opens_empty: ClassVar[bool] = True

    def whole(self, script: Script, asked: Asked, stamp: Stamp) -> bytes:
        # Blanks keep the connection awake until the answer is there.
        return b"\n         \n" + super().whole(script, asked, stamp)

    def preface(self) -> list[bytes]:
        return [b": OPENROUTER PROCESSING\n\n"] * 2

    def identity(self, asked: Asked, stamp: Stamp, kind: str) -> Fields:
        return {**super().identity(asked, stamp, kind), "id": stamp.id("gen-1"), "provider": "OpenAI"}

    def chunk(self, asked: Asked, stamp: Stamp, delta: Fields, finish: str | None = None) -> Fields:
        choice = {"index": 0, "delta": {"content": "", "role": "assistant"} | delta}
        choice |= {"finish_reason": finish, "native_finish_reason": finish}
        return self.identity(asked, stamp, "chat.completion.chunk") | {"choices": [choice]}

    def chunks(self, script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
        yield from (self.chunk(asked, stamp, delta) for delta in self.deltas(script, stamp))

    def thinking(self, part: Thinking) -> Iterator[Fields]:
        for piece in () if part.redacted else part.pieces:
            yield {"reasoning": piece, "reasoning_details": [_details(part, text=piece)]}
        if part.signature:
            yield {"reasoning_details": [_details(part, signature=part.signature)]}

    def whole_thinking(self, script: Script) -> Fields:
        found = thoughts(script)
        if not found:
            return {"reasoning": None}
        shown = "".join(piece for part in found if not part.redacted for piece in part.pieces)
        details = [_details(part, text="".join(part.pieces), signature=part.signature) for part in found]
        return {"reasoning": shown or None, "reasoning_details": details}

    def ending(self, script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
        yield self.chunk(asked, stamp, {}, finish(script))
        if script.used:
            yield self.chunk(asked, stamp, {}, finish(script)) | {"usage": self.usage(script.used)}

    def usage(self, used: Usage) -> Fields:
        price = round(used.input * 1e-6 + used.output * 5e-6, 9)
        prompt = {"cached_tokens": used.cached, "cache_write_tokens": used.cache_write, "audio_tokens": 0}
        return {
            **totals(used),
            "cost": price,
            "is_byok": False,
            "prompt_tokens_details": prompt,
            "cost_details": {"upstream_inference_cost": price},
            "completion_tokens_details": {"reasoning_tokens": used.reasoning, "image_tokens": 0},
        }

    def failure(self, asked: Asked, stamp: Stamp) -> bytes:
        failed = self.chunk(asked, stamp, {}, "error")
        error = {"code": 502, "message": "Provider disconnected unexpectedly"}
        return event(COMPACT.write({**failed, "error": error}))


class Cloudflare(Compatible):
    """Workers AI: usage in a chunk of its own, asked for or not."""

    media_type: ClassVar[str] = "text/event-stream"

    def ending(self, script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
        yield self.chunk(asked, stamp, {}, finish(script))
        if script.used:
            yield self.chunk(asked, stamp, {}) | {"choices": [], "usage": self.usage(script.used)}


class GitHub(OpenAIChat):
    """Azure's manner: a first chunk that holds only the verdict on the prompt."""

    opening: ClassVar[int] = 2
    style: ClassVar[Style] = COMPACT

    def chunks(self, script: Script, asked: Asked, stamp: Stamp) -> Iterator[Fields]:
        verdict = {"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}
        first = {**self.identity(asked, stamp, "chat.completion.chunk"), "created": 0, "id": "", "model": ""}
        yield first | {"choices": [], "prompt_filter_results": [verdict]}
        yield from super().chunks(script, asked, stamp)


def _mistral_thought(text: str) -> Fields:
    return {"type": "thinking", "thinking": [{"type": "text", "text": text}]}


def _details(part: Thinking, **said: Any) -> Fields:
    kept = {name: value for name, value in said.items() if value is not None}
    if part.redacted:
        return {"type": "reasoning.encrypted", "data": part.signature, "format": "anthropic-claude-v1", "index": 0}
    return {"type": "reasoning.text", **kept, "format": "anthropic-claude-v1", "index": 0}
