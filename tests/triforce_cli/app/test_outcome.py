"""Whatever happens becomes an exit status, and a sentence or a line of JSON."""

import json
import re
from pathlib import Path
from typing import NoReturn

import pytest
import typer

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import REQUEST_ID, FakeDaemon
from triforce_cli.daemon_client import DaemonClient

STATUS = ("GET", "/v1/status")


def test_an_error_is_a_sentence_and_a_hint(triforce: Triforce) -> None:
    done = triforce("status")
    assert done.status == 69
    assert done.out == ""
    error, hint = done.err.splitlines()
    assert error.startswith("error: The daemon is not running")
    assert hint == "hint:  Start it with: triforce daemon start"


@pytest.mark.parametrize(
    "argv", [["status", "--json"], ["--json", "status"], ["--json", "bogus"], ["status", "-x", "--json"]]
)
def test_with_json_an_error_is_one_line(triforce: Triforce, argv: list[str]) -> None:
    done = triforce(*argv)
    assert done.out == ""
    [line] = done.err.splitlines()
    error = json.loads(line)["error"]
    assert set(error) == {"code", "message", "hint", "request_id"}
    assert error["code"] == ("daemon_not_running" if done.status == 69 else "usage")


def test_words_after_two_dashes_are_no_flags(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("sessions", "show", "--", "--json").err.startswith("error:")


@pytest.mark.parametrize(
    ("http", "code", "status"),
    [(404, "session_not_found", 5), (403, "forbidden", 77), (503, "draining", 69), (429, "of_the_future", 75)],
)
def test_the_daemons_errors(fake_daemon: FakeDaemon, triforce: Triforce, http: int, code: str, status: int) -> None:
    fake_daemon.refuses(*STATUS, http, code, "Because.", hint="Do that.", retry_after_ms=1_500)
    assert triforce("status").err == "error: Because.\nhint:  Do that.\n"
    assert triforce("status", "-v").err.endswith(f"request: {REQUEST_ID}\n")
    done = triforce("status", "--json")
    assert done.status == status
    assert json.loads(done.err)["error"]["retry_after_ms"] == 1_500


def test_near_names_are_said_where_there_is_no_hint(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.refuses(*STATUS, 404, "not_found", "There is none.", near=["builtin/a", "builtin/b"])
    assert triforce("status").err.endswith("hint:  Did you mean: builtin/a or builtin/b\n")


def test_errors_cannot_act_on_the_terminal(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.refuses(*STATUS, 400, "invalid_request", "a\x1b[31mb\nc\x9b", hint="\x1b]0;x\x07")
    for argv in (["status"], ["status", "--json"]):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", triforce(*argv).err)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["status", "--bogus"], "No such option: --bogus"),
        (["sessions", "show"], "Missing argument 'SESSION'."),
        (["status", "--timeout", "soon"], "'soon' is no span of time"),
        (["status", "--fields", ","], "name at least one field"),
        (["usage", "--by", "moon"], "'moon' is not one of"),
        (["sessions", "list", "-n", "0"], "0 is not in the range"),
        (["status", "extra"], "unexpected extra argument"),
        (["status", "--socket"], "requires an argument"),
    ],
)
def test_wrong_usage(triforce: Triforce, argv: list[str], message: str) -> None:
    done = triforce(*argv)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert f"hint:  See: triforce {argv[0]}" in done.err or "requires an argument" in done.err
    assert "Usage:" not in done.err


def _break(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(_: DaemonClient) -> NoReturn:
        raise error

    monkeypatch.setattr(DaemonClient, "status", broken)


def test_a_bug_leaves_a_report(triforce: Triforce, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    _break(monkeypatch, ZeroDivisionError("a secret\x1b[0m"))
    done = triforce("status", "--quiet", "--socket", "private")
    assert done.status == 70
    assert "Traceback" not in done.err
    assert "ZeroDivisionError" in done.err
    [report] = (home / ".local/state/triforce/reports").iterdir()
    assert str(report) in done.err
    assert report.stat().st_mode & 0o777 == 0o600
    text = report.read_text()
    assert text.startswith("triforce 0.1.0, Python 3.")
    assert "Traceback" in text and "triforce status --quiet --socket …" in text
    assert "private" not in text.partition("\n\n")[0]


def test_debug_shows_the_traceback(triforce: Triforce, monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch, ZeroDivisionError())
    assert "Traceback" in triforce("status", "--debug").err


def test_a_bug_where_nothing_can_be_written(
    triforce: Triforce, monkeypatch: pytest.MonkeyPatch, home: Path, request: pytest.FixtureRequest
) -> None:
    _break(monkeypatch, ZeroDivisionError())
    home.chmod(0o500)
    request.getfixturevalue("unprivileged")
    done = triforce("status")
    assert done.status == 70
    assert "Permission denied" in done.err and "--debug" in done.err


def test_a_bug_without_a_place_for_reports(triforce: Triforce, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    _break(monkeypatch, ZeroDivisionError())
    (home / "file").touch()
    done = triforce("status", XDG_STATE_HOME=str(home / "file"))
    assert done.status == 70
    assert "--debug" in done.err


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (KeyboardInterrupt(), 130, ""),
        (EOFError(), 130, ""),
        (typer.Abort(), 130, ""),
        (typer.Exit(3), 3, ""),
        (PermissionError(13, "Permission denied", "/etc/x"), 1, "error: Permission denied: /etc/x\n"),
    ],
)
def test_other_ends(
    triforce: Triforce, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int, message: str
) -> None:
    _break(monkeypatch, error)
    done = triforce("status")
    assert (done.status, done.out, done.err) == (status, "", message)


@pytest.mark.parametrize(
    ("variable", "value", "coloured"), [("A", "1", True), ("NO_COLOR", "1", False), ("TERM", "dumb", False)]
)
def test_colours_are_for_terminals(on_terminal: OnTerminal, variable: str, value: str, coloured: bool) -> None:
    assert ("\x1b[" in on_terminal("status", environ={variable: value}).out) is coloured


def test_completion_answers_the_shell(triforce: Triforce) -> None:
    words = {"COMP_WORDS": "triforce sessions ex", "COMP_CWORD": "2", "_TRIFORCE_COMPLETE": "complete_bash"}
    # The words of the shell come in the process's own environment, which Typer reads.
    with pytest.MonkeyPatch.context() as patched:
        for name, value in words.items():
            patched.setenv(name, value)
        assert triforce(**words).out == "export\n"
