"""What clients may not choose is not taken, on any route that writes; and tokens stay as narrow as their makers."""

from typing import Any

import pytest

from tests.triforce_daemon.served_daemon import PASSWORD, ServedDaemon, serve

#: What somebody would like to be.
GREEDY: dict[str, Any] = {
    "tier": "unlimited", "role": "admin", "is_admin": True, "admin": True, "user_role": "admin", "kind": "owner",
    "budget": 1_000_000, "allowed_routes": ["*"], "id": "mine", "user": "boss", "created": 0, "disabled": False,
    "tier_expires": "2999-01-01T00:00:00Z", "password_hash": "x", "scopes": ["inference"],
}  # fmt: skip


async def test_no_write_of_ones_own_makes_anybody_more(folder: str) -> None:
    async with serve(folder, users__registration="open") as served:
        asked = {"name": "ben", "password": PASSWORD, **GREEDY}
        _, made = await served.over_http("POST", "/v1/client/register", json=asked)
        await served.user("boss", role="admin")
        token, before = made["access_token"], made["user"]
        assert (before["tier"], before["role"]) == ("free", "user") and before["id"] != "mine"
        writes: list[tuple[str, str, dict[str, Any]]] = [
            ("POST", "/v1/client/login", {"name": "ben", "password": PASSWORD}),
            ("POST", "/v1/client/refresh", {"refresh_token": made["refresh_token"]}),
            ("PATCH", "/v1/client/profile", {"password": PASSWORD, "current_password": PASSWORD}),
            ("POST", "/v1/client/tokens", {"name": "t"}),
            (
                "POST",
                "/v1/chat/completions",
                {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}]},
            ),
            ("POST", "/v1/responses", {"model": "scripted/small", "input": "x"}),
            ("POST", "/v1/sessions/prune", {"older_than_seconds": 1}),
        ]
        for method, path, body in writes:
            await served.over_http(method, path, token, json={**body, **GREEDY})
            _, now = await served.get("/v1/users/ben")
            assert {name: now[name] for name in before} == before, path
        for path in ("/v1/users", "/v1/invitations", "/v1/users/ben/tokens"):
            assert (await served.over_http("POST", path, token, json={"name": "x", **GREEDY}))[0] == 403
        assert (await served.over_http("PATCH", "/v1/users/ben", token, json=GREEDY))[0] == 403


async def test_a_token_makes_none_that_is_wider(served: ServedDaemon) -> None:
    login = (await served.user(tier="pro"))["access_token"]
    narrow = {
        "name": "narrow", "scopes": ["inference", "account"], "models": ["scripted/*"], "boundary": "mesh",
        "expires": "2900-01-01T00:00:00Z",
    }  # fmt: skip
    _, made = await served.over_http("POST", "/v1/client/tokens", login, json=narrow)
    assert made["user"] == "anna"
    wider: list[dict[str, Any]] = [
        {"scopes": ["read"]}, {"scopes": ["sessions", "inference"]}, {"models": ["*"]}, {"models": ["groq/x"]},
        {"boundary": "any"}, {"expires": "2999-01-01T00:00:00Z"},
    ]  # fmt: skip
    for more in wider:
        ask = {"name": "wide", **more}
        status, body = await served.over_http("POST", "/v1/client/tokens", made["token"], json=ask)
        assert (status, body["error"]["code"]) == (403, "forbidden"), more
    _, child = await served.over_http("POST", "/v1/client/tokens", made["token"], json={"name": "child"})
    assert (child["scopes"], child["models"], child["boundary"]) == (["inference"], ["scripted/*"], "mesh")
    assert child["expires"] == "2900-01-01T00:00:00.000Z"
    # What was not given the scope makes none at all.
    assert (await served.over_http("POST", "/v1/client/tokens", child["token"], json={"name": "x"}))[0] == 403


async def test_one_sees_and_revokes_ones_own_tokens_alone(served: ServedDaemon) -> None:
    anna, ben = await served.user("anna"), await served.user("ben")
    owners = await served.token("inference", name="owners")
    _, his = await served.over_http("POST", "/v1/client/tokens", ben["access_token"], json={"name": "his"})
    _, mine = await served.over_http("POST", "/v1/client/tokens", anna["access_token"], json={"name": "mine"})
    _, listed = await served.over_http("GET", "/v1/client/tokens", anna["access_token"])
    assert [item["name"] for item in listed["items"]] == ["mine"]
    for other in ("his", his["id"], "owners"):
        gone, _ = await served.over_http("DELETE", f"/v1/client/tokens/{other}", anna["access_token"])
        assert gone == 404
    assert (await served.over_http("GET", "/v1/models", owners))[0] == 200
    assert (await served.over_http("DELETE", "/v1/client/tokens/mine", anna["access_token"]))[0] == 200
    assert (await served.over_http("GET", "/v1/models", mine["token"]))[0] == 401
    _, everybodys = await served.get("/v1/tokens")
    assert {item["name"]: item["user"] for item in everybodys["items"]} == {"owners": None, "his": "ben"}


async def test_an_admins_token_is_no_admin(served: ServedDaemon) -> None:
    admin = (await served.user("boss", role="admin"))["access_token"]
    every = {"name": "t", "scopes": ["inference", "read", "sessions", "account"]}
    _, made = await served.over_http("POST", "/v1/client/tokens", admin, json=every)
    assert (await served.over_http("GET", "/v1/users", made["token"]))[0] == 403
    # It may call the tools that are for admins, and nothing else of theirs.
    tools = {"name": "tools", "scopes": ["admin"]}
    status, made = await served.over_http("POST", "/v1/client/tokens", admin, json=tools)
    assert status == 200 and (await served.over_http("GET", "/v1/users", made["token"]))[0] == 403
    anna = (await served.user("anna"))["access_token"]
    assert (await served.over_http("POST", "/v1/client/tokens", anna, json=tools))[0] == 403


async def test_only_an_account_has_tokens_for_its_account(served: ServedDaemon) -> None:
    assert (await served.post("/v1/tokens", {"name": "t", "scopes": ["account"]}))[0] == 400


@pytest.mark.parametrize(("tier", "sees"), [("guest", False), ("free", False), ("pro", True)])
async def test_the_lists_hold_what_the_tier_holds(served: ServedDaemon, tier: str, sees: bool) -> None:
    served.provider.boundary = "any"
    token = (await served.user(tier=tier))["access_token"]
    _, own = await served.over_http("GET", "/v1/client/models", token)
    _, known = await served.over_http("GET", "/v1/models", token)
    for ids in ([item["id"] for item in own["items"]], [item["id"] for item in known["data"]]):
        assert ("scripted/small" in ids) is sees
    _, why = await served.over_http("GET", "/v1/registry/why?model=scripted/small", token)
    assert (why["answers"] is not None) is sees


async def test_anybody_may_know_the_tiers(served: ServedDaemon) -> None:
    status, page = await served.over_http("GET", "/v1/tiers")
    assert status == 200
    assert [item["name"] for item in page["items"]] == ["guest", "free", "pro", "unlimited", "admin"]
