"""A whole answer, put together from the events of a stream."""

from triforce_daemon.dialects.canonical import (
    Answer,
    Event,
    FinishReason,
    Part,
    RefusalPart,
    TextPart,
    ThinkingPart,
    ThinkingSigned,
    ToolCallPart,
    ToolCallStarted,
    Usage,
)


class Gathering:
    """Takes events in their order; `answer` is what they amount to."""

    def __init__(self) -> None:
        self._id = ""
        self._model = ""
        self._parts: dict[int, Part] = {}
        #: The text of each part, or the arguments of a call, piece by piece.
        self._pieces: dict[int, list[str]] = {}
        self._finish: FinishReason = "other"
        self._stop_sequence: str | None = None
        self._usage: Usage | None = None

    def take(self, event: Event) -> None:
        if event["type"] == "text":
            self._add(event["index"], TextPart(type="text", text=""), event["text"])
        elif event["type"] == "thinking":
            self._add(event["index"], _thinking(), event["text"])
        elif event["type"] == "refusal":
            self._add(event["index"], RefusalPart(type="refusal", text=""), event["text"])
        elif event["type"] == "tool_call":
            self._begin_call(event)
        elif event["type"] == "arguments":
            self._pieces[event["index"]].append(event["text"])
        elif event["type"] == "signature":
            self._sign(event)
        elif event["type"] == "started":
            self._id, self._model = event["id"], event["model"]
        elif event["type"] == "finished":
            self._finish, self._stop_sequence = event["reason"], event.get("stop_sequence")
        elif event["type"] == "usage":
            self._usage = event["usage"]

    @property
    def answer(self) -> Answer:
        for index, part in self._parts.items():
            text = "".join(self._pieces[index])
            if part["type"] == "tool_call":
                part["arguments"] = text
            elif part["type"] == "text" or part["type"] == "thinking" or part["type"] == "refusal":
                part["text"] = text
        parts = [part for _, part in sorted(self._parts.items())]
        return Answer(self._id, self._model, parts, self._finish, self._usage, self._stop_sequence)

    def _add(self, index: int, part: Part, text: str) -> None:
        self._parts.setdefault(index, part)
        self._pieces.setdefault(index, []).append(text)

    def _begin_call(self, event: ToolCallStarted) -> None:
        call = ToolCallPart(type="tool_call", id=event["id"], name=event["name"], arguments="")
        if "signature" in event:
            call["signature"] = event["signature"]
        self._add(event["index"], call, "")

    def _sign(self, event: ThinkingSigned) -> None:
        self._add(event["index"], _thinking(), "")
        part = self._parts[event["index"]]
        if part["type"] == "thinking":
            part["signature"], part["origin"] = event["signature"], event["origin"]
            if event.get("redacted"):
                part["redacted"] = True


def _thinking() -> ThinkingPart:
    return ThinkingPart(type="thinking", text="", signature=None, origin="openai_chat")
