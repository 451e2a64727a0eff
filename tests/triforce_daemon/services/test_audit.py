"""What the audit keeps of what people do, and what it tells admins of it."""

import base64
import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.triforce_daemon.gateway import gateway
from tests.triforce_daemon.served_daemon import HELLO, PASSWORD, ServedDaemon

ASK = {"model": "scripted/small", "messages": [{"role": "user", "content": "nobody may read this"}]}


async def audit(served: ServedDaemon, **query: object) -> list[dict[str, Any]]:
    """The newest first."""
    status, page = await served.get("/v1/audit", **query)
    assert status == 200, page
    return page["items"]


async def whole(served: ServedDaemon) -> bool:
    return (await served.get("/v1/audit/verify"))[1]["ok"]


async def test_a_request_is_kept_with_all_but_what_was_said(served: ServedDaemon) -> None:
    token = (await served.user("anna", tier="pro"))["access_token"]
    assert (await served.over_http("POST", "/v1/chat/completions", token, json=ASK))[0] == 200
    (item,) = await audit(served, kind="request")
    assert (item["caller"], item["what"]) == ("user/anna", "scripted/small: done")
    said = item["document"]
    assert said["route"] == [{"model": "scripted/small", "status": 200, "error": None, "ms": said["route"][0]["ms"]}]
    assert (said["listener"], said["boundary"], said["truncated"], said["state"]) == ("http", "any", False, "done")
    assert (said["tokens_in"], said["tokens_out"], said["cost"]) == (3, 2, "0")
    assert said["login"] and said["token"] is None
    assert "nobody may read this" not in json.dumps(said)
    assert await whole(served)


async def test_candidates_that_failed_stand_in_the_route(folder: str) -> None:
    async with gateway(folder, aliases__fast__models="groq/m,mistral/second", routing__retries="0") as house:
        house.upstream.script("m", HELLO, "status=500")
        house.upstream.script("second", HELLO)
        told = await house.chat("fast", stream=False)
        assert told.status == 200, told.text
        (item,) = await audit(house.served, kind="request")
        assert item["what"] == "fast -> mistral/second: done"
        route = [(one["model"], one["status"], one["error"]) for one in item["document"]["route"]]
        assert route == [("groq/m", 500, "upstream_failed"), ("mistral/second", 200, None)]


async def test_log_ins_are_kept_with_their_address_and_refused_ones_too(served: ServedDaemon) -> None:
    await served.user("anna")
    for name, password in (("anna", "not hers at all"), ("my secret password", "x" * 12)):
        known = {"name": name, "password": password}
        assert (await served.over_http("POST", "/v1/client/login", json=known))[0] == 401
    login = await served.log_in("anna")
    assert (await served.over_http("POST", "/v1/client/refresh", json={"refresh_token": login["refresh_token"]}))[
        0
    ] == 200
    assert (await served.over_http("POST", "/v1/client/refresh", json={"refresh_token": login["refresh_token"]}))[
        0
    ] == 401
    found = [(one["what"], one["caller"], one["subject"], one["address"]) for one in await audit(served, kind="login")]
    assert found == [
        ("refused a refresh token was used twice", None, "user/anna", None),
        ("login", "user/anna", None, "127.0.0.1"),
        ("refused", None, None, "127.0.0.1"),
        ("refused", None, "user/anna", "127.0.0.1"),
        ("login", "user/anna", None, "127.0.0.1"),
    ]
    with closing(sqlite3.connect(served.database.name)) as connection, connection:
        assert "my secret password" not in "".join(connection.iterdump())


async def test_a_password_with_each_request_is_kept_once_in_a_while(served: ServedDaemon) -> None:
    await served.user("anna")
    shown = {"authorization": "Basic " + base64.b64encode(f"anna:{PASSWORD}".encode()).decode()}
    for _ in range(3):
        assert (await served.over_http("GET", "/v1/client/profile", headers=shown))[0] == 200
    assert [one["what"] for one in await audit(served, kind="login")] == ["with each request", "login"]


CHANGES: list[tuple[str, str, Any, str]] = [
    ("POST", "/v1/users", {"name": "ben", "password": PASSWORD}, "users.create tier=free role=user grants=-"),
    ("PATCH", "/v1/users/anna", {"tier": "pro"},
     "users.change tier=pro tier_expires=- role=user grants=- limits=- disabled=-"),
    ("POST", "/v1/users/anna/revoke", None, "users.revoke logins=1 tokens=0"),
    ("GET", "/v1/users/anna/export", None, "users.export"),
    ("DELETE", "/v1/users/anna", None, "users.delete"),
    ("PUT", "/v1/config/log.level", {"value": "debug"}, "config.set log.level value=debug"),
    ("PUT", "/v1/registry/default", {"model": "scripted/large"}, "models.default model=scripted/large"),
    ("PUT", "/v1/registry/aliases/quick", {"models": ["scripted/small"]},
     "aliases.set quick models=scripted/small boundary=any order=priority"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "what"), CHANGES)
async def test_changes_are_kept_with_who_and_what(
    served: ServedDaemon, method: str, path: str, body: object, what: str
) -> None:
    await served.user("anna")
    status, reply = await served.call(method, path, json=body)
    assert status == 200, reply
    (item, *_) = await audit(served, kind="change")
    assert item["what"] == what
    assert item["caller"] == (await served.get("/v1/client/profile"))[1]["name"]
    assert (item["subject"] is not None) == ("/v1/users" in path)
    assert item["request"]


async def test_no_secret_and_no_persons_name_stands_in_the_audit(served: ServedDaemon) -> None:
    admin = (await served.user("carla", role="admin"))["access_token"]
    _, made = await served.over_http("POST", "/v1/users/carla/tokens", admin, json={"name": "carlas-laptop"})
    _, made_by_owner = await served.post("/v1/tokens", {"name": "ci", "scopes": ["read"]})
    await served.call("PUT", "/v1/keys/groq", json={"name": "default", "secret": "gsk_sEcReT0123456789"})
    with closing(sqlite3.connect(served.database.name)) as connection, connection:
        kept = str(connection.execute("SELECT * FROM audit").fetchall())
    for secret in ("carla", "laptop", made["token"], made_by_owner["token"], PASSWORD, "sEcReT", "user/"):
        assert secret not in kept
    assert made["id"] in kept
    assert [one["what"].split()[0] for one in await audit(served, kind="change")][1:] == ["tokens.create"] * 2 + [
        "users.create"
    ]


async def test_the_list_is_narrowed_down(served: ServedDaemon) -> None:
    token = (await served.user("anna"))["access_token"]
    for _ in range(2):
        await served.over_http("POST", "/v1/chat/completions", token, json=ASK)
    await served.turn()
    everything = await audit(served)
    of_anna = await audit(served, caller="anna")
    assert [one["kind"] for one in of_anna] == ["request", "request", "login", "change"]
    assert await audit(served, caller="user/anna", kind="login") == [of_anna[2]]
    assert await audit(served, request=of_anna[0]["request"]) == [of_anna[0]]
    assert await audit(served, limit=1) == everything[:1]
    assert await audit(served, since="2999-01-01T00:00:00Z") == []
    assert await audit(served, caller="nobody") == []
    for wrong in ({"limit": 0}, {"limit": 1_001}, {"since": "soon"}, {"kind": "colour"}):
        assert (await served.get("/v1/audit", **wrong))[0] == 400


async def test_who_changes_a_row_behind_the_daemons_back_is_found(served: ServedDaemon) -> None:
    for _ in range(3):
        await served.turn()
    status, page = await served.get("/v1/audit/verify")
    (chain,) = page["items"]
    assert (status, page["ok"], chain["ok"], chain["own"], chain["rows"]) == (200, True, True, True, 3)
    assert chain["unsigned"] == 3 and len(chain["key"]) == 64 and chain["last"] == 3
    with closing(sqlite3.connect(served.database.name)) as connection, connection:
        connection.execute("UPDATE audit SET document = replace(document, 'done', 'failed') WHERE number = 2")
    _, page = await served.get("/v1/audit/verify")
    (chain,) = page["items"]
    assert (page["ok"], chain["place"], chain["reason"]) == (False, "row 2", "it was changed")


async def test_an_erased_person_is_nobody_and_an_exported_one_gets_his_rows(served: ServedDaemon) -> None:
    login = await served.user("anna")
    await served.over_http("POST", "/v1/chat/completions", login["access_token"], json=ASK)
    _, export = await served.get("/v1/users/anna/export")
    assert [one["kind"] for one in export["audit"]] == ["request", "login", "change"]
    assert (await served.call("DELETE", "/v1/users/anna", params={"erase": "true"}))[0] == 200
    with closing(sqlite3.connect(served.database.name)) as connection, connection:
        assert login["user"]["id"] not in "".join(connection.iterdump())
    (item,) = await audit(served, kind="request")
    assert (item["caller"], item["document"]["tokens_in"]) == (None, 3)
    (erased,) = await audit(served, kind="audit")
    assert erased["what"] == "erased" and erased["caller"] is not None
    assert await whole(served)
