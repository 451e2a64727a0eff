"""What was used, added up."""

import pytest

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.served_daemon import ServedDaemon


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("model", {"scripted/small": 2, "scripted/large": 1}),
        ("provider", {"scripted": 3}),
        ("session", None),
        ("client", None),
        ("day", None),
    ],
)
async def test_usage_is_added_up_by_each_key(served: ServedDaemon, by: str, keys: dict[str, int] | None) -> None:
    for model in ("small", "small", "large"):
        served.upstream.enqueue(Script((Text(("a",)),), usage=Usage(10, 5)))
        await served.turn(model=model)
    _, usage = await served.get("/v1/usage", by=by)
    if keys is not None:
        assert {item["key"]: item["requests"] for item in usage["items"]} == keys
    assert sum(item["requests"] for item in usage["items"]) == 3
    assert sum(item["tokens_in"] for item in usage["items"]) == 30
    assert sum(item["tokens_out"] for item in usage["items"]) == 15
    assert all((item["cost"], item["unpriced"]) == ("0", 0) for item in usage["items"])


async def test_usage_begins_where_one_says(served: ServedDaemon) -> None:
    await served.turn()
    _, usage = await served.get("/v1/usage", since="2999-01-01T00:00:00Z")
    assert usage["items"] == []


async def test_each_sees_what_he_used_and_admins_what_everybody_did(served: ServedDaemon) -> None:
    tokens = {
        name: (await served.user(name, role=role))["access_token"]
        for name, role in (("anna", "user"), ("ben", "admin"))
    }
    ask = {"model": "scripted/small", "messages": [{"role": "user", "content": "hi"}]}
    for name, times in (("anna", 1), ("ben", 2)):
        for _ in range(times):
            assert (await served.over_http("POST", "/v1/chat/completions", tokens[name], json=ask))[0] == 200

    async def seen(who: str, **query: str) -> dict[str, int]:
        _, usage = await served.over_http("GET", "/v1/usage", tokens[who], params={"by": "client", **query})
        return {item["key"]: item["requests"] for item in usage["items"]}

    assert await seen("anna") == await seen("anna", client="anna") == {"user/anna": 1}
    assert await seen("ben") == {"user/anna": 1, "user/ben": 2}
    assert await seen("ben", client="anna") == await seen("ben", client="user/anna") == {"user/anna": 1}
    assert await seen("ben", client="nobody") == {}
    status, refused = await served.over_http("GET", "/v1/usage", tokens["anna"], params={"client": "ben"})
    assert (status, refused["error"]["code"]) == (403, "forbidden")


@pytest.mark.parametrize("query", [{"by": "colour"}, {"since": "soon"}])
async def test_a_question_that_makes_no_sense_is_a_400(served: ServedDaemon, query: dict[str, str]) -> None:
    status, body = await served.get("/v1/usage", **query)
    assert (status, body["error"]["code"]) == (400, "invalid_request")
    assert body["error"]["hint"]


async def test_today_is_on_the_status_page(served: ServedDaemon) -> None:
    await served.turn()
    _, status = await served.get("/v1/status")
    assert status["usage"] == {"requests": 1, "tokens_in": 3, "tokens_out": 2, "errors": 0}
