"""How an answer is given: its pace, its size, and everything that can go wrong on the way."""

from dataclasses import dataclass
from typing import Literal

Cut = Literal["rst", "fin", "end"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an answer: so many events (a whole answer is one), or so many bytes of the body."""

    count: int
    unit: Literal["events", "bytes"] = "events"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Times are seconds, sizes bytes, rates bytes per second. Each name, with dashes, is its word in the language.

    Events count from 0; what is put in at a number comes before the event of that number.
    """

    # An answer of another status, in the provider's own error shape.
    status: int | None = None
    #: Which error of that status: a key of `provider_errors.KINDS`.
    error: str | None = None
    #: Seconds, or `date+SECONDS` for an HTTP date.
    retry_after: str | None = None
    #: A page, as a proxy before the provider sends it, instead of JSON.
    html: bool = False
    location: str | None = None

    # Pace.
    delay: float | None = None
    """Before the head."""
    first: float | None = None
    """Between the head and the first event."""
    every: float | None = None
    """Between events."""
    drip: float | None = None
    """Bytes of the body per second."""

    # Size.
    words: int | None = None
    tiny_events: int | None = None
    huge_line: int | None = None

    # The end that does not come.
    no_answer: bool = False
    """The connection is cut before the first byte."""
    cut_after: Place | None = None
    cut: Cut | None = None
    """How: TCP reset (which is what None means), close, or the HTTP message ends in good order."""
    stall_after: Place | None = None
    stall: float | None = None
    """For how long; None: for ever."""
    no_terminator: bool = False
    """The event that says that the answer is complete is missing."""

    # What stands in the stream.
    malformed_at: int | None = None
    bad_utf8_at: int | None = None
    error_in_stream_at: int | None = None
    comments: bool = False
    crlf: bool = False

    # HTTP itself.
    split: int | Literal["seeded"] | None = None
    """Into pieces of so many bytes, each an HTTP chunk and a write of its own; or of odd, repeatable sizes."""
    gzip: bool = False
    gzip_bomb: int | None = None
    """How much the body grows to."""
    wrong_length: int | None = None
    """By how much the Content-Length is more than the truth, or less."""
    trailers: bool = False
    informational: bool = False
    """1xx answers before the real one. In the language: `1xx`."""
    close: bool = False
    """The answer says `Connection: close`, and so it is."""
    drop: bool = False
    """The connection is closed after the answer without a word."""

    @property
    def packed(self) -> bool:
        """Whether the body is compressed."""
        return self.gzip or self.gzip_bomb is not None

    @property
    def blown_up(self) -> int | None:
        """How much is put into the body to make it large."""
        return self.huge_line if self.gzip_bomb is None else self.gzip_bomb


#: Nothing is wrong.
OK = Behaviour()
