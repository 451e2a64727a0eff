"""The hunks of a patch, put into a text: each where it says or, where lines have moved, at the nearest place."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triforce_daemon.services.patches.diff import Hunk

#: So many lines are compared in search of places, for all hunks together: a file may hold one line a million times.
_COMPARED = 2_000_000
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Applied:
    text: str
    """As far as the hunks fit."""
    rejected: tuple[str, ...]
    """Why, for each that does not."""


def applied(text: str, hunks: Sequence[Hunk]) -> Applied:
    """Context has to fit to the letter; only the line numbers may be off."""
    lines = lines_of(text)
    if lines and lines[0].endswith("\r\n") and not any(line.endswith("\r\n") for one in hunks for _, line in one.lines):
        hunks = [_with_carriage_returns(one) for one in hunks]
    known: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        known.setdefault(line, []).append(at)
    made: list[str] = []
    rejected: list[str] = []
    done = moved = 0
    left = _COMPARED
    for number, hunk in enumerate(hunks, 1):
        expected = _stated(hunk) + moved
        place, compared = _place(lines, known, hunk.old, expected, done, left)
        left -= compared
        if place is None:
            rejected.append(f"Hunk {number}: {_why(lines, hunk.old, max(expected, 0))}")
            continue
        moved = place - _stated(hunk)
        made += [*lines[done:place], *hunk.new]
        done = place + len(hunk.old)
    return Applied("".join([*made, *lines[done:]]), tuple(rejected))


def lines_of(text: str) -> list[str]:
    """Lines with their ends, and by nothing but a line feed: Python's own way finds more ends than diffs know."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _stated(hunk: Hunk) -> int:
    # A hunk that takes nothing away names the line before it.
    return hunk.at - 1 if hunk.old else hunk.at


def _place(
    lines: Sequence[str], known: dict[str, list[int]], old: Sequence[str], expected: int, done: int, left: int
) -> tuple[int | None, int]:
    """Where it fits, the nearest place to the expected one; and how many lines were compared for that."""
    if not old:
        return (expected if done <= expected <= len(lines) else None), 0
    compared = 0
    for at in _nearest(known.get(old[0], ()), expected, done):
        compared += len(old)
        if lines[at : at + len(old)] == old:
            return at, compared
        if compared > left:
            break
    return None, compared


def _nearest(places: Sequence[int], wanted: int, first: int) -> Iterator[int]:
    """Of places in order, from `first` on, the nearest one first."""
    least = bisect_left(places, first)
    after = max(bisect_left(places, wanted), least)
    before = after - 1
    while before >= least or after < len(places):
        if before < least or (after < len(places) and places[after] - wanted < wanted - places[before]):
            yield places[after]
            after += 1
        else:
            yield places[before]
            before -= 1


def _why(lines: Sequence[str], old: Sequence[str], expected: int) -> str:
    if not old:
        return f"there is no line {expected}; the file has {len(lines)}."
    for at, wanted in enumerate(old, expected):
        if at >= len(lines):
            return f"the file ends at line {len(lines)}, before {_shown(wanted)}."
        if lines[at] != wanted:
            return f"line {at + 1} is {_shown(lines[at])}, not {_shown(wanted)}, and nowhere else does it fit."
    return "it begins where the one before it has not ended."


def _shown(line: str) -> str:
    return repr(line if len(line) <= _SHOWN else line[:_SHOWN] + "…")


def _with_carriage_returns(hunk: Hunk) -> Hunk:
    return Hunk(hunk.at, [(kind, line.replace("\n", "\r\n")) for kind, line in hunk.lines])
