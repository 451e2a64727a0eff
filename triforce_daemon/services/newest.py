"""Puts a family's newest model first: what a pattern finds comes in whatever order its provider lists it."""

import re
from collections.abc import Iterable

#: Where the name of a family ends: `claude-opus-4-8`, `gemini-3.1-pro`, `qwen3-coder`.
_STEM = re.compile(r"[^0-9]*?(?=[-_.@: ]?\d|$)")
#: A day is no version: `20250805`, `2025-08-07`.
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{4,}")
#: Nor is a size: `70b`.
_NUMBER = re.compile(r"\d+(?![0-9A-Za-z])")


def newest_first(names: Iterable[str]) -> list[str]:
    """Families in the order in which they first come, each with its newest version first, of equals the shortest."""
    families: dict[str, list[str]] = {}
    for name in names:
        families.setdefault(_stem(name), []).append(name)
    return [name for family in families.values() for name in sorted(family, key=_age)]


def _stem(name: str) -> str:
    match = _STEM.match(name)
    return match.group() if match else name


def _age(name: str) -> tuple[list[int], int, str]:
    versions = [-int(number) for number in _NUMBER.findall(_DAY.sub("", name[len(_stem(name)) :]))]
    # A version that is not followed by another one is older than one that is: 4 is before 4.1.
    return [*versions, 1], len(name), name
