"""Chats and completions as Ollama writes them; https://docs.ollama.com/api."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from tests.scriptable_upstream.json_writer import GO, Raw
from tests.scriptable_upstream.script import Call, Part, Script, Thinking, Usage
from tests.scriptable_upstream.stamps import Stamp
from tests.scriptable_upstream.wires.wire import Asked

Fields = dict[str, Any]


class OllamaChat:
    """A line of JSON for each piece; a call comes whole, in a line of its own."""

    media_type: ClassVar[str] = "application/x-ndjson"
    opening: ClassVar[int] = 0

    def whole(self, script: Script, asked: Asked, stamp: Stamp) -> bytes:
        return GO.write(self.line(asked, stamp, self.said(script.parts, stamp), script))

    def stream(self, script: Script, asked: Asked, stamp: Stamp) -> list[bytes]:
        said = self.pieces(script, stamp)
        lines = [self.line(asked, stamp, piece, None) for piece in said]
        lines.append(self.line(asked, stamp, self.said((), stamp), script))
        return [GO.write(line) + b"\n" for line in lines]

    def delta(self, text: str, asked: Asked, stamp: Stamp) -> bytes:
        return GO.write(self.line(asked, stamp, self.spoken(text), None)) + b"\n"

    def failure(self, asked: Asked, stamp: Stamp) -> bytes:
        return b'{"error":"an error was encountered while running the model"}\n'

    def line(self, asked: Asked, stamp: Stamp, said: Fields, ended: Script | None) -> Fields:
        line = {"model": asked.model, "created_at": stamp.time, **said, "done": ended is not None}
        if ended is None:
            return line
        line["done_reason"] = "length" if ended.reason == "length" else "stop"
        return line | _numbers(ended.used) if ended.used else line

    def pieces(self, script: Script, stamp: Stamp) -> Iterator[Fields]:
        called = 0
        for part in script.parts:
            if isinstance(part, Call):
                yield self.said((part,), stamp, called)
                called += 1
            else:
                yield from (self.said((_cut(part, piece),), stamp) for piece in part.pieces)

    # What differs between a chat and a completion.

    def spoken(self, text: str) -> Fields:
        return {"message": {"role": "assistant", "content": text}}

    def said(self, parts: tuple[Part, ...], stamp: Stamp, called: int = 0) -> Fields:
        message: Fields = {"role": "assistant", "content": _text(parts)}
        thought = _thought(parts)
        if thought:
            message["thinking"] = thought
        calls = [part for part in parts if isinstance(part, Call)]
        if calls:
            message["tool_calls"] = [_call(part, stamp, called + place) for place, part in enumerate(calls)]
        return {"message": message}


class OllamaGenerate(OllamaChat):
    """The older route: a prompt in, text out, no roles."""

    def line(self, asked: Asked, stamp: Stamp, said: Fields, ended: Script | None) -> Fields:
        line = super().line(asked, stamp, said, ended)
        return line | {"context": [1, 2, 3]} if ended else line

    def spoken(self, text: str) -> Fields:
        return {"response": text}

    def said(self, parts: tuple[Part, ...], stamp: Stamp, called: int = 0) -> Fields:
        thought = _thought(parts)
        return {"response": _text(parts), "thinking": thought} if thought else {"response": _text(parts)}


def _call(part: Call, stamp: Stamp, place: int) -> Fields:
    # Ollama parses what the model wrote and writes it again, so that blanks of the model's own are gone.
    arguments = json.dumps(json.loads(part.arguments or "{}"), separators=(",", ":"), ensure_ascii=False)
    function = {"index": place, "name": part.name, "arguments": Raw(arguments)}
    return {"id": part.id or f"call_{stamp.serial[-6:]}{place:02}", "function": function}


def _cut(part: Part, piece: str) -> Part:
    return Thinking((piece,)) if isinstance(part, Thinking) else type(part)((piece,))  # pyright: ignore[reportCallIssue]


def _text(parts: tuple[Part, ...]) -> str:
    return "".join(piece for part in parts if not isinstance(part, Call | Thinking) for piece in part.pieces)


def _thought(parts: tuple[Part, ...]) -> str:
    return "".join(piece for part in parts if isinstance(part, Thinking) for piece in part.pieces)


def _numbers(used: Usage) -> Fields:
    return {
        "total_duration": 4883583458,
        "load_duration": 1334875,
        "prompt_eval_count": used.input,
        "prompt_eval_duration": 342546000,
        "eval_count": used.output,
        "eval_duration": 4535599000,
    }
