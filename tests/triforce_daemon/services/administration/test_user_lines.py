"""The accounts in a line each: who logged in when, and who used how much today."""

from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.admin.test_looking import value

ASK = {"model": "scripted/small", "messages": [{"role": "user", "content": "hi"}]}


async def test_accounts_are_listed_with_what_they_used(served: ServedDaemon) -> None:
    anna = (await served.user("anna", tier="pro"))["access_token"]
    status, _ = await served.post("/v1/users", {"name": "bert"})
    assert status == 200
    assert (await served.over_http("POST", "/v1/chat/completions", anna, json=ASK))[0] == 200
    found = await value(served, "users")
    assert [(one["name"], one["tier"], one["tokens_today"]) for one in found["users"]] == [
        ("anna", "pro", 5),
        ("bert", "free", 0),
    ]
    assert found["users"][0]["last_login"] > found["users"][0]["created_at"]
    assert found["users"][1]["last_login"] is None
    assert [one["name"] for one in (await value(served, "users", query="ER"))["users"]] == ["bert"]
    few = await value(served, "users", limit=1)
    assert (len(few["users"]), few["count"]) == (1, 2)
    assert [one["name"] for one in (await value(served, "users", tier="pro"))["users"]] == ["anna"]
