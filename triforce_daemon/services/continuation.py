"""A stream that may be gone on with by another candidate where it is cut: what was said, and the seam."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from triforce_daemon.dialects.canonical import Continued, Event, Message, Request, Usage
from triforce_daemon.dialects.dialect import StreamReader, StreamWriter
from triforce_daemon.services.translation import Translation

#: The most that is kept of a stream, in characters: what is longer would hardly fit another's prompt.
LONGEST = 1 << 20
#: What else than plain text an answer may hold; nobody can go on with another's call, or with his reasoning.
_WHOLE_ONLY = frozenset({"tool_call", "arguments", "refusal"})


@dataclass(frozen=True, slots=True)
class Seam:
    """Who broke off, who goes on, and why; the ids of models."""

    after: str
    by: str
    reason: str


@dataclass(slots=True)
class Said:
    """What the client has of the answer so far."""

    writer: StreamWriter
    text: str = ""
    #: How many parts have begun.
    parts: int = 0
    #: Whether somebody else can go on from here.
    open: bool = True
    spent: list[Usage] = field(default_factory=list[Usage])

    def note(self, event: Event) -> None:
        if event["type"] == "text":
            self.text += event["text"]
            self.open = self.open and len(self.text) <= LONGEST
        elif event["type"] in _WHOLE_ONLY:
            self.open = False
        self.parts = max(self.parts, event.get("index", -1) + 1)


def prolonged(request: Request, said: Said, pieces: int) -> Request:
    """`request` with what was said as the beginning of its answer; `pieces` is how much of its length is used up.

    Without blanks at its end, which providers refuse there.
    """
    left = None if request.max_tokens is None else max(1, request.max_tokens - pieces)
    text = said.text.rstrip()
    begun = [Message(role="assistant", parts=[{"type": "text", "text": text}])] if text else []
    return replace(request, messages=[*request.messages, *begun], max_tokens=left)


class Continuable(Translation):
    """A translation that takes down what it says; with a seam, it goes on where another one broke off."""

    def __init__(self, reader: StreamReader, said: Said, seam: Seam | None = None) -> None:
        super().__init__(reader, said.writer)
        self.said = said
        self._seam = seam
        self._later = seam is not None
        self._parts_before = said.parts
        self._blank_before = said.text[-1:].isspace()

    def _take(self, event: Event) -> bytes:
        if not self._later:
            self.said.note(event)
            return super()._take(event)
        if event["type"] == "started":
            return self._seamed(event["model"])
        seam = b"" if event["type"] == "failed" else self._seamed(None)
        return seam + super()._take(self._moved(event))

    def _seamed(self, model: str | None) -> bytes:
        """The mark of the seam, once."""
        seam, self._seam = self._seam, None
        if seam is None:
            return b""
        told = Continued(type="continued", after=seam.after, by=seam.by, reason=seam.reason, model=model or seam.by)
        return self._writer.write(told)

    def _moved(self, event: Event) -> Event:
        """The event as one of the whole answer: its parts come after those that were there."""
        if "index" in event:
            event = event.copy()
            event["index"] += self._parts_before
        if event["type"] == "text" and self._blank_before:
            # The blanks at the end of what was said were not told to him.
            event["text"] = event["text"].lstrip()
            self._blank_before = not event["text"]
        self.said.note(event)
        return event

    def _told(self, usage: Usage) -> Usage:
        """To the client: what all have used together."""
        return _sum([*self.said.spent, usage])


def _sum(parts: list[Usage]) -> Usage:
    whole: dict[str, int] = {}
    for part in parts:
        for name, count in _counts(part).items():
            whole[name] = whole.get(name, 0) + count
    return Usage(**whole)  # pyright: ignore[reportArgumentType] - the sum has the fields that its parts have


def _counts(usage: Usage) -> Mapping[str, int]:
    return usage  # pyright: ignore[reportReturnType] - a usage holds nothing but counts
