"""Texts with gaps, `{{like_this}}`: which gaps they have, and what they are when those are filled."""

import re
from collections.abc import Mapping

import orjson

#: A name within two pairs of braces. Whatever else stands in braces is text.
_GAP = re.compile(r"\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]{0,63})[ \t]*\}\}")


def gaps(text: str) -> list[str]:
    """Their names, each once, in the order in which they come."""
    return list(dict.fromkeys(_GAP.findall(text)))


def filled(text: str, variables: Mapping[str, object]) -> tuple[str, list[str]]:
    """The text with what is given in its gaps, and the names of those for which nothing is.

    What is put in is never looked at again: a value with braces in it stays what it is.
    """
    missing = [name for name in gaps(text) if name not in variables]
    return _GAP.sub(lambda gap: _text(variables[gap[1]]) if gap[1] in variables else gap[0], text), missing


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
