"""The tools that change code, through the daemon."""

import os

from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.test_files import call


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
    await call(served, "code_create", here, path="b.py", content="b = 1\n")
    for action in ("restore", "diff"):
        other = await call(served, "code_backup", here, path="b.py", action=action, backup_id=done["backup_id"])
        assert other["error"]["code"] == "file_not_found", "what is kept of another file is none of this one's"


async def test_a_diff_is_applied_to_several_files(served: ServedDaemon, folder: str) -> None:
    here = os.path.join(folder, "project")
    os.mkdir(here)
    with open(f"{here}/a.py", "w") as file:
        file.write("one\ntwo\n")
    diff = "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
    tried = (await call(served, "code_patch", here, diff=diff, dry_run=True))["value"]
    assert (tried["applied"], tried["files"][0]["ok"], tried["backup_id"]) == (False, True, None)
    both = f"{diff}--- /dev/null\n+++ b/new/b.py\n@@ -0,0 +1 @@\n+x\n"
    done = await call(served, "code_patch", here, diff=both)
    assert done["value"]["applied"] and done["changes"] == ["patched a.py", "patched new/b.py"]
    with open(f"{here}/a.py") as file:
        assert file.read() == "one\n2\n"
    backup = done["value"]["files"][0]["backup_id"]
    assert (await call(served, "code_backup", here, path="a.py", action="restore", backup_id=backup))["ok"]
    again = (await call(served, "code_patch", here, diff=diff))["value"]
    assert again["applied"] and again["backup_id"]
    stale = (await call(served, "code_patch", here, diff=diff))["value"]
    assert not stale["applied"] and "line 2 is '2\\n'" in stale["files"][0]["reject"]
    assert (await call(served, "code_patch", here, diff="nonsense"))["error"]["code"] == "invalid_arguments"
