"""What a lead is told of the cycles before."""

from typing import Any, cast

from triforce_daemon.services.chains.cycles import LONGEST_MEMORY, instructions, task
from triforce_daemon.stores.chains import ChainRow, CycleRow

CHAIN = cast(ChainRow, {"prompt": "Count {all}.", "max_cycles": 3, "project": None})


def cycle(number: int, **more: Any) -> CycleRow:
    return cast(CycleRow, {"number": number, "report": f"report {number}", "next": "", **more})


def test_the_goal_stands_first_and_what_is_left_last() -> None:
    told = task(CHAIN, [cycle(1), cycle(2, next="Look again.")])
    assert told.startswith("The goal:\nCount {all}.\n\nReport of cycle 1:")
    assert told.endswith("What is left to do: Look again.")


def test_the_latest_reports_are_told_as_far_as_there_is_room() -> None:
    told = task(
        CHAIN, [cycle(1, report="old" * 20), cycle(2, report="x" * (LONGEST_MEMORY - 80)), cycle(3, report="new")]
    )
    assert "new" in told and "xxx" in told and "old" not in told


def test_it_knows_its_place() -> None:
    assert "cycle 2 of at most 3" in " ".join(instructions(CHAIN, 2).split())
    assert "called sums" in instructions({**CHAIN, "project": "sums"}, 1)
