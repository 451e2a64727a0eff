from typing import get_args

import pytest

from triforce_daemon.access.boundary import narrower, within
from triforce_daemon.wire.boundary import Boundary

ALL: tuple[Boundary, ...] = get_args(Boundary)


@pytest.mark.parametrize("place", ALL)
@pytest.mark.parametrize("boundary", ALL)
def test_a_prompt_stays_within_its_boundary(place: Boundary, boundary: Boundary) -> None:
    allowed = {
        "machine": {"machine"},
        "own-nodes": {"machine", "own-nodes"},
        "mesh": {"machine", "own-nodes", "mesh"},
        "any": {"machine", "own-nodes", "mesh", "any"},
    }
    assert within(place, boundary) == (place in allowed[boundary])


def test_of_two_boundaries_the_nearer_holds() -> None:
    assert narrower("any", "machine") == narrower("machine", "any") == "machine"
    assert narrower("mesh", "own-nodes") == "own-nodes"
