"""`triforce sessions`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_cli.conftest import OnTerminal, Spawn, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import DETAIL, FOUND, OTHER_SESSION, PRUNED, SESSION, SESSION_ID, SESSIONS

LIST = ("GET", "/v1/sessions")


def test_list_asks_for_what_was_meant(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("sessions", "list", "-n", "5", "--since", "2026-01-01T00:00:00Z", "--model", "m", "--json")
    assert json.loads(done.out) == SESSIONS
    assert fake_daemon.asked[-1].query == {"limit": "5", "since": "2026-01-01T00:00:00.000Z", "model": "m"}


def test_list_turns_pages(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers(*LIST, {**SESSIONS, "next": "p0p0p0p0p0p0"})
    fake_daemon.answers(*LIST, {**SESSIONS, "next": None})
    reply = json.loads(triforce("sessions", "list", "-n", "1500", "--json").out)
    assert [len(reply["items"]), reply["next"]] == [4, None]
    first, second = [asked.query for asked in fake_daemon.asked if asked.path == LIST[1]]
    assert first["limit"] == "1000"
    assert second == {"limit": "1000", "after": "p0p0p0p0p0p0"}


def test_a_person_hears_of_more(fake_daemon: FakeDaemon, on_terminal: OnTerminal, triforce: Triforce) -> None:
    fake_daemon.answers(*LIST, {**SESSIONS, "next": "x"})
    assert "There are more: triforce sessions list -n 10" in on_terminal("sessions", "list", "-n", "2").out
    assert triforce("sessions", "list", "-n", "2").err == ""


def test_show(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    shown = triforce("sessions", "show", "k3v").out
    assert "Why is the sky blue?" in shown and "Because of Rayleigh scattering." in shown
    assert json.loads(triforce("sessions", "show", "k3v", "--json").out) == DETAIL
    assert triforce("sessions", "show", "k3v", "--fields", "turns").out == "2\n"


@pytest.mark.parametrize(("http", "code"), [(404, "session_not_found"), (409, "ambiguous_id")])
def test_a_session_that_is_not_there(fake_daemon: FakeDaemon, triforce: Triforce, http: int, code: str) -> None:
    fake_daemon.refuses("GET", "/v1/sessions/zzz", http, code)
    assert triforce("sessions", "show", "zzz").status == 5


def test_search(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("sessions", "search", "blue", "sky").out == f"{SESSION_ID}\t1\tBecause of Rayleigh …\n"
    assert fake_daemon.asked[-1].query == {"query": "blue sky", "limit": "20"}
    assert json.loads(triforce("sessions", "search", "x", "--json").out) == FOUND


def test_resume_is_chat(fake_daemon: FakeDaemon, spawn: Spawn) -> None:
    done = spawn("sessions", "resume", SESSION_ID, "and", "--", "--now")
    assert (done.status, done.out) == (0, "Because of Rayleigh scattering.\n")
    turns = [asked for asked in fake_daemon.asked if asked.path.endswith("/turns")]
    assert [(asked.path, asked.body["input"]) for asked in turns] == [(f"/v1/sessions/{SESSION_ID}/turns", "and --now")]


def test_resume_keeps_the_flags(fake_daemon: FakeDaemon, spawn: Spawn) -> None:
    reply = json.loads(spawn("sessions", "resume", SESSION_ID, "hi", "--json").out)
    assert reply["message"] == "Because of Rayleigh scattering."


def test_fork_prints_the_new_id(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("sessions", "fork", SESSION_ID, "--upto", "1", "--title", "Other")
    assert done.out == "newnewnewnew\n"
    assert fake_daemon.asked[-1].body == {"upto": 1, "title": "Other"}


def test_rename(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("sessions", "rename", SESSION_ID, "New")
    assert (done.out, fake_daemon.asked[-1].body) == ("", {"title": "New"})
    assert "is now called" in done.err
    assert triforce("sessions", "rename", SESSION_ID, "New", "-q").err == ""


def test_export_as_markdown(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("sessions", "export", SESSION_ID).out.startswith("# Why is the sky blue?\n")


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_export_and_import(fake_daemon: FakeDaemon, triforce: Triforce, home: Path, form: str) -> None:
    file = str(home / "kept")
    done = triforce("sessions", "export", SESSION_ID, "k3v", "-F", form, "--output", file)
    assert (done.status, done.out, done.err) == (0, "", f"Wrote 2 sessions to {file}.\n")
    done = triforce("sessions", "import", file)
    assert fake_daemon.asked[-1].body == {"sessions": [DETAIL, DETAIL]}
    assert done.out.startswith(SESSION_ID)


def test_import_from_a_pipe(fake_daemon: FakeDaemon, spawn: Spawn) -> None:
    assert spawn("sessions", "import", "-", stdin=json.dumps(DETAIL)).status == 0
    assert fake_daemon.asked[-1].body == {"sessions": [DETAIL]}


def test_import_of_something_else(fake_daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    (home / "x").write_text("{}")
    assert triforce("sessions", "import", str(home / "x")).status == 65
    assert triforce("sessions", "import", str(home / "none")).status == 2
    assert fake_daemon.asked == []


def test_import_that_the_daemon_refuses(fake_daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    fake_daemon.refuses("POST", "/v1/sessions/import", 400, "invalid_request", "`sessions.0.title`: missing.")
    (home / "x").write_text('{"history": []}')
    done = triforce("sessions", "import", str(home / "x"))
    assert done.status == 65
    assert f"{home / 'x'}: `sessions.0.title`: missing." in done.err


def test_delete_several(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    other = OTHER_SESSION["id"]
    fake_daemon.answers("GET", f"/v1/sessions/{other}", {**DETAIL, **OTHER_SESSION})
    fake_daemon.answers("DELETE", f"/v1/sessions/{other}", OTHER_SESSION)
    done = triforce("sessions", "delete", SESSION_ID, other, "--yes", "--json")
    assert json.loads(done.out)["items"] == [SESSION, OTHER_SESSION]
    assert triforce("sessions", "delete", SESSION_ID, "-y").err == "Deleted 1 session.\n"


def test_delete_nothing_where_one_is_not_there(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.refuses("GET", "/v1/sessions/zzz", 404, "session_not_found")
    assert triforce("sessions", "delete", SESSION_ID, "zzz", "-y").status == 5
    assert not any(asked.method == "DELETE" for asked in fake_daemon.asked)


def prunes(daemon: FakeDaemon) -> list[Any]:
    return [asked.body for asked in daemon.asked if asked.path == "/v1/sessions/prune"]


def test_prune(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    month = 30 * 86_400
    done = triforce("sessions", "prune", "--older-than", "30d", "--dry-run")
    assert done.out.startswith(SESSION_ID)
    assert prunes(fake_daemon) == [{"older_than_seconds": month, "dry_run": True}]
    assert triforce("sessions", "prune", "--older-than", "30d").status == 6
    done = triforce("sessions", "prune", "--older-than", "30d", "-y")
    assert done.err == "Deleted 1 session.\n"
    assert prunes(fake_daemon)[-1] == {"older_than_seconds": month}


def test_prune_nothing(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("POST", "/v1/sessions/prune", {**PRUNED, "items": [], "deleted": False})
    done = triforce("sessions", "prune", "--older-than", "30d")
    assert (done.status, done.out) == (0, "")
    assert "No session is older than 30 d." in done.err
    assert len(prunes(fake_daemon)) == 1
