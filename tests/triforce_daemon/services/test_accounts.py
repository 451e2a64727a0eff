"""An account as its holder deals with it, by the routes."""

import asyncio
import time

import pytest

from tests.triforce_daemon.served_daemon import PASSWORD, ServedDaemon, serve

BEN = {"name": "ben", "password": PASSWORD}


async def register(served: ServedDaemon, **more: object) -> tuple[int, dict]:
    return await served.over_http("POST", "/v1/client/register", json={**BEN, **more})


async def test_nobody_registers_unless_the_owner_wants_it(served: ServedDaemon) -> None:
    status, body = await register(served)
    assert (status, body["error"]["code"]) == (403, "forbidden")
    assert (await served.get("/v1/users"))[1]["items"] == []


async def test_where_it_is_open_one_registers_and_is_logged_in(folder: str) -> None:
    async with serve(folder, users__registration="open", users__tier="pro") as served:
        status, made = await register(served)
        assert status == 200
        assert (made["user"]["tier"], made["user"]["role"], made["token_type"]) == ("pro", "user", "Bearer")
        _, profile = await served.over_http("GET", "/v1/client/profile", made["access_token"])
        assert (profile["name"], profile["user"]) == ("user/ben", made["user"])
        assert (await served.log_in("ben"))["user"] == made["user"]


TAKEN = [{"name": "anna"}, {"name": "admin"}, {"name": "root"}]


async def test_names_that_cannot_be_had_are_answered_alike(folder: str) -> None:
    async with serve(folder, users__registration="open") as served:
        id = (await served.user())["user"]["id"]
        answers = [await register(served, **more) for more in [*TAKEN, {"name": id}]]
        assert {(status, body["error"]["code"]) for status, body in answers} == {(409, "conflict")}
        pairs = zip(answers, TAKEN, strict=False)
        said = {body["error"]["message"].replace(more["name"], "") for (_, body), more in pairs}
        assert len(said) == 1


WRONG = [{"name": ""}, {"name": "Anna"}, {"name": "a b"}, {"name": "a/b"}, {"name": "a" * 33}, {"name": "-a"},
         {"name": "\u0430"}, {"password": "short"}, {"password": "x" * 257}, {"password": "aaaaaaaaaaaa"}]  # fmt: skip


async def test_what_makes_no_sense_is_refused(folder: str) -> None:
    async with serve(folder, users__registration="open") as served:
        for wrong in WRONG:
            status, body = await register(served, **wrong)
            assert (status, body["error"]["code"]) == (400, "invalid_request"), wrong
            assert wrong.get("password", "?") not in str(body)
        assert (await served.get("/v1/users"))[1]["items"] == []


async def test_one_address_does_not_register_without_end(folder: str) -> None:
    async with serve(folder, users__registration="open") as served:
        found = [(await register(served, name=""))[0] for _ in range(22)]
        assert found == [400] * 20 + [429] * 2


async def test_with_an_invitation_one_registers_once(folder: str) -> None:
    async with serve(folder, users__registration="invitation", users__tier="free") as served:
        await served.user()
        _, invited = await served.post("/v1/invitations", {"tier": "pro"})
        assert (await register(served))[0] == 403
        assert (await register(served, invitation="tfi_" + "0" * 32))[0] == 403
        # A name that is taken does not use it up.
        assert (await register(served, name="anna", invitation=invited["code"]))[0] == 409
        status, made = await register(served, invitation=invited["code"], tier="unlimited")
        assert (status, made["user"]["tier"]) == (200, "pro")
        assert (await register(served, name="cleo", invitation=invited["code"]))[0] == 403


async def test_of_many_with_one_invitation_one_comes_in(folder: str) -> None:
    async with serve(folder, users__registration="invitation") as served:
        code = (await served.post("/v1/invitations", {}))[1]["code"]
        found = await asyncio.gather(*(register(served, name=f"u{at}", invitation=code) for at in range(8)))
        assert sorted(status for status, _ in found) == [200] + [403] * 7
        assert len((await served.get("/v1/users"))[1]["items"]) == 1


async def test_logging_in_tells_nothing_of_who_has_an_account(dear: None, served: ServedDaemon) -> None:
    await served.user()
    said = set()
    for wrong in ({"name": "anna", "password": "wrong"}, {"name": "nobody", "password": PASSWORD}):
        began = time.perf_counter()
        status, body = await served.over_http("POST", "/v1/client/login", json=wrong)
        # As long as it takes to compare a password.
        assert time.perf_counter() - began > 0.01
        said.add((status, body["error"]["message"], body["error"]["hint"]))
    assert len(said) == 1 and {status for status, *_ in said} == {401}


async def test_tokens_are_renewed_and_a_stolen_one_ends_the_log_in(served: ServedDaemon) -> None:
    first = await served.user()
    ask = {"refresh_token": first["refresh_token"]}
    status, second = await served.over_http("POST", "/v1/client/refresh", json=ask)
    assert (status, second["user"]) == (200, first["user"])
    assert (await served.over_http("GET", "/v1/models", second["access_token"]))[0] == 200
    assert (await served.over_http("POST", "/v1/client/refresh", json=ask))[0] == 401
    for token in (first, second):
        assert (await served.over_http("GET", "/v1/models", token["access_token"]))[0] == 401


async def test_who_logs_out_is_out_at_once(served: ServedDaemon) -> None:
    one, other, third = await served.user(), await served.log_in(), await served.log_in()
    status, done = await served.over_http("POST", "/v1/client/logout", one["access_token"], json={})
    assert (status, done["ended"]) == (200, 1)
    assert (await served.over_http("GET", "/v1/models", one["access_token"]))[0] == 401
    everywhere = {"everywhere": True}
    _, done = await served.over_http("POST", "/v1/client/logout", other["access_token"], json=everywhere)
    assert done["ended"] == 2
    assert (await served.over_http("GET", "/v1/models", third["access_token"]))[0] == 401
    assert (await served.post("/v1/client/logout", {}))[0] == 400


async def test_another_password_needs_the_one_before_and_ends_the_other_log_ins(served: ServedDaemon) -> None:
    mine, other = await served.user(), await served.log_in()
    patch = {"password": "quite another password", "current_password": "wrong"}
    assert (await served.over_http("PATCH", "/v1/client/profile", mine["access_token"], json=patch))[0] == 401
    patch["current_password"] = PASSWORD
    assert (await served.over_http("PATCH", "/v1/client/profile", mine["access_token"], json=patch))[0] == 200
    assert (await served.over_http("GET", "/v1/models", mine["access_token"]))[0] == 200
    assert (await served.over_http("GET", "/v1/models", other["access_token"]))[0] == 401
    await served.log_in(password="quite another password")
    old = {"name": "anna", "password": PASSWORD}
    assert (await served.over_http("POST", "/v1/client/login", json=old))[0] == 401


@pytest.mark.parametrize(("tier", "models"), [("free", "zero-price"), ("pro", "all")])
async def test_one_sees_what_one_may_use(served: ServedDaemon, tier: str, models: str) -> None:
    token = (await served.user(tier=tier, tier_expires="2999-01-01T00:00:00Z"))["access_token"]
    _, page = await served.over_http("GET", "/v1/client/tier", token)
    assert (page["tier"], page["limits"]["models"], page["expires"]) == (tier, models, "2999-01-01T00:00:00.000Z")
    assert (await served.get("/v1/client/tier"))[1]["limits"] is None
    assert (await served.get("/v1/client/profile"))[1]["kind"] == "owner"


async def test_a_log_in_survives_a_restart(folder: str) -> None:
    async with serve(folder) as served:
        token = (await served.user())["access_token"]
    async with serve(folder) as served:
        assert (await served.over_http("GET", "/v1/models", token))[0] == 200
