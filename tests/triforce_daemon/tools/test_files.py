"""The tools for files, through the daemon: what they do, what they refuse, and for whom."""

import os

from tests.triforce_daemon.served_daemon import ServedDaemon, serve


async def call(served: ServedDaemon, tool: str, here: str, /, **arguments: object) -> dict:
    body = {"arguments": arguments, "folder": here, "approved": True}
    status, result = await served.post(f"/v1/tools/{tool}/run", body)
    assert status == 200, result
    return result


async def test_a_file_is_written_read_and_listed(served: ServedDaemon, folder: str) -> None:
    here = os.path.join(folder, "project")
    os.mkdir(here)
    made = await call(served, "file_write", here, path="a/x.txt", content="grün")
    assert made["value"]["bytes"] == 5 and made["value"]["backup_id"] and made["changes"] == ["create: a/x.txt"]
    again = await call(served, "file_write", here, path="a/x.txt", content="x")
    assert again["error"]["code"] == "file_changed"
    await call(served, "file_write", here, path="a/x.txt", content=" und blau", mode="append")
    read = (await call(served, "file_read", here, path="a/x.txt"))["value"]
    assert (read["text"], read["base64"], read["size"], len(read["sha256"])) == ("grün und blau", None, 14, 64)
    assert (await call(served, "file_read", here, path="a/x.txt", max_bytes=3))["value"]["text"] == "gr"
    assert (await call(served, "file_read", here, path="a/x.txt", encoding="base64"))["value"]["base64"]
    assert (await call(served, "file_read", here, path="a/x.txt", encoding="ascii"))["value"]["text"] is None
    below = (await call(served, "file_list", here, path=".", recursive=True))["value"]
    assert [(one["name"], one["type"]) for one in below["entries"]] == [("a", "folder"), ("a/x.txt", "file")]
    assert below["host"] and not below["truncated"]
    assert [one["name"] for one in (await call(served, "file_list", here, path="a"))["value"]["entries"]] == ["x.txt"]
    fitting = (await call(served, "file_list", here, path=".", recursive=True, glob="*.txt"))["value"]["entries"]
    assert [one["name"] for one in fitting] == ["a/x.txt"]
    assert (await call(served, "file_list", here, path=".", recursive=True, limit=1))["value"]["truncated"]


async def test_what_leads_out_is_refused(served: ServedDaemon, folder: str) -> None:
    here = os.path.join(folder, "project")
    os.mkdir(here)
    os.symlink("/etc", f"{here}/link")
    for path in ("/etc/passwd", "../x", "link/passwd", "a\0b", f"{served.places.database}"):
        for tool, more in (("file_read", {}), ("file_list", {}), ("file_write", {"content": "x"})):
            refused = await call(served, tool, here, path=path, **more)
            assert refused["error"]["code"] == "path_refused", (tool, path)
    assert (await call(served, "file_read", here, path="nothing"))["error"]["code"] == "file_not_found"


async def test_an_account_has_what_it_was_granted(folder: str) -> None:
    granted = {"workspaces__docs__callers": "user/anna", "workspaces__docs__write": "true"}
    async with serve(folder, **granted) as served:
        anna = (await served.user("anna", tier="unlimited", grants=["tools:write"]))["access_token"]
        ben = (await served.user("ben", tier="unlimited", grants=["tools:write"]))["access_token"]
        body = {"arguments": {"path": "x", "content": "hello"}, "folder": folder}
        _, waits = await served.over_http("POST", "/v1/tools/file_write/run", anna, json=body)
        assert waits["error"]["code"] == "approval_needed"
        _, done = await served.over_http("POST", "/v1/tools/file_write/run", anna, json={**body, "approved": True})
        assert done["ok"], done
        assert os.listdir(f"{served.places.workspaces}/docs") == ["x"]
        _, refused = await served.over_http("POST", "/v1/tools/file_read/run", ben, json={"arguments": {"path": "x"}})
        assert refused["error"]["code"] == "path_refused" and "no workspace" in refused["error"]["message"]
