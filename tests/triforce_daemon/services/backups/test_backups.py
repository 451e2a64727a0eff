"""Backups of a daemon that runs."""

import json
import os
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest, ToolUnavailable
from triforce_daemon.services.backups.archives import Archives
from triforce_daemon.services.backups.backups import Backups
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.toolbox.requirement import Missing

OWNER = Caller("owner", "me")
SECRET = "s3cret-canary-1"


async def made(served: ServedDaemon, *kinds: Any) -> dict[str, Any]:
    """The result of a job that has made one."""
    job = await served.parts.get(Backups).create(OWNER, kinds or None)
    done = await served.parts.get(Jobs).wait(OWNER, job["id"], 20)
    assert done["state"] == "done", done
    assert isinstance(done["result"], dict)
    return done["result"]


def content(path: str) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        members = ((member, archive.extractfile(member)) for member in archive)
        return {member.name: file.read() for member, file in members if file is not None}


async def test_the_database_and_the_configuration_are_copied_without_secrets(folder: str) -> None:
    Path(folder, "config.toml").write_text(f'[redis]\nurl = ""\n# redis://:{SECRET}@host\n')
    async with serve(folder) as served:
        await served.turn("Why?")
        result = await made(served)
        assert result["kinds"] == ["database", "config"]
        files = content(result["path"])
        assert SECRET.encode() not in b"".join(files.values())
        Path(folder, "copy.db").write_bytes(files["database/triforce.db"])
        with closing(sqlite3.connect(f"{folder}/copy.db")) as copy:
            (found,) = copy.execute("SELECT input FROM turns").fetchone()
        assert found == "Why?"
        told = json.loads(files["manifest.json"])
        assert told["files"].keys() == files.keys() - {"manifest.json"} and told["kinds"] == result["kinds"]
        listed = (await served.parts.get(Backups).all(9))["items"]
        assert [(one["path"], one["sha256"], one["verified"]) for one in listed] == [
            (result["path"], result["sha256"], True)
        ]


async def test_memory_conversations_and_the_audit_are_lines_that_can_be_read_back(served: ServedDaemon) -> None:
    await served.post("/v1/memory", {"content": "water is wet"})
    await served.turn("Why?")
    files = content((await made(served, "audit", "memory", "sessions"))["path"])
    names = {name.partition("/")[0] for name in files}
    assert names == {"memory", "sessions", "audit", "manifest.json"}
    (memory,) = (body for name, body in files.items() if name.startswith("memory/"))
    (session,) = (body for name, body in files.items() if name.startswith("sessions/"))
    documents = [json.loads(line) for line in memory.splitlines()]
    # What is there already is not added once more: so it is known again.
    _, imported = await served.post("/v1/memory/import", {"entries": documents})
    assert imported["duplicates"] == 1
    kinds = [json.loads(line)["type"] for line in session.splitlines()]
    assert kinds == ["session", "turn"]
    assert files["audit/rows.jsonl"].count(b"\n") >= 1


async def test_what_was_changed_is_not_verified(served: ServedDaemon) -> None:
    result, backups = await made(served, "config"), served.parts.get(Backups)
    with open(result["path"], "ab") as file:
        file.write(b"x")
    found = await backups.verify(result["name"])
    assert found["verified"] is False and "bytes" in (found["reason"] or "")
    os.unlink(result["path"])
    assert (await backups.all(9))["items"][0]["reason"] == "The file is gone."


async def test_what_was_made_stands_in_the_audit(served: ServedDaemon) -> None:
    result = await made(served, "config")
    _, audit = await served.get("/v1/audit", kind="change")
    assert any(result["sha256"] in one["what"] for one in audit["items"])


async def test_of_nothing_there_is_none_and_what_is_missing_is_said_at_once(served: ServedDaemon, folder: str) -> None:
    backups = served.parts.get(Backups)
    with pytest.raises(InvalidRequest):
        await backups.create(OWNER, [])

    class Absent:
        def missing(self) -> Any:
            return Missing("pg_dump is not installed.", "Install it.")

    poor = Backups(Archives(folder), {"database": Absent()}, None, None, None, "n")  # type: ignore[arg-type]
    with pytest.raises(ToolUnavailable, match="pg_dump"):
        await poor.create(OWNER, None)


async def test_a_disk_that_says_no_fails_the_job_and_leaves_nothing(folder: str) -> None:
    Path(folder, "file").touch()
    async with serve(folder, backup__folder=f"{folder}/file/below") as served:
        job = await served.parts.get(Backups).create(OWNER, ["config"])
        done = await served.parts.get(Jobs).wait(OWNER, job["id"], 20)
        assert done["error"] is not None and done["error"]["code"] == "storage_failed"
