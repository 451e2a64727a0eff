"""Tools on the command line, as they travel with a turn."""

import pytest

from triforce_cli.conversation.tooling import NO_TOOLS, tool_limits, tooling
from triforce_cli.errors import WrongUsage


def test_names_and_sets_travel_with_what_becomes_of_approvals() -> None:
    chosen = tooling(["calculate"], "memory,core", None, ["rounds=5", "cost=0.10"], asks=True)
    assert chosen.words() == {
        "tools": ["calculate"],
        "toolset": "memory,core",
        "approve": "ask",
        "limits": {"rounds": 5, "cost": "0.10"},
    }
    assert tooling(["a"], None, None, (), asks=False).words()["approve"] == "never"
    assert tooling(["a"], None, "always", (), asks=False).words()["approve"] == "always"


def test_without_tools_nothing_is_said_of_them() -> None:
    assert tooling(None, None, None, (), asks=True) == NO_TOOLS and NO_TOOLS.words() == {}
    for approve, limits in (("ask", ()), (None, ["rounds=1"])):
        with pytest.raises(WrongUsage):
            tooling(None, None, approve, limits, asks=True)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("pair", ["rounds", "rounds=", "rounds=x", "seconds=soon", "cost=much", "tokens=5"])
def test_a_limit_that_is_none_is_refused(pair: str) -> None:
    with pytest.raises(WrongUsage):
        tool_limits([pair])
