"""An effort is kept; a budget becomes the effort that comes nearest."""

import pytest

from triforce_daemon.dialects.canonical import Effort, Thinking
from triforce_daemon.dialects.effort import effort_of


@pytest.mark.parametrize(
    ("thinking", "effort"),
    [
        (Thinking(effort="xhigh", budget=1), "xhigh"),
        (Thinking(budget=0), "none"),
        (Thinking(budget=1), "minimal"),
        (Thinking(budget=2_048), "low"),
        (Thinking(budget=2_049), "medium"),
        (Thinking(budget=10_000), "high"),
        (Thinking(budget=1_000_000), "max"),
        (Thinking(budget=-1), None),
        (Thinking(visible=True), None),
    ],
)
def test_the_nearest(thinking: Thinking, effort: Effort | None) -> None:
    assert effort_of(thinking) == effort
