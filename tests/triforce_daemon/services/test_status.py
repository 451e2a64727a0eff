"""The status page: what is, and what is wrong."""

import os

from tests.scriptable_upstream.fixtures import upstream
from tests.scriptable_upstream.script import say
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.gateway import gateway
from tests.triforce_daemon.remotes import remotes
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.providers.listed import Listed
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


async def test_a_program_sees_its_own_usage_and_no_paths(folder: str) -> None:
    async with gateway(folder) as gate:
        await gate.chat("groq/m", stream=False)
        token = await gate.served.token("read", "inference")
        _, told = await gate.served.over_http("GET", "/v1/status", token)
        assert (told["daemon"]["socket"], told["daemon"]["database"], told["daemon"]["config"]) == (None, None, None)
        assert told["usage"]["requests"] == 0
        assert folder not in str(told)
        _, whole = await gate.served.get("/v1/status")
        assert whole["usage"]["requests"] == 1
        assert whole["daemon"]["database"].startswith(folder)
        body = {"model": "groq/m", "messages": [{"role": "user", "content": "hi"}]}
        await gate.served.over_http("POST", "/v1/chat/completions", token, json=body)
        assert (await gate.served.over_http("GET", "/v1/status", token))[1]["usage"]["requests"] == 1


async def test_a_program_sees_no_paths_of_models(folder: str) -> None:
    async with gateway(folder) as gate:
        gate.providers["llama"].models = [Listed("m", abilities=("chat",), path="/secret/m.gguf")]
        token = await gate.served.token("read", "inference")
        for path in ("/v1/registry/models", "/v1/registry/models/llama/m"):
            assert "/secret" not in str(await gate.served.over_http("GET", path, token))
            assert "/secret" in str(await gate.served.get(path))
