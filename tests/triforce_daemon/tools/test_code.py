"""The tools for code, through the daemon."""

import os

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.tools.test_files import call
from triforce_daemon.services.code_runs import CodeRuns


async def test_code_is_made_read_edited_and_restored(served: ServedDaemon, folder: str) -> None:
    here = os.path.join(folder, "project")
    os.mkdir(here)
    made = (await call(served, "code_create", here, path="a/x.py", content="x = 1\n"))["value"]
    assert made["bytes"] == 6
    assert (await call(served, "code_create", here, path="a/x.py", content="y"))["error"]["code"] == "file_changed"
    read = (await call(served, "code_read", here, path="a/x.py"))["value"]
    assert (read["text"], read["lines"], read["sha256"]) == ("x = 1\n", 1, made["sha256"])
    change = {"path": "a/x.py", "mode": "replace", "old_text": "1", "new_text": "2"}
    tried = (await call(served, "code_edit", here, **change, dry_run=True))["value"]
    assert "-x = 1\n+x = 2" in tried["diff"] and tried["backup_id"] is None
    done = (await call(served, "code_edit", here, **change, expected_sha256=read["sha256"]))["value"]
    assert done["syntax_ok"] and done["sha256"] == tried["sha256"]
    stale = await call(served, "code_edit", here, **{**change, "old_text": "2"}, expected_sha256=read["sha256"])
    assert stale["error"]["code"] == "file_changed"
    kept = (await call(served, "code_backup", here, path="a/x.py", action="list"))["value"]["backups"]
    assert kept[0]["id"] == done["backup_id"] and kept[-1]["sha256"] is None
    backup = {"path": "a/x.py", "backup_id": done["backup_id"]}
    assert "+x = 2" in (await call(served, "code_backup", here, **backup, action="diff"))["value"]["diff"]
    assert (await call(served, "code_backup", here, **backup, action="restore"))["value"]["restored"]
    assert (await call(served, "code_read", here, path="a/x.py"))["value"]["text"] == "x = 1\n"
    assert (await call(served, "code_backup", here, path="a/x.py", action="diff"))["error"][
        "code"
    ] == "invalid_arguments"
    await call(served, "code_backup", here, path="a/x.py", action="create")


async def test_a_project_is_shown_as_a_tree(served: ServedDaemon, folder: str) -> None:
    here = os.path.join(folder, "project")
    for path in ("a/b/c/d.py", "a/e.txt", "f.py"):
        os.makedirs(os.path.dirname(f"{here}/{path}"), exist_ok=True)
        with open(f"{here}/{path}", "w") as file:
            file.write("12345")
    tree = (await call(served, "code_tree", here))["value"]
    assert [one["path"] for one in tree["tree"]] == ["a", "a/b", "a/b/c", "a/e.txt", "f.py"]
    assert (tree["dirs"], tree["files"], tree["bytes"]) == (3, 2, 10)
    folders = (await call(served, "code_tree", here, depth=9, files=False))["value"]["tree"]
    assert [one["path"] for one in folders] == ["a", "a/b", "a/b/c"]
    assert (await call(served, "code_tree", here, depth=9, glob="*.py"))["value"]["files"] == 2


async def test_symbols_and_references(served: ServedDaemon, folder: str) -> None:
    here = os.path.join(folder, "project")
    os.makedirs(f"{here}/.venv")
    for path, text in (("a.py", "def area(x): return x\n"), ("b.py", "area(1)\n"), (".venv/c.py", "area(2)\n")):
        with open(f"{here}/{path}", "w") as file:
            file.write(text)
    (symbol,) = (await call(served, "code_symbols", here, path="a.py", kind="function", name="are"))["value"]["symbols"]
    assert (symbol["name"], symbol["line"], symbol["signature"]) == ("area", 1, "def area(x)")
    assert (await call(served, "code_symbols", here, path="a.py", kind="class"))["value"]["symbols"] == []
    found = (await call(served, "code_references", here, path=".", name="area"))["value"]["references"]
    assert [(os.path.basename(one["path"]), one["kind"]) for one in found] == [("a.py", "def"), ("b.py", "call")]
    (one,) = (await call(served, "code_references", here, path="b.py", name="area"))["value"]["references"]
    assert (one["path"], one["line"]) == ("b.py", 1)


async def test_code_is_not_run_unless_it_is_allowed(served: ServedDaemon, folder: str) -> None:
    refused = await call(served, "code_exec", folder, code="print(1)")
    assert refused["error"]["code"] == "tool_unavailable" and "sandbox.enabled" in refused["error"]["hint"]


async def test_code_is_run_in_the_sandbox(folder: str) -> None:
    async with serve(folder, sandbox__enabled="true") as served:
        if (lack := served.parts.get(CodeRuns).missing()) is not None:
            pytest.skip(lack.reason)
        ran = (await call(served, "code_exec", folder, code="import os; print(6 * 7, os.listdir('/'))"))["value"]
        assert ran["exit_code"] == 0 and ran["stdout"].startswith("42 ") and "home" not in ran["stdout"]
        slow = (await call(served, "code_exec", folder, code="while :; do :; done", language="bash", timeout=1))[
            "value"
        ]
        assert slow["timed_out"] or slow["exit_code"] == 137
