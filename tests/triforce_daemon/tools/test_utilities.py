"""The time and sums, through the daemon."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_the_time_of_a_place(served: ServedDaemon) -> None:
    value = (await run(served, "current_time", timezone="Asia/Tokyo", format="%H"))["value"]
    assert value["utc_offset"] == "+0900" and value["iso"].endswith("+09:00") and not value["dst"]
    assert value["formatted"] == value["iso"][11:13]
    wrong = await run(served, "current_time", timezone="Mars/Olympus")
    assert wrong["error"]["code"] == "invalid_arguments"


async def test_sums(served: ServedDaemon) -> None:
    result = await run(served, "calculate", expression="(1 + 2) * 3")
    assert result["value"] == {"value": "9", "steps": ["1 + 2 = 3", "3 * 3 = 9"]}
