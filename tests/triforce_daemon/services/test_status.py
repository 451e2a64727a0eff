"""The status page: what is, and what is wrong."""

import os

from tests.scriptable_upstream.fixtures import upstream
from tests.scriptable_upstream.script import say
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.remotes import remotes
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.services.model_refresh import ModelRefresh

__all__ = ["upstream"]


async def test_the_page_says_who_and_where(served: ServedDaemon) -> None:
    _, status = await served.get("/v1/status")
    daemon = status["daemon"]
    assert (daemon["state"], daemon["pid"], daemon["socket"]) == ("ready", os.getpid(), served.places.socket)
    assert status["providers"] == [{"name": "scripted", "state": "ok", "reason": None, "models": 2}]
    assert status["health"] == []


async def test_a_provider_that_is_down_is_a_health_line_with_a_fix(served: ServedDaemon) -> None:
    served.provider.conditions = {name: Condition("down", "no engine") for name in served.provider.names}
    _, status = await served.get("/v1/status")
    (line,) = status["health"]
    assert (line["severity"], "no engine" in line["message"]) == ("error", True)
    assert line["fix"]


async def test_a_provider_that_was_never_there_is_no_alarm(folder: str, upstream: Upstream) -> None:
    upstream.plan("on all: no-answer")
    async with serve(folder, remotes(upstream, "ollama", keys=(NO_KEY,))) as served:
        await served.parts.get(ModelRefresh).now(["ollama"])
        _, status = await served.get("/v1/status")
    (line,) = status["health"]
    assert (line["code"], line["severity"]) == ("provider.ollama", "info")
    assert "triforce providers disable ollama" in line["fix"]


async def test_where_nobody_can_be_asked_it_is_said(served: ServedDaemon) -> None:
    served.provider.models = ()
    served.provider.conditions = {"": Condition("disabled", "Off.")}
    _, status = await served.get("/v1/status")
    assert [line["code"] for line in status["health"]] == ["providers.none"]


async def test_open_answers_are_counted(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("x"), "stall-after=2")
    async with served.client.post("http://triforced/v1/sessions/new/turns", json={"input": "go"}) as reply:
        await reply.content.readany()
        _, status = await served.get("/v1/status")
        assert status["daemon"]["streams"] == 1


async def test_a_stop_is_answered_before_it_happens(served: ServedDaemon) -> None:
    status, body = await served.post("/v1/daemon/stop")
    assert (status, body["pid"]) == (200, os.getpid())
    assert served.lifecycle.state == "draining"
    await served.served
