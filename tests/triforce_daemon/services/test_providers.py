"""The providers over the API: their states with evidence, switched on and off while the daemon runs."""

import os
import tomllib

import pytest

from tests.scriptable_upstream.fixtures import upstream
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.remotes import KEY, remotes
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.health import Health
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.services.model_refresh import ModelRefresh

__all__ = ["upstream"]


async def line(served: ServedDaemon, name: str) -> dict:
    status, shown = await served.get(f"/v1/providers/{name}")
    assert status == 200, shown
    return shown


async def file_of(served: ServedDaemon) -> dict:
    _, listed = await served.get("/v1/config")
    if not os.path.exists(listed["file"]):
        return {}
    with open(listed["file"], "rb") as file:
        return tomllib.load(file)


async def test_every_provider_is_listed_with_its_state_and_why(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq", keys=())) as served:
        _, listed = await served.get("/v1/providers")
    scripted, groq = listed["items"]
    assert (listed["schema"], scripted["name"], scripted["state"]) == ("triforce.providers.list/1", "scripted", "ok")
    assert (groq["state"], groq["reason"]) == ("no-key", "There is no key for Groq.")
    assert groq["key"] == {"present": False, "needed": True, "store": None, "environment": ["GROQ_API_KEY"]}
    assert "triforce keys set groq" in groq["fix"]
    assert (groq["boundary"], groq["warning"], groq["latency_ms"]) == ("any", None, None)
    assert len(upstream.records) == 0


async def test_its_list_and_its_answers_are_the_evidence(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq")) as served:
        await served.parts.get(ModelRefresh).now(["groq"])
        shown = await line(served, "groq")
        assert (shown["schema"], shown["state"], shown["models"]) == ("triforce.providers.show/1", "ok", 23)
        assert shown["since"] == shown["evidence"]["at"] is not None
        assert shown["key"]["store"] == "vault"
        assert KEY.secret not in str(shown)
        body = {"model": "groq/llama-3.1-8b-instant", "messages": [{"role": "user", "content": "Hi"}]}
        status, _ = await served.post("/v1/chat/completions", body)
        assert status == 200
        assert (await line(served, "groq"))["latency_ms"] > 0


async def test_a_rejected_key_is_told_with_the_status(folder: str, upstream: Upstream) -> None:
    bad = Credential("old", "bad-secret", "environment")
    async with serve(folder, remotes(upstream, "groq", keys=(bad,))) as served:
        await served.parts.get(ModelRefresh).now(["groq"])
        shown = await line(served, "groq")
    assert (shown["state"], shown["evidence"]["status"], shown["models"]) == ("key-rejected", 401, 0)
    assert bad.secret not in str(shown)


async def test_the_retired_one_has_its_day(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "github")) as served:
        await served.parts.get(ModelRefresh).now(["github"])
        assert (await line(served, "github"))["state"] == "retired"


async def test_an_unknown_name_is_refused_with_near_ones(served: ServedDaemon) -> None:
    for method, path, body in (
        ("GET", "/v1/providers/scriptd", None),
        ("PATCH", "/v1/providers/scriptd", {"enabled": False}),
        ("GET", "/v1/providers/limits?provider=scriptd", None),
        ("POST", "/v1/providers/test", {"providers": ["scriptd"]}),
    ):
        status, answer = await served.call(method, path, json=body)
        assert (status, answer["error"]["code"], answer["error"]["near"]) == (404, "provider_not_found", ["scripted"])


async def test_a_provider_is_switched_off_and_on_at_once_and_in_the_file(folder: str, upstream: Upstream) -> None:
    body = {"model": "groq/llama-3.1-8b-instant", "messages": [{"role": "user", "content": "Hi"}]}
    async with serve(folder, remotes(upstream, "groq")) as served:
        served.parts.get(ModelRefresh)
        _, off = await served.call("PATCH", "/v1/providers/groq", json={"enabled": False})
        assert (off["state"], off["enabled"], off["restart"], off["overruled"]) == ("disabled", False, False, None)
        assert "triforce providers enable groq" in off["fix"]
        assert await file_of(served) == {"providers": {"groq": {"enabled": False}}}
        _, setting = await served.get("/v1/config/providers.groq.enabled")
        assert (setting["value"], setting["origin"]) == (False, "file")
        asked = len(upstream.records)
        status, refused = await served.post("/v1/chat/completions", body)
        assert (status, len(upstream.records)) == (503, asked)
        assert "switched off" in refused["error"]["message"]
        _, on = await served.call("PATCH", "/v1/providers/groq", json={"enabled": True})
        assert (on["state"] in ("ok", "unknown"), on["enabled"]) == (True, True)


async def test_what_the_environment_says_wins(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq"), providers__groq__enabled="true") as served:
        _, off = await served.call("PATCH", "/v1/providers/groq", json={"enabled": False})
    assert (off["enabled"], off["overruled"]) == (True, "--set providers.groq.enabled")


async def test_limits_are_what_was_said_last(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "groq")) as served:
        for plan, words in (("", 200), ("on answers: status=429", 429)):
            upstream.plan(plan)
            body = {"model": "groq/llama-3.1-8b-instant", "messages": [{"role": "user", "content": "Hi"}]}
            assert (await served.post("/v1/chat/completions", body))[0] == words
            [said] = (await served.get("/v1/providers/limits"))[1]["items"]
            assert [(limit["name"], limit["remaining"]) for limit in said["limits"]] == [
                ("requests", 9_999),
                ("tokens", 29_999_971),
            ]
        headers = {"x-ratelimit-limit-requests": "10", "x-ratelimit-remaining-requests": "3"}
        limits = served.parts.get(Health).rate_limits
        limits.heard("groq", KEY, headers)
        [heard] = limits.of("groq")
        _, listed = await served.get("/v1/providers/limits", provider="groq")
        limit = {"name": "requests", "limit": 10, "remaining": 3, "resets_at": None}
        assert listed["items"] == [{"provider": "groq", "key": "work", "at": rfc3339(heard.at_ms), "limits": [limit]}]
        assert (await line(served, "groq"))["limits"] == [limit]
        assert (await served.get("/v1/providers/limits"))[1]["items"] == listed["items"]


@pytest.mark.parametrize("body", [{}, {"enabled": "maybe"}, []])
async def test_a_switch_says_what_it_wants(served: ServedDaemon, body: object) -> None:
    status, _ = await served.call("PATCH", "/v1/providers/scripted", json=body)
    assert status == 400
