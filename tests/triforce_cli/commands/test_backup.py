"""`triforce backup`: made, listed, compared, brought back."""

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.triforce_cli.commands.test_jobs import DONE, FAILED, RUNNING
from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import NOW
from tests.triforce_daemon.served_daemon import fresh_database
from triforce_daemon.services.backups.archives import Archives, Note, manifest, pieces

MADE = {"name": "triforce-1", "path": "/s/triforce-1.tar.gz", "kinds": ["config"], "bytes": 2_048, "sha256": "ab" * 32}
BACKUP: dict[str, Any] = {**MADE, "created": NOW, "verified": True, "reason": None}


def test_create_waits_and_says_where_it_is(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("POST", "/v1/backups", RUNNING)
    fake_daemon.answers("GET", "/v1/jobs/k7wq", RUNNING)
    fake_daemon.answers("GET", "/v1/jobs/k7wq", {**DONE, "result": MADE})
    done = triforce("backup", "create", "--kind", "config")
    assert done.status == 0 and done.out == "/s/triforce-1.tar.gz\n" and MADE["sha256"] in done.err
    assert fake_daemon.asked[0].body == {"kinds": ["config"]}
    begun = triforce("backup", "create", "--no-wait")
    assert begun.out == "k7wq\n" and "triforce jobs wait k7wq" in begun.err
    assert fake_daemon.asked[-1].body == {}


def test_a_backup_that_fails_says_why(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("POST", "/v1/backups", RUNNING)
    fake_daemon.answers("GET", "/v1/jobs/k7wq", FAILED)
    done = triforce("backup", "create")
    assert done.status != 0 and "The daemon ended." in done.err
    fake_daemon.answers("GET", "/v1/jobs/k7wq", {**RUNNING, "state": "cancelled"})
    triforce("backup", "create")
    assert triforce("backup", "create").status == 1


def test_they_are_listed_and_compared(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    page = {"schema": "triforce.backup.list/1", "folder": "/s", "items": [BACKUP], "next": None}
    fake_daemon.answers("GET", "/v1/backups", page)
    assert triforce("backup", "list").out.split("\t")[::2] == ["triforce-1", "config", "true\n"]
    fake_daemon.answers("GET", "/v1/backups/triforce-1", {**BACKUP, "schema": "triforce.backup.verify/1"})
    assert triforce("backup", "verify", "triforce-1").status == 0
    broken = {
        **BACKUP,
        "verified": False,
        "reason": "Its SHA-256 is another one.",
        "schema": "triforce.backup.verify/1",
    }
    fake_daemon.answers("GET", "/v1/backups/triforce-1", broken)
    triforce("backup", "verify", "triforce-1")
    done = triforce("backup", "verify", "triforce-1")
    assert done.status == 1 and "another one" in done.out and "damaged" in done.out


def backup_of_a_database(folder: Path, title: str) -> str:
    """Made as the daemon makes it; its name."""

    archives = Archives(str(folder))
    with archives.staging() as staged:
        os.mkdir(f"{staged}/database")
        Path(staged, "database", "triforce.db").write_bytes(fresh_database())
        with closing(sqlite3.connect(f"{staged}/database/triforce.db")) as connection:
            row = ("k7wq", "me", title, "m", "chat", 1, 1)
            connection.execute(
                "INSERT INTO sessions (id, owner, title, model, origin, created, updated) VALUES (?,?,?,?,?,?,?)", row
            )
            connection.commit()
        Path(staged, "manifest.json").write_text(json.dumps({"files": manifest(staged, pieces(staged))}))
        note = Note(name="triforce-1", kinds=["database"], created=NOW, bytes=0, sha256="", version="1")
        return archives.pack(staged, note)["name"]


def test_a_database_is_brought_back_while_no_daemon_runs(environ: Mapping[str, str], triforce: Triforce) -> None:
    state = Path(environ["HOME"], ".local/state/triforce")
    name = backup_of_a_database(state / "archives", "kept")
    assert triforce("backup", "restore", name, "--no-input").status != 0
    done = triforce("backup", "restore", name, "--yes", "--json")
    assert done.status == 0, done.err
    told = json.loads(done.out)
    assert told["before"] is None and told["database"] == str(state / "triforce.db")
    with closing(sqlite3.connect(told["database"])) as connection:
        assert connection.execute("SELECT title FROM sessions").fetchall() == [("kept",)]
