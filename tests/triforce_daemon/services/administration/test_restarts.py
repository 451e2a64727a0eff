"""The daemon ends to be started anew where somebody would, and a worker is started anew at once."""

from typing import Any

from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.test_audit import audit
from tests.triforce_daemon.tools.admin.test_changing import agreed
from triforce_daemon.errors import Conflict
from triforce_daemon.wire.status import EngineStatus


def loaded(served: ServedDaemon, *names: str) -> None:
    served.provider.loaded[:] = [
        EngineStatus(model=f"scripted/{name}", state="ready", pid=1, since="", active=0, idle_stop_seconds=None)
        for name in names
    ]


async def error(served: ServedDaemon, **asked: object) -> dict[str, Any]:
    return (await agreed(served, "restart", **asked))["error"]


async def test_nobody_would_start_a_daemon_that_was_started_by_hand(served: ServedDaemon) -> None:
    refused = await error(served, target="backend")
    assert refused["code"] == "tool_unavailable" and "triforce daemon install" in refused["hint"]
    assert served.lifecycle.state == "ready" and not served.lifecycle.restarts


async def test_there_are_no_agents(served: ServedDaemon) -> None:
    assert (await error(served, target="agent", id="x"))["code"] == "tool_unavailable"


async def test_a_worker_is_started_anew_by_its_name_or_as_the_only_one(served: ServedDaemon) -> None:
    assert (await error(served, target="worker"))["code"] == "not_found"
    loaded(served, "small")
    done = await agreed(served, "restart", target="worker")
    assert done["value"]["id"] == "scripted/small" and served.provider.restarted == ["small"]
    (item,) = await audit(served, kind="change")
    assert (item["document"]["what"], item["document"]["on"]) == ("worker.restart", "scripted/small")
    loaded(served, "small", "large")
    several = await error(served, target="worker")
    assert several["code"] == "invalid_arguments" and "scripted/large" in several["hint"]
    assert (await agreed(served, "restart", target="worker", id="scripted/large"))["ok"]
    assert (await error(served, target="worker", id="scripted/none"))["code"] == "not_found"
    served.provider.failure = Conflict("It is answering.", None)
    assert (await error(served, target="worker", id="scripted/large"))["code"] == "conflict"
