"""How far a prompt may travel, compared with where it would go."""

from typing import get_args

from triforce_daemon.wire.boundary import Boundary

#: How far each of them is.
_FAR: dict[Boundary, int] = {boundary: far for far, boundary in enumerate(get_args(Boundary))}


def within(place: Boundary, boundary: Boundary) -> bool:
    """Whether a prompt that may go as far as `boundary` may go to `place`."""
    return _FAR[place] <= _FAR[boundary]


def narrower(one: Boundary, other: Boundary) -> Boundary:
    """The nearer of two: who is bound twice obeys both."""
    return one if one == other or _FAR[one] <= _FAR[other] else other
