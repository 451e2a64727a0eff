"""Limits as callers meet them: at every door of a real daemon, in their own dialect, exact to the request."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.served_daemon import ServedDaemon, events_of, serve
from triforce_daemon.providers.listed import Listed

CHAT: dict[str, Any] = {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}], "max_tokens": 10}


async def chat(served: ServedDaemon, token: str, **more: Any) -> tuple[int, dict[str, Any], Mapping[str, str]]:
    async with served.http_client(token) as client, client.post("/v1/chat/completions", json={**CHAT, **more}) as reply:
        return reply.status, await reply.json(), reply.headers


@pytest.fixture
async def paid(folder: str) -> AsyncIterator[ServedDaemon]:
    """`small` costs a dollar for a thousand tokens out, `large` nothing; neither is of this machine."""
    async with serve(folder) as served:
        served.provider.boundary = "any"
        served.provider.models = (
            Listed("small", context=4_096, abilities=("chat",), price_in="0", price_out="1000"),
            Listed("large", context=4_096, abilities=("chat",), price_in="0", price_out="0"),
            Listed("secret", context=4_096, abilities=("chat",)),
        )
        await served.post("/v1/registry/refresh", {})
        yield served


async def test_n_requests_a_minute_and_the_next_is_told_when(served: ServedDaemon) -> None:
    token = await served.token("inference", requests_per_minute=5)
    for left in range(4, -1, -1):
        status, _, headers = await chat(served, token)
        assert (status, headers["x-ratelimit-limit-requests"]) == (200, "5")
        assert headers["x-ratelimit-remaining-requests"] == str(left)
        assert headers["x-ratelimit-reset-requests"] == "1m0s"
    status, body, headers = await chat(served, token)
    assert (status, body["error"]["type"], body["error"]["code"]) == (429, "rate_limit_error", "too_many_requests")
    assert 55 <= int(headers["retry-after"]) <= 60
    assert headers["x-ratelimit-remaining-requests"] == "0"
    assert len(served.upstream.records) == 5


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/v1/chat/completions", {"stream": True}, r'"type":"rate_limit_error"'),
        ("/v1/messages", {}, r'"type":"rate_limit_error"'),
        ("/v1/responses", {"input": "x"}, r'"code":"too_many_requests"'),
        ("/api/chat", {}, r'"error":"'),
        ("/v1beta/models/scripted%2Fsmall:generateContent", {"contents": [{"parts": [{"text": "x"}]}]}, "EXHAUSTED"),
        ("/v1/embeddings", {"input": "x"}, r'"type":"rate_limit_error"'),
        ("/v1/messages/count_tokens", {}, r'"type":"rate_limit_error"'),
    ],
)
async def test_each_client_is_refused_in_his_own_words(
    served: ServedDaemon, path: str, body: dict[str, Any], says: str
) -> None:
    token = await served.token("inference", requests_per_minute=1)
    assert (await chat(served, token))[0] == 200
    async with served.http_client(token) as client, client.post(path, json={**CHAT, **body}) as reply:
        told = await reply.text()
        assert reply.status == 429, told
        assert re.search(says, told)
        assert "retry-after" in reply.headers
        assert reply.headers["x-ratelimit-limit-requests"] == "1"


async def test_a_tier_limits_all_that_its_account_does_together(served: ServedDaemon) -> None:
    login = (await served.user(limits={"requests_per_minute": 4}))["access_token"]
    tokens = [login]
    for name in ("one", "two"):
        _, made = await served.over_http("POST", "/v1/client/tokens", login, json={"name": name})
        tokens.append(made["token"])
    statuses = [(await chat(served, token))[0] for token in tokens for _ in range(2)]
    assert statuses == [200, 200, 200, 200, 429, 429]
    turn = {"input": "x"}
    async with served.http_client(login) as client, client.post("/v1/sessions/new/turns", json=turn) as reply:
        said = events_of(await reply.text())[-1]
    assert (said["type"], said["error"]["code"]) == ("error", "too_many_requests")
    assert 0 < said["error"]["retry_after_ms"] <= 60_000


async def test_so_many_are_under_way_and_one_that_ends_makes_room(served: ServedDaemon) -> None:
    login = (await served.user(limits={"parallel": 3, "requests_per_minute": 0}))["access_token"]
    served.upstream.script("upstream-small", Script((Text(("a", "b")),)), "delay=300ms")
    found = await asyncio.gather(*(chat(served, login) for _ in range(10)))
    assert sorted(status for status, _, _ in found) == [200] * 3 + [429] * 7
    refused = next(body for status, body, _ in found if status == 429)
    assert refused["error"]["code"] == "too_many_parallel"
    assert (await chat(served, login))[0] == 200


async def test_tokens_of_a_day_are_held_then_settled(served: ServedDaemon) -> None:
    login = (await served.user(limits={"tokens_per_day": 200}))["access_token"]
    served.upstream.script("upstream-small", Script((Text(("Hello",)),), usage=Usage(30, 20)))
    _, _, headers = await chat(served, login)
    assert headers["x-ratelimit-limit-tokens"] == "200"
    assert int(headers["x-ratelimit-remaining-tokens"]) < 190
    assert re.fullmatch(r"(\d+h)?(\d+m)?\d+s", headers["x-ratelimit-reset-tokens"])
    for _ in range(2):
        assert (await chat(served, login))[0] == 200
    status, body, headers = await chat(served, login, max_tokens=100)
    assert (status, body["error"]["code"]) == (429, "tokens_used_up")
    assert "50 are left" in body["error"]["message"]
    assert headers["x-should-retry"] == "false"
    assert (await chat(served, login))[0] == 200


async def test_what_fails_gives_back_what_was_held(served: ServedDaemon) -> None:
    login = (await served.user(limits={"tokens_per_day": 60, "parallel": 1, "requests_per_minute": 0}))["access_token"]
    served.upstream.script("upstream-small", None, "status=400")
    for _ in range(5):
        assert (await chat(served, login))[0] == 400
    served.upstream.script("upstream-small", Script((Text(("Hello",)),), usage=Usage(30, 20)))
    assert (await chat(served, login))[0] == 200


async def test_who_leaves_gives_back_what_was_held(served: ServedDaemon) -> None:
    login = (await served.user(limits={"tokens_per_day": 2_000, "parallel": 1}))["access_token"]
    served.upstream.script("upstream-small", Script((Text(("a",) * 100),)), "every=50ms")
    body = {**CHAT, "stream": True}
    async with served.http_client(login) as client, client.post("/v1/chat/completions", json=body) as reply:
        await reply.content.readany()
    async with asyncio.timeout(3):
        while (await chat(served, login, stream=False, model="scripted/large"))[0] == 429:
            await asyncio.sleep(0.05)


async def test_500_at_once_on_a_budget_for_10(paid: ServedDaemon) -> None:
    token = await paid.token("inference", spend="0.10")
    paid.upstream.script("upstream-small", Script((Text(("Hello",)),), usage=Usage(5, 10)))
    found = await asyncio.gather(*(chat(paid, token) for _ in range(500)))
    served = sum(status == 200 for status, _, _ in found)
    assert served <= 11
    assert served >= 10
    assert {body["error"]["code"] for status, body, _ in found if status != 200} == {"spend_reached"}
    _, body, _ = await chat(paid, token)
    assert "spend cap of $0.1 of this token" in body["error"]["message"]
    assert "does not begin anew" in body["error"]["message"]


async def test_over_budget_nothing_paid_is_asked_and_what_is_free_still_answers(paid: ServedDaemon) -> None:
    token = await paid.token("inference", spend="0.02/day")
    paid.upstream.script("upstream-small", Script((Text(("Hello",)),), usage=Usage(5, 15)))
    free_first = {"models": ["scripted/large", "scripted/small"]}
    paid_first = {"models": ["scripted/small", "scripted/large"]}
    for name, alias in (("careful", free_first), ("dear", paid_first)):
        status, made = await paid.call("PUT", f"/v1/registry/aliases/{name}", json=alias)
        assert status == 200, made
    status, _, headers = await chat(paid, token, model="dear")
    assert (status, headers["x-triforce-route"]) == (200, "scripted/small")
    # 0.005 are left, and an answer may cost 0.01.
    status, _, headers = await chat(paid, token, model="dear")
    assert (status, headers["x-triforce-route"]) == (200, "scripted/large")
    paid.upstream.script("upstream-large", None, "status=503")
    status, body, _ = await chat(paid, token, model="careful")
    assert status == 503, body
    status, body, headers = await chat(paid, token)
    assert (status, body["error"]["code"]) == (429, "spend_reached")
    assert "midnight" in body["error"]["message"]
    asked = [record.json["model"] for record in paid.upstream.records]
    assert asked.count("upstream-small") == 1


async def test_where_money_is_limited_a_model_without_a_price_is_not_asked(paid: ServedDaemon) -> None:
    token = await paid.token("inference", spend="5")
    status, body, _ = await chat(paid, token, model="scripted/secret")
    assert (status, body["error"]["code"]) == (403, "price_unknown")
    assert not paid.upstream.records


async def test_a_cap_of_the_daemon_binds_its_owner_too(folder: str) -> None:
    async with serve(folder, limits__spend="0.01/month") as served:
        served.provider.boundary = "any"
        served.provider.models = (Listed("small", context=4_096, abilities=("chat",), price_in="0", price_out="1000"),)
        await served.post("/v1/registry/refresh", {})
        served.upstream.script("upstream-small", Script((Text(("Hello",)),), usage=Usage(5, 10)))
        assert (await served.post("/v1/chat/completions", CHAT))[0] == 200
        status, body = await served.post("/v1/chat/completions", CHAT)
        assert (status, body["error"]["code"]) == (429, "spend_reached")
        assert "limits.spend" in body["error"]["message"]


async def test_the_owner_and_admins_have_no_limits_unless_set(served: ServedDaemon) -> None:
    admin = (await served.user("root1", role="admin"))["access_token"]
    for _ in range(40):
        status, _, headers = await chat(served, admin)
        assert status == 200
        assert not any(name.startswith("x-ratelimit") for name in headers)
    await served.call("PATCH", "/v1/users/root1", json={"limits": {"requests_per_minute": 41}})
    assert [(await chat(served, admin))[0] for _ in range(2)] == [200, 429]


async def test_limits_are_after_a_restart_as_before(folder: str) -> None:
    async with serve(folder) as served:
        login = (await served.user(limits={"requests_per_minute": 5, "tokens_per_day": 1_000}))["access_token"]
        token = await served.token("inference", requests_per_minute=3)
        for _ in range(3):
            assert (await chat(served, login))[0] == 200
            assert (await chat(served, token))[0] == 200
        _, _, before = await chat(served, login)
    async with serve(folder) as served:
        assert (await chat(served, token))[0] == 429
        status, _, after = await chat(served, login)
        assert status == 200
        assert int(before["x-ratelimit-remaining-tokens"]) - int(after["x-ratelimit-remaining-tokens"]) == 5
        assert (await chat(served, login))[0] == 429


async def test_local_tokens_count_where_the_tier_says_so(served: ServedDaemon) -> None:
    login = (await served.user(tier="pro", limits={"tokens_per_day": 50}))["access_token"]
    for _ in range(5):
        assert (await chat(served, login, max_tokens=40))[0] == 200
    await served.call("PATCH", "/v1/users/anna", json={"tier": "free"})
    assert (await chat(served, login, max_tokens=40))[0] == 429


async def test_an_answer_that_is_used_again_is_a_request_and_no_tokens(served: ServedDaemon) -> None:
    login = (await served.user(limits={"requests_per_minute": 3}))["access_token"]
    left = list[tuple[int, int]]()
    async with served.http_client(login) as client:
        for _ in range(3):
            options = {"json": CHAT, "headers": {"x-triforce-cache": "60"}}
            async with client.post("/v1/chat/completions", **options) as reply:
                assert reply.status == 200
                assert len([name for name in reply.headers if name.lower() == "x-ratelimit-limit-requests"]) == 1
                left.append(
                    (
                        int(reply.headers["x-ratelimit-remaining-requests"]),
                        int(reply.headers["x-ratelimit-remaining-tokens"]),
                    )
                )
        async with client.post("/v1/chat/completions", **options) as reply:
            assert reply.status == 429
    assert [requests for requests, _ in left] == [2, 1, 0]
    assert left[1][1] == left[2][1]
    assert len(served.upstream.records) == 1


async def test_an_account_asks_only_the_models_that_are_set_for_it(served: ServedDaemon) -> None:
    login = (await served.user(limits={"models": ["scripted/small"]}))["access_token"]
    _, made = await served.over_http("POST", "/v1/client/tokens", login, json={"name": "t"})
    for token in (login, made["token"]):
        assert (await chat(served, token))[0] == 200
        status, body, _ = await chat(served, token, model="scripted/large")
        assert (status, body["error"]["code"]) == (403, "forbidden")
        _, listed = await served.over_http("GET", "/v1/models", token)
        assert [model["id"] for model in listed["data"] if "/" in model["id"]] == ["scripted/small"]


async def test_a_token_with_limits_makes_no_others(served: ServedDaemon) -> None:
    login = (await served.user())["access_token"]
    wanted = {"name": "t", "scopes": ["account", "inference"], "spend": "1"}
    _, made = await served.over_http("POST", "/v1/client/tokens", login, json=wanted)
    status, body = await served.over_http("POST", "/v1/client/tokens", made["token"], json={"name": "u"})
    assert (status, body["error"]["code"]) == (403, "forbidden")


async def test_a_picture_is_not_counted_by_its_characters(served: ServedDaemon) -> None:
    login = (await served.user())["access_token"]
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 600_000}}
    message = {"role": "user", "content": [{"type": "text", "text": "x"}, picture]}
    served.provider.models = (Listed("small", context=None, abilities=("chat", "vision")),)
    await served.post("/v1/registry/refresh", {})
    status, body, _ = await chat(served, login, messages=[message])
    assert status == 200, body
