"""How far a download is, for people and for logs."""

import os

import pytest

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL_ID, PULLING
from triforce_cli.contexts import Globals
from triforce_cli.output.pull_progress import Bar, Lines, Progress, show_progress
from triforce_daemon.wire.models import PullProgress

PULL = ("POST", "/v1/registry/pull")


def fetched(done: int, total: int | None = 93_000_000) -> PullProgress:
    return {"type": "model.loading", "model": MODEL_ID, "phase": "fetching", "done_bytes": done, "total_bytes": total}


def test_lines_without_a_terminal(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.streams(*PULL, [PULLING[0], *(fetched(done * 1_000_000) for done in range(94)), *PULLING[3:]])
    lines = triforce("models", "pull").err.splitlines()
    assert lines[0] == "Looking for the model"
    assert lines[1] == f"Fetching {MODEL_ID}  0 B of 93 MB"
    assert len(lines) == 1 + 11 + 1 + 1
    assert lines[-2:] == ["Checking", f"{MODEL_ID} is here, 93 MB."]


def test_a_bar_on_a_terminal(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    half: list[object] = [fetched(0), 0.15, fetched(46_500_000), 0.15, PULLING[-1]]
    fake_daemon.streams(*PULL, half)
    shown = on_terminal("models", "pull").out
    assert "Fetching  [############------------]  46 MB of 93 MB\r" in shown
    assert shown.index("\r\x1b[K") < shown.index("is here")
    last = shown.rpartition("\r\x1b[K")[2]
    assert last.startswith(f"{MODEL_ID} is here"), "the bar is gone"


def test_the_bar_fits(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    fake_daemon.streams(*PULL, [fetched(0), 0.15, fetched(9), 0.15, PULLING[-1]])
    drawn = on_terminal("models", "pull", columns=30).out.split("\r\x1b[K")[1:-1]
    assert drawn and all(len(line) < 30 for line in drawn)


def test_the_bar_goes_away_after_a_failure(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    error = {"code": "model_fetch_failed", "message": "No network.", "hint": None, "request_id": None}
    fake_daemon.streams(*PULL, [fetched(9), {"type": "error", "error": error}])
    done = on_terminal("models", "pull", environ={"NO_COLOR": "1"})
    assert done.status == 69
    assert done.out.endswith("\r\x1b[Kerror: No network.\n")


def test_who_sees_what() -> None:
    assert type(show_progress(Globals({}, quiet=True))) is Progress
    assert type(show_progress(Globals({}, json=True))) is Progress
    assert isinstance(show_progress(Globals({})), Lines)
    assert issubclass(Bar, Progress)


def test_the_bar_is_cleared_once(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """What stands in its place next is not the bar's to clear: the last line of an answer."""
    size = os.terminal_size((80, 24))

    def get_terminal_size(_: int) -> os.terminal_size:
        return size

    monkeypatch.setattr(os, "get_terminal_size", get_terminal_size)
    bar = Bar()
    bar.show(fetched(9))
    bar.end()
    capfd.readouterr()
    bar.end()
    assert capfd.readouterr().err == ""
