"""What tools have changed is taken back by the receipt of the call, by whoever had it changed and nobody else."""

import os

from tests.triforce_daemon.hostile_repository import git, repository, write
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.tools.test_files import call
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.undo import Undo


async def undone(served: ServedDaemon, receipt: str) -> dict:
    status, reply = await served.post(f"/v1/receipts/{receipt}/undo")
    assert status == 200, reply
    return reply


def read(path: str) -> str | None:
    if not os.path.exists(path):
        return None
    with open(path) as file:
        return file.read()


async def test_files_and_memory_are_as_they_were(served: ServedDaemon, folder: str) -> None:
    here = f"{folder}/project"
    write(here, {"a.py": "one\n"})
    diff = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-one\n+two\n--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x\n"
    patched = (await call(served, "code_patch", here, diff=diff))["receipt"]
    assert (read(f"{here}/a.py"), read(f"{here}/new.py")) == ("two\n", "x\n")
    reply = await undone(served, patched[:13])
    assert (reply["receipt"], reply["kept"]) == (patched, [])
    assert [(one["kind"], one["what"]) for one in reply["undone"]] == [("file", "new.py"), ("file", "a.py")]
    assert (read(f"{here}/a.py"), read(f"{here}/new.py")) == ("one\n", None)
    again = await undone(served, patched)
    assert again["undone"] == [] and {one["reason"] for one in again["kept"]} == {"It is as it was before."}
    stored = await call(served, "memory_store", here, content="The ledger is in PostgreSQL.")
    assert (await undone(served, stored["receipt"]))["undone"][0]["what"] == stored["value"]["id"]
    assert (await call(served, "memory_search", here, query="ledger"))["value"]["count"] == 0
    _, page = await served.get("/v1/audit", kind="change")
    assert page["items"][0]["what"].startswith(f"undone {stored['receipt']}")


async def test_what_stays_as_it_is_comes_with_the_reason(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    written = await call(served, "file_write", here, path="x", content="one")
    write(here, {"x": "somebody else's"})
    (kept,) = (await undone(served, written["receipt"]))["kept"]
    assert kept["kind"] == "file" and "changed since" in kept["reason"] and read(f"{here}/x") == "somebody else's"
    git(here, "config", "user.name", "Rita")
    git(here, "config", "user.email", "r@x")
    done = await call(served, "git_commit", here, message="x", files=["x"])
    (kept,) = (await undone(served, done["receipt"]))["kept"]
    assert kept["what"] == done["value"]["commit"] and "git reset" in kept["reason"]
    for receipt, code in (((await call(served, "git_status", here))["receipt"], "conflict"), ("f" * 12, "not_found")):
        _, reply = await served.post(f"/v1/receipts/{receipt}/undo")
        assert reply["error"]["code"] == code


async def test_nobody_takes_back_what_another_has_had_changed(folder: str) -> None:
    granted = {"workspaces__docs__callers": "user/anna,user/ben", "workspaces__docs__write": "true"}
    async with serve(folder, **granted) as served:
        tokens = [
            (await served.user(name, tier="unlimited", role=role, grants=["tools:write"]))["access_token"]
            for name, role in (("anna", "user"), ("ben", "user"), ("carla", "admin"))
        ]
        body = {"arguments": {"path": "x", "content": "hello"}, "approved": True}
        _, done = await served.over_http("POST", "/v1/tools/file_write/run", tokens[0], json=body)
        assert done["ok"], done
        way, path = f"/v1/receipts/{done['receipt']}/undo", f"{served.places.workspaces}/docs/x"
        assert (await served.over_http("POST", way, tokens[1]))[0] == 404
        _, admins = await served.over_http("POST", way, tokens[2])
        assert admins["undone"] == [] and "Nothing is kept" in admins["kept"][0]["reason"]
        assert read(path) == "hello"
        assert (await served.over_http("POST", way, tokens[0]))[1]["undone"][0]["what"] == "x"
        assert read(path) is None


async def test_who_may_not_write_any_more_takes_nothing_back(folder: str) -> None:
    granted = {"workspaces__docs__callers": "token/t", "workspaces__docs__write": "true"}
    async with serve(folder, **granted) as served:
        writer = await served.token("tools", "tools:write", name="t")
        body = {"arguments": {"path": "x.py", "content": "hello"}}
        _, done = await served.over_http("POST", "/v1/tools/code_create/run", writer, json=body)
        assert done["ok"], done
        other = await served.token("tools", "tools:write", name="other")
        assert (await served.over_http("POST", f"/v1/receipts/{done['receipt']}/undo", other))[0] == 404
        looker = Caller(kind="token", name="token/t", token="t", scopes=frozenset({"tools"}))
        reply = await served.parts.get(Undo).undo(looker, done["receipt"])
        assert [one["reason"] for one in reply["kept"]] == ["That needs the scope tools:write."]
