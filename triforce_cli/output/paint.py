"""Colours, where they are wanted."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Paint(NamedTuple):
    """Marks words with colours, or leaves them as they are."""

    colours: bool

    def bold(self, text: str) -> str:
        return self._marked("1", text)

    def dim(self, text: str) -> str:
        return self._marked("2", text)

    def red(self, text: str) -> str:
        return self._marked("31", text)

    def green(self, text: str) -> str:
        return self._marked("32", text)

    def yellow(self, text: str) -> str:
        return self._marked("33", text)

    def _marked(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colours else text


def paint_for(stream: Any, environ: Mapping[str, str], no_color: bool = False) -> Paint:
    """The paint for this stream: colours on a terminal that has them, unless NO_COLOR or the flag says no."""
    wanted = not no_color and not environ.get("NO_COLOR") and environ.get("TERM", "dumb") != "dumb"
    return Paint(wanted and is_terminal(stream))


def is_terminal(stream: Any) -> bool:
    """Whether a person reads this stream, or types into it. A stream that the caller closed is None."""
    return stream is not None and stream.isatty()
