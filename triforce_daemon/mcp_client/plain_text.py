"""What a mounted server writes for people and models, without what acts on a terminal or hides from a reader."""

import re
import unicodedata
from typing import cast

_DEPTH = 24

#: Whole sequences of ECMA-48, of which nothing is to be left: CSI, those with a text of their own, and the short ones.
_SEQUENCES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[PX\\]^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]?"
)
#: Controls, what is not seen, halves, what means something to one program alone, and what is no character at all.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Are marks by Unicode's word and choose between shapes, which also spells out bytes that nobody sees.
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u115f\u1160\u3164\uffa0\u034f]")


def plain(text: str) -> str:
    """The text as a reader sees it; newlines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    bare = _SELECTORS.sub("", _SEQUENCES.sub("", text))
    return "".join(one for one in bare if one in "\n\t" or unicodedata.category(one) not in _UNSEEN)


def plain_line(text: str, most: int) -> str:
    """The same on one line of at most so many characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def plain_value(value: object, depth: int = 0) -> object:
    """The same of every text in a JSON value; what is nested too deep is left out."""
    if isinstance(value, str):
        return plain(value)
    if depth > _DEPTH:
        return None
    if isinstance(value, list):
        return [plain_value(one, depth + 1) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        return {plain(key): plain_value(one, depth + 1) for key, one in cast("dict[str, object]", value).items()}
    return value


def hides(text: str) -> bool:
    """Whether there is something in it that a reader does not see."""
    return plain(text) != text
