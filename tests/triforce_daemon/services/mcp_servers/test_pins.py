"""What is accepted at first sight, and what is not afterwards."""

from tests.triforce_daemon.services.mcp_servers.mounting import pins
from tests.triforce_daemon.services.mcp_servers.test_mounted_tool import said


async def test_the_first_sight_is_accepted_and_every_change_after_it_is_not(folder: str) -> None:
    async with pins(folder) as kept:
        assert await kept.remembered("s") == []
        first = await kept.compared("s", (), [said("a"), said("b"), {"name": ""}])
        assert [one.state for one in first] == ["offered", "offered", "unfit"]
        assert first[0].row is not None and first[0].row["accepted_by"] == "configuration"
        later = await kept.compared("s", (), [said("a", "Other."), said("c")])
        assert {one.tool: one.state for one in later} == {"a": "changed", "c": "new", "b": "gone"}
        assert await kept.compared("s", (), [said("a", "Other."), said("c")]) == later, "asking again accepts nothing"
        await kept.accept("s", later, "owner")
        last = await kept.compared("s", (), [said("a", "Other."), said("c")])
        assert {one.tool: one.state for one in last} == {"a": "offered", "c": "offered"}
        assert last[0].row is not None and last[0].row["accepted_by"] == "owner"
        assert [one.tool for one in await kept.remembered("s")] == ["a", "c"]
