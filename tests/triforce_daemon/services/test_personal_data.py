"""All that is kept of one person: handed out, and forgotten, without touching anybody else's."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs


async def _at_once(_: JobRun) -> object:
    return None


async def used(served: ServedDaemon, name: str) -> str:
    """An account that has done something of everything; its id."""
    login = await served.user(name, tier="pro")
    token = login["access_token"]
    await served.over_http("POST", "/v1/client/tokens", token, json={"name": f"token-of-{name}"})
    async with served.http_client(token) as client:
        ask = {"input": f"secret of {name}", "model": "scripted/small"}
        async with client.post("/v1/sessions/new/turns", json=ask) as reply:
            assert '"done"' in await reply.text()
    kept = {"content": f"prompt of {name}"}
    assert (await served.over_http("PUT", "/v1/prompts/mine", token, json=kept))[0] == 200
    him = Caller(kind="user", name=f"user/{name}", user=login["user"]["id"])
    job = await served.parts.get(Jobs).start(him, "test", f"job of {name}", _at_once)
    await served.parts.get(Jobs).wait(him, job["id"], 5)
    ask = {"model": "scripted/small", "input": f"stored by {name}"}
    assert (await served.over_http("POST", "/v1/responses", token, json=ask))[0] == 200
    entry = {"content": f"known of {name}", "tags": [f"tag-of-{name}"]}
    _, first = await served.over_http("POST", "/v1/memory", token, json=entry)
    await served.over_http("PATCH", f"/v1/memory/{first['id']}", token, json={"content": f"known better of {name}"})
    _, gone = await served.over_http("POST", "/v1/memory", token, json={"content": f"forgotten by {name}"})
    forget = {"ids": [gone["id"]], "dry_run": False}
    assert (await served.over_http("POST", "/v1/memory/forget", token, json=forget))[1]["deleted"] == 1
    return login["user"]["id"]


def dump(served: ServedDaemon) -> str:
    with closing(sqlite3.connect(served.database.path)) as connection, connection:
        return "".join(connection.iterdump())


async def test_the_export_holds_all_and_nothing_of_others(served: ServedDaemon) -> None:
    for name in ("anna", "benjamin"):
        await used(served, name)
    _, export = await served.get("/v1/users/anna/export")
    assert export["user"]["name"] == "anna"
    assert [turn["input"] for one in export["sessions"] for turn in one["history"]] == ["secret of anna"]
    assert len(export["responses"]) == 1
    assert [prompt["content"] for prompt in export["prompts"]] == ["prompt of anna"]
    assert [job["title"] for job in export["jobs"]] == ["job of anna"]
    assert [token["name"] for token in export["tokens"]] == ["token-of-anna"]
    assert sum(day["requests"] for day in export["usage"]) == 2
    said = {version["content"] for entry in export["memory"] for version in entry["versions"]}
    assert said == {"known of anna", "known better of anna", "forgotten by anna"}
    assert "benjamin" not in json.dumps(export)
    assert "tf_" not in json.dumps(export)


@pytest.mark.parametrize("erase", [False, True])
async def test_who_is_removed_is_gone_and_what_the_others_have_stays(served: ServedDaemon, erase: bool) -> None:
    anna, benjamin = await used(served, "anna"), await used(served, "benjamin")
    login = (await served.log_in("anna"))["access_token"]
    status, done = await served.call("DELETE", "/v1/users/anna", params={"erase": str(erase).lower()})
    assert status == 200
    assert (done["sessions"], done["responses"], done["tokens"], done["memories"]) == (1, 1, 1, 2)
    assert done["usage_rows"] == (2 if erase else 0)
    assert (await served.over_http("GET", "/v1/models", login))[0] == 401
    assert (await served.get("/v1/users/anna"))[0] == 404
    kept = dump(served)
    assert (done["jobs"], done["prompts"]) == (1, 1)
    for trace in (
        "secret of anna",
        "stored by anna",
        "prompt of anna",
        "job of anna",
        "token-of-anna",
        "known of anna",
        "forgotten by anna",
        "tag-of-anna",
        "'anna'",
    ):
        assert trace not in kept
    assert (anna in kept) is not erase
    assert "secret of benjamin" in kept and benjamin in kept
    _, usage = await served.get("/v1/usage", by="client")
    names = {item["key"].partition("/")[0]: item["requests"] for item in usage["items"]}
    assert names == ({"erased": 2, "user": 2} if erase else {"user": 2})
    # The name is free again, and whoever takes it finds nothing.
    again = (await served.user("anna"))["access_token"]
    assert (await served.over_http("GET", "/v1/sessions", again))[1]["items"] == []
    assert (await served.over_http("GET", "/v1/usage", again))[1]["items"] == []
