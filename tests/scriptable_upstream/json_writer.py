"""Writes JSON in the spacing and escaping of a given provider, with raw text spliced in where it must stay as it is."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

_QUOTED: Callable[[str], str] = json.JSONEncoder(ensure_ascii=False).encode
_QUOTED_ASCII: Callable[[str], str] = json.JSONEncoder(ensure_ascii=True).encode


class Raw(str):
    """JSON text that is put in as it is, byte by byte."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Style:
    """What stands between items, what after a key, how deep a level is indented, and which characters are escaped."""

    comma: str = ","
    colon: str = ":"
    indent: int = 0
    ascii: bool = False
    escaped: str = ""

    def write(self, value: Any) -> bytes:
        return "".join(self._value(value, "")).encode()

    def quote(self, text: str) -> str:
        quoted = (_QUOTED_ASCII if self.ascii else _QUOTED)(text)
        if not self.escaped:
            return quoted
        return re.sub(f"[{re.escape(self.escaped)}]", lambda found: f"\\u{ord(found[0]):04x}", quoted)

    def _value(self, value: Any, margin: str) -> Iterator[str]:
        if isinstance(value, Raw):
            yield str(value)
        elif isinstance(value, str):
            yield self.quote(value)
        elif isinstance(value, dict):
            items = cast(dict[str, Any], value).items()
            yield from self._level("{", "}", [(f"{self.quote(key)}{self.colon}", item) for key, item in items], margin)
        elif isinstance(value, list | tuple):
            yield from self._level("[", "]", [("", item) for item in cast(list[Any], value)], margin)
        else:
            yield _QUOTED(value)

    def _level(self, start: str, end: str, items: list[tuple[str, Any]], margin: str) -> Iterator[str]:
        yield start
        inner = margin + " " * self.indent
        for place, (key, item) in enumerate(items):
            yield self.comma if place else ""
            yield f"\n{inner}" if self.indent else ""
            yield key
            yield from self._value(item, inner)
        yield f"\n{margin}" if self.indent and items else ""
        yield end


#: Without any space: most streams.
COMPACT = Style()
#: OpenAI's whole chat completions.
PRETTY = Style(colon=": ", indent=2)
#: OpenAI's whole responses.
PRETTY_ASCII = Style(colon=": ", indent=2, ascii=True)
#: Google's events: a space after the colon only.
GOOGLE = Style(colon=": ", escaped="<>")
#: Google's whole bodies.
GOOGLE_PRETTY = Style(colon=": ", indent=2, escaped="<>")
#: What Go's encoder writes.
GO = Style(escaped="<>&")
