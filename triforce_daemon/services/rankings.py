"""Several rankings of the same things made one."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)

#: How far the first one is ahead of the next: reciprocal rank fusion,
#: https://plg.uwaterloo.ca/~gvcormac/cormacksigir09-rrf.pdf
_FLATNESS = 60


def mixed(*rankings: Mapping[Thing, float]) -> dict[Thing, float]:
    """What several rankings think together, whatever their scores mean; the best first."""
    scores: dict[Thing, float] = {}
    for ranking in rankings:
        for place, thing in enumerate(ranking, start=1):
            scores[thing] = scores.get(thing, 0) + 1 / (_FLATNESS + place)
    return dict(sorted(scores.items(), key=lambda one: -one[1]))
