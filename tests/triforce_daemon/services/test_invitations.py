"""Invitations: shown once, good once, and not for ever."""

import sqlite3
from contextlib import closing

from tests.triforce_daemon.served_daemon import PASSWORD, ServedDaemon, serve


async def test_a_code_is_shown_once_and_not_kept(served: ServedDaemon) -> None:
    _, made = await served.post("/v1/invitations", {"tier": "pro", "expires": "2999-01-01T00:00:00Z"})
    code = made.pop("code")
    assert made.pop("schema") == "triforce.users.invite/1"
    assert code.startswith("tfi_") and len(code) == 36
    _, listed = await served.get("/v1/invitations")
    assert listed["items"] == [made]
    with closing(sqlite3.connect(served.database.path)) as connection, connection:
        assert code not in "".join(connection.iterdump())
    assert (await served.post("/v1/invitations", {"expires": "2020-01-01T00:00:00Z"}))[0] == 400


async def test_one_that_was_withdrawn_or_is_over_is_good_for_nothing(folder: str) -> None:
    async with serve(folder, users__registration="invitation") as served:
        _, gone = await served.post("/v1/invitations", {})
        _, over = await served.post("/v1/invitations", {})
        assert (await served.call("DELETE", f"/v1/invitations/{gone['id']}"))[0] == 200
        assert (await served.call("DELETE", f"/v1/invitations/{gone['id']}"))[0] == 404
        with closing(sqlite3.connect(served.database.path)) as connection, connection:
            connection.execute("UPDATE invitations SET expires = 1")
        for code in (gone["code"], over["code"]):
            ask = {"name": "ben", "password": PASSWORD, "invitation": code}
            assert (await served.over_http("POST", "/v1/client/register", json=ask))[0] == 403


async def test_one_that_was_used_says_so(folder: str) -> None:
    async with serve(folder, users__registration="invitation") as served:
        _, made = await served.post("/v1/invitations", {})
        ask = {"name": "ben", "password": PASSWORD, "invitation": made["code"]}
        assert (await served.over_http("POST", "/v1/client/register", json=ask))[0] == 200
        assert (await served.get("/v1/invitations"))[1]["items"][0]["used"]
