"""Parts that do not work are named, and the others are still looked at."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_a_daemon_that_drains_is_degraded(served: ServedDaemon) -> None:
    served.lifecycle.state = "draining"
    told = (await run(served, "health"))["value"]
    served.lifecycle.state = "ready"
    assert (told["status"], told["failed"]) == ("degraded", ["daemon"])
    assert told["checks"]["database"]["status"] == "ok"
