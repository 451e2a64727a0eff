"""What a model answers: its thinking, text, calls and refusal, cut into the pieces in which they are streamed."""

from dataclasses import dataclass
from typing import Literal

Finish = Literal["stop", "length", "tool_calls", "content_filter", "refusal", "stop_sequence", "pause"]


@dataclass(frozen=True, slots=True)
class Text:
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thinking:
    """Reasoning. `redacted`: the provider shows only `signature`, which holds it encrypted."""

    pieces: tuple[str, ...]
    signature: str | None = None
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call. `deltas` are the raw JSON text of the arguments, cut; `id` is made up where it is None.

    `only_when_done`: the arguments stand only in the event that closes the call (Responses can do that).
    """

    name: str
    deltas: tuple[str, ...]
    id: str | None = None
    signature: str | None = None
    only_when_done: bool = False

    @property
    def arguments(self) -> str:
        return "".join(self.deltas)


@dataclass(frozen=True, slots=True)
class Refusal:
    pieces: tuple[str, ...]


Part = Text | Thinking | Call | Refusal


@dataclass(frozen=True, slots=True)
class Usage:
    """`input` is the whole prompt, cached or not; `output` all that was generated, reasoning included."""

    input: int = 12
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """One answer.

    `finish` None: what the parts suggest. `usage` None: a token for each piece, unless `counts` is off, when the
    provider says nothing of usage. `interleaved`: the deltas of parallel calls take turns, where the wire can do that.
    `model`: the name that the answer gives, where it is not the one that was asked for.
    """

    parts: tuple[Part, ...]
    finish: Finish | None = None
    stop_sequence: str | None = None
    usage: Usage | None = None
    counts: bool = True
    interleaved: bool = False
    model: str | None = None

    @property
    def reason(self) -> Finish:
        if self.finish:
            return self.finish
        if any(isinstance(part, Refusal) for part in self.parts):
            return "refusal"
        return "tool_calls" if self.calls else "stop"

    @property
    def text(self) -> str:
        return "".join(piece for part in self.parts if isinstance(part, Text) for piece in part.pieces)

    @property
    def calls(self) -> tuple[Call, ...]:
        return tuple(part for part in self.parts if isinstance(part, Call))

    @property
    def used(self) -> Usage | None:
        """The usage that the provider reports."""
        if not self.counts:
            return None
        return self.usage or Usage(output=sum(_pieces(part) for part in self.parts), reasoning=self._reasoning)

    @property
    def _reasoning(self) -> int:
        return sum(len(part.pieces) for part in self.parts if isinstance(part, Thinking))


def say(*pieces: str) -> Script:
    """A plain text answer, streamed in these pieces."""
    return Script((Text(pieces),))


def call(name: str, *deltas: str, id: str | None = None) -> Script:
    """An answer that is one tool call, its arguments streamed in these pieces."""
    return Script((Call(name, deltas, id),))


def answer(*parts: Part) -> Script:
    return Script(parts)


def _pieces(part: Part) -> int:
    return len(part.deltas if isinstance(part, Call) else part.pieces)
