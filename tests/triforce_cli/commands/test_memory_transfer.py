"""`triforce memory export` and `import`."""

import json
from pathlib import Path

from tests.triforce_cli.conftest import Spawn, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.memory_replies import CHANGE, DOCUMENT, ENTRY, ID
from triforce_cli.commands import _memory_transfer

EXPORT = ("GET", "/v1/memory/export")


def test_what_is_exported_is_imported(fake_daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    fake_daemon.answers(*EXPORT, {"schema": "x", "items": [DOCUMENT], "next": "a"})
    fake_daemon.answers(*EXPORT, {"schema": "x", "items": [DOCUMENT], "next": None})
    file = str(home / "memory.jsonl")
    done = triforce("memory", "export", "--output", file)
    assert (done.status, done.out, done.err) == (0, "", f"Wrote 2 entries to {file}.\n")
    assert [one.query for one in fake_daemon.asked if one.path == EXPORT[1]] == [
        {"limit": "200"},
        {"limit": "200", "after": "a"},
    ]
    done = triforce("memory", "import", file)
    assert fake_daemon.asked[-1].body == {"entries": [DOCUMENT, DOCUMENT]}
    assert done.out.startswith(ID)
    assert done.err == "Added 1 entry; 1 were there already.\n"


def test_export_to_a_pipe(fake_daemon: FakeDaemon, spawn: Spawn) -> None:
    assert [json.loads(line) for line in spawn("memory", "export").out.splitlines()] == [DOCUMENT]


def test_much_is_imported_in_parts(fake_daemon: FakeDaemon, triforce: Triforce, home: Path, monkeypatch) -> None:
    monkeypatch.setattr(_memory_transfer, "AT_ONCE", 2)
    (home / "x").write_text(f"{json.dumps(DOCUMENT)}\n" * 5)
    reply = json.loads(triforce("memory", "import", str(home / "x"), "--json").out)
    assert [len(one.body["entries"]) for one in fake_daemon.asked if one.method == "POST"] == [2, 2, 1]
    assert (len(reply["items"]), reply["duplicates"], reply["changes"]) == (3, 3, [CHANGE] * 3)


def test_import_that_the_daemon_refuses_says_how_far_it_came(
    fake_daemon: FakeDaemon, triforce: Triforce, home: Path, monkeypatch
) -> None:
    monkeypatch.setattr(_memory_transfer, "AT_ONCE", 1)
    path = ("POST", "/v1/memory/import")
    fake_daemon.answers(*path, {"schema": "x", "items": [ENTRY], "duplicates": 0, "change": CHANGE})
    fake_daemon.refuses(*path, 400, "invalid_request", "`entries.0`: wrong.")
    (home / "x").write_text(f"{json.dumps(DOCUMENT)}\n" * 2)
    done = triforce("memory", "import", str(home / "x"))
    assert done.status == 65
    assert f"{home / 'x'}: `entries.0`: wrong. Added before it: 1 entry." in done.err


def test_import_of_something_else(fake_daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    for text in ("", "{}", "[1]", "no json", json.dumps(DOCUMENT) + "\n{"):
        (home / "x").write_text(text)
        assert triforce("memory", "import", str(home / "x")).status == 65
    assert triforce("memory", "import", str(home / "none")).status == 2
    assert fake_daemon.asked == []
