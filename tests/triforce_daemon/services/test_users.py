"""Accounts as whoever runs the daemon deals with them: what is taken away is gone at once."""

import asyncio
import json

import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.served_daemon import PASSWORD, ServedDaemon, events_of


async def models(served: ServedDaemon, token: str) -> int:
    return (await served.over_http("GET", "/v1/models", token))[0]


async def test_an_account_is_made_shown_and_listed(served: ServedDaemon) -> None:
    wanted = {"name": "anna", "tier": "pro", "tier_expires": "2999-01-01T00:00:00Z"}
    status, made = await served.post("/v1/users", wanted)
    assert (status, made["schema"]) == (200, "triforce.users.create/1")
    assert (made["role"], made["disabled"], made["password"], made["tokens"]) == ("user", None, False, 0)
    for name in ("anna", made["id"]):
        _, shown = await served.get(f"/v1/users/{name}")
        assert shown == {**made, "schema": "triforce.users.show/1"}
    _, listed = await served.get("/v1/users")
    assert [item["name"] for item in listed["items"]] == ["anna"]
    status, body = await served.get("/v1/users/ana")
    assert (status, body["error"]["near"]) == (404, ["anna"])
    assert (await served.post("/v1/users", wanted))[0] == 409


async def test_no_password_and_no_hash_is_ever_shown(served: ServedDaemon) -> None:
    await served.user()
    for path in ("/v1/users", "/v1/users/anna", "/v1/users/anna/export"):
        shown = json.dumps((await served.get(path))[1])
        assert "argon2" not in shown and PASSWORD not in shown


async def test_a_tier_is_changed_at_once_and_ends_when_it_is_said_to(served: ServedDaemon) -> None:
    token = (await served.user())["access_token"]
    chat = {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}]}
    served.provider.boundary = "any"
    status, body = await served.over_http("POST", "/v1/chat/completions", token, json=chat)
    assert (status, body["error"]["code"]) == (403, "tier_too_low")
    assert "The tier pro holds it." in str(body)
    assert not served.upstream.records
    until = {"tier": "pro", "tier_expires": "2999-01-01T00:00:00Z"}
    _, changed = await served.call("PATCH", "/v1/users/anna", json=until)
    assert (changed["tier"], changed["tier_expires"]) == ("pro", "2999-01-01T00:00:00.000Z")
    assert (await served.over_http("POST", "/v1/chat/completions", token, json=chat))[0] == 200
    _, changed = await served.call("PATCH", "/v1/users/anna", json={"tier": "unlimited"})
    assert (changed["tier"], changed["tier_expires"]) == ("unlimited", None)
    past = {"tier_expires": "2020-01-01T00:00:00Z"}
    assert (await served.call("PATCH", "/v1/users/anna", json=past))[0] == 400


async def test_who_is_disabled_is_out_with_all_that_he_has(served: ServedDaemon) -> None:
    login = (await served.user())["access_token"]
    _, made = await served.over_http("POST", "/v1/client/tokens", login, json={"name": "t"})
    assert (await models(served, login), await models(served, made["token"])) == (200, 200)
    _, changed = await served.call("PATCH", "/v1/users/anna", json={"disabled": True})
    since = changed["disabled"]
    assert since
    assert (await models(served, login), await models(served, made["token"])) == (401, 401)
    known = {"name": "anna", "password": PASSWORD}
    assert (await served.over_http("POST", "/v1/client/login", json=known))[0] == 401
    assert (await served.call("PATCH", "/v1/users/anna", json={"disabled": True}))[1]["disabled"] == since
    await served.call("PATCH", "/v1/users/anna", json={"disabled": False})
    assert (await models(served, login), await models(served, made["token"])) == (200, 200)


async def test_revoking_ends_log_ins_and_tokens_and_leaves_the_account(served: ServedDaemon) -> None:
    login = (await served.user())["access_token"]
    _, made = await served.over_http("POST", "/v1/client/tokens", login, json={"name": "t"})
    _, done = await served.post("/v1/users/anna/revoke")
    assert (done["logins"], done["tokens"]) == (1, 1)
    assert (await models(served, login), await models(served, made["token"])) == (401, 401)
    assert await models(served, (await served.log_in())["access_token"]) == 200


TAKING_AWAY = [
    ("PATCH", "/v1/users/anna", {"disabled": True}),
    ("POST", "/v1/users/anna/revoke", None),
    ("DELETE", "/v1/users/anna", None),
    ("DELETE", "/v1/tokens/stream", None),
]


@pytest.mark.parametrize(("method", "path", "body"), TAKING_AWAY)
async def test_what_is_open_ends_with_the_right_to_it(
    served: ServedDaemon, method: str, path: str, body: object
) -> None:
    login = (await served.user(tier="pro"))["access_token"]
    _, made = await served.over_http("POST", "/v1/client/tokens", login, json={"name": "stream"})
    served.upstream.enqueue(say("one ", "two"), "stall-after=2")
    chat = {"model": "scripted/small", "stream": True, "messages": [{"role": "user", "content": "x"}]}
    async with (
        served.http_client(made["token"]) as client,
        client.post("/v1/chat/completions", json=chat) as reply,
    ):
        assert reply.status == 200
        await reply.content.readany()
        await served.call(method, path, json=body)
        rest = await asyncio.wait_for(reply.content.read(), 5)
    assert b"revoked" in rest and b"[DONE]" not in rest


async def test_a_turn_that_is_being_answered_ends_with_the_right_to_it(served: ServedDaemon) -> None:
    login = (await served.user(tier="pro"))["access_token"]
    served.upstream.enqueue(say("one ", "two"), "stall-after=2")
    ask = {"input": "x", "model": "scripted/small"}
    async with served.http_client(login) as client, client.post("/v1/sessions/new/turns", json=ask) as reply:
        while b"one" not in await reply.content.readline():
            pass
        await served.post("/v1/users/anna/revoke")
        events = events_of((await asyncio.wait_for(reply.content.read(), 5)).decode())
    assert [(event["type"], event["error"]["code"]) for event in events] == [("error", "unauthenticated")]


async def test_a_new_password_ends_the_log_ins_of_the_old_one(served: ServedDaemon) -> None:
    login = (await served.user())["access_token"]
    await served.call("PATCH", "/v1/users/anna", json={"password": "quite another password"})
    assert await models(served, login) == 401
    await served.log_in(password="quite another password")


async def test_an_admin_deals_with_people_and_is_no_owner(served: ServedDaemon) -> None:
    admin = (await served.user("boss", role="admin"))["access_token"]
    status, made = await served.over_http("POST", "/v1/users", admin, json={"name": "ben", "tier": "pro"})
    assert (status, made["name"]) == (200, "ben")
    for method, path in (
        ("GET", "/v1/config"),
        ("GET", "/v1/tokens"),
        ("GET", "/v1/keys"),
        ("POST", "/v1/daemon/stop"),
    ):
        assert (await served.over_http(method, path, admin))[0] == 403
    # Nor does anything that he may write make him one.
    for role in ("owner", "root", ""):
        assert (await served.over_http("PATCH", "/v1/users/boss", admin, json={"role": role}))[0] == 400
    demoted = {"role": "user"}
    assert (await served.call("PATCH", "/v1/users/boss", json=demoted))[0] == 200
    assert (await served.over_http("GET", "/v1/users", admin))[0] == 403


async def test_usage_belongs_to_the_account_and_is_shown_by_name(served: ServedDaemon) -> None:
    login = (await served.user(tier="pro"))["access_token"]
    _, made = await served.over_http("POST", "/v1/client/tokens", login, json={"name": "t", "scopes": ["inference"]})
    chat = {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}]}
    for token in (login, made["token"], await served.token("inference")):
        assert (await served.over_http("POST", "/v1/chat/completions", token, json=chat))[0] == 200
    _, usage = await served.get("/v1/usage", by="client")
    assert {item["key"]: item["requests"] for item in usage["items"]} == {"user/anna": 2, "token/test": 1}
    _, usage = await served.over_http("GET", "/v1/usage?by=client", login)
    assert {item["key"]: item["requests"] for item in usage["items"]} == {"user/anna": 2}
