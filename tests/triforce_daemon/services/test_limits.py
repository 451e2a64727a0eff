"""What is left, as its caller is shown it."""

from typing import Any

from tests.triforce_daemon.served_daemon import ServedDaemon

CHAT: dict[str, Any] = {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}], "max_tokens": 10}


async def test_everybody_sees_his_own_and_admins_see_anybodys(served: ServedDaemon) -> None:
    anna = (await served.user(limits={"requests_per_minute": 3, "spend": "5/month"}))["access_token"]
    ben = (await served.user("ben"))["access_token"]
    assert (await served.over_http("POST", "/v1/chat/completions", anna, json=CHAT))[0] == 200
    _, own = await served.over_http("GET", "/v1/usage/limits", anna)
    found = {item["kind"]: item for item in own["items"]}
    assert {item["scope"] for item in own["items"]} == {"account"}
    assert (found["requests"]["limit"], found["requests"]["used"], found["requests"]["remaining"]) == (3, 1, 2)
    assert (found["tokens"]["limit"], found["tokens"]["used"], found["tokens"]["window"]) == (100_000, 5, "day")
    assert (found["spend"]["limit"], found["spend"]["used"], found["spend"]["window"]) == ("5", "0", "month")
    assert found["tokens"]["resets_at"].endswith("T00:00:00.000Z")
    assert (await served.get("/v1/usage/limits", user="anna"))[1]["items"] == own["items"]
    status, refused = await served.over_http("GET", "/v1/usage/limits?user=anna", ben)
    assert (status, refused["error"]["code"]) == (403, "forbidden")
    assert (await served.over_http("GET", "/v1/usage/limits?user=ben", ben))[0] == 200
    status, unknown = await served.get("/v1/usage/limits", user="ana")
    assert (status, unknown["error"]["near"]) == (404, ["anna"])
    assert (await served.get("/v1/usage/limits"))[1]["items"] == []


async def test_a_token_sees_its_own_limits_beside_its_accounts(served: ServedDaemon) -> None:
    login = (await served.user())["access_token"]
    wanted = {"name": "t", "requests_per_minute": 5, "spend": "0.50"}
    _, made = await served.over_http("POST", "/v1/client/tokens", login, json=wanted)
    _, shown = await served.over_http("GET", "/v1/usage/limits", made["token"])
    assert [(item["scope"], item["kind"]) for item in shown["items"]] == [
        ("token", "requests"),
        ("token", "spend"),
        ("account", "requests"),
        ("account", "parallel"),
        ("account", "tokens"),
    ]
    assert shown["items"][1]["resets_at"] is None


async def test_the_tier_page_tells_what_is_left(served: ServedDaemon) -> None:
    login = (await served.user(tier="pro", tier_expires="2999-01-01T00:00:00Z"))["access_token"]
    await served.over_http("POST", "/v1/chat/completions", login, json=CHAT)
    _, page = await served.over_http("GET", "/v1/client/tier", login)
    assert (page["tier"], page["expires"]) == ("pro", "2999-01-01T00:00:00.000Z")
    assert [(item["kind"], item["remaining"]) for item in page["left"]] == [
        ("requests", 59),
        ("parallel", 8),
        ("tokens", 250_000),
    ]


async def test_at_this_pace_it_is_empty_before_the_day_ends(served: ServedDaemon) -> None:
    login = (await served.user(limits={"tokens_per_day": 300}))["access_token"]
    assert (await served.over_http("POST", "/v1/chat/completions", login, json=CHAT))[0] == 200
    await served.call("PATCH", "/v1/users/anna", json={"limits": {"tokens_per_day": 5}})
    _, shown = await served.over_http("GET", "/v1/usage/limits", login)
    tokens = next(item for item in shown["items"] if item["kind"] == "tokens")
    assert (tokens["remaining"], tokens["empty_at"] is not None) == (0, True)
