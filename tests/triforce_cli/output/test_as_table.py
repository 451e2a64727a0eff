"""Replies as text, for people and for programs."""

from typing import Any

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.output.as_table import Fact, facts
from triforce_cli.output.paint import Paint

EMPTY: dict[str, Any] = {"schema": "triforce.sessions.list/1", "items": [], "next": None}
SESSIONS = ("GET", "/v1/sessions")


def test_a_program_gets_bare_fields(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("sessions", "list")
    first, second = (line.split("\t") for line in done.out.splitlines())
    assert first == [
        "k3v9x2m7q4ab",
        "Why is the sky blue?",
        "builtin/smollm2-135m-instruct",
        "2",
        "2026-03-01T12:00:00.000Z",
    ]
    assert second[1] == "日本語の題 [red]x[/red] ␛[31m"
    assert done.err == ""


def test_a_person_gets_a_table(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    lines = on_terminal("sessions", "list", columns=70, environ={"NO_COLOR": "1"}).out.splitlines()
    assert lines[0].split() == ["ID", "TITLE", "MODEL", "TURNS", "UPDATED"]
    assert "ago" in lines[1] and "…" in lines[1]
    assert lines[2].startswith("p0p0p0p0p0p0  日本語の題 [red]")


def test_quiet_prints_ids(fake_daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    assert triforce("sessions", "list", "-q").out == "k3v9x2m7q4ab\np0p0p0p0p0p0\n"
    assert on_terminal("sessions", "list", "-q").out == "k3v9x2m7q4ab\np0p0p0p0p0p0\n"


def test_nothing_is_said_on_standard_error(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers(*SESSIONS, EMPTY)
    done = triforce("sessions", "list")
    assert (done.status, done.out) == (0, "")
    assert "no conversation yet" in done.err
    assert triforce("sessions", "list", "-q").err == ""


def test_fields_of_one_thing_are_lines(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("models", "default", "--fields", "origin,model").out == "default\nbuiltin/smollm2-135m-instruct\n"


def test_facts_leave_out_what_is_unknown() -> None:
    rows = [Fact("a", "x\ny"), Fact("long", None), Fact("bb", "z", "red")]
    assert facts(rows, Paint(False)) == "a   x y\nbb  z"
    assert facts(rows, Paint(True)).endswith("\x1b[31mz\x1b[0m")
    assert facts([], Paint(True)) == ""


def test_a_long_list_is_paged_for_a_person_only(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    pager = {"PAGER": "sh -c 'echo paged; cat'"}
    assert not on_terminal("sessions", "list", environ=pager).out.startswith("paged")
    assert on_terminal("sessions", "list", rows=3, environ=pager).out.startswith("paged")
