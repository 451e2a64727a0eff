"""`triforce chat` in this process, and the events of an answer."""

import io
import sys
from typing import Any, Protocol

import pytest

from tests.triforce_cli.conftest import Outcome, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import SESSION_ID, TURN

NEW = "/v1/sessions/new/turns"
KEPT = f"/v1/sessions/{SESSION_ID}/turns"
STARTED, DELTA, _, USAGE, DONE = TURN
ANSWER = "Because of Rayleigh scattering."


def delta(text: str) -> dict[str, Any]:
    return {**DELTA, "text": text}


def turn(*pieces: Any, **done: Any) -> list[Any]:
    """The events of an answer in these pieces; a number among them is a pause."""
    message = "".join(piece for piece in pieces if isinstance(piece, str))
    deltas = [delta(piece) if isinstance(piece, str) else piece for piece in pieces]
    return [STARTED, *deltas, USAGE, {**DONE, "message": message, **done}]


def failed(code: str = "upstream_failed", message: str = "The engine broke.") -> dict[str, Any]:
    return {**DELTA, "type": "error", "error": {"code": code, "message": message, "hint": None, "request_id": "r1"}}


class Chat(Protocol):
    def __call__(self, *argv: str, stdin: str | bytes = "", **environ: str) -> Outcome: ...


@pytest.fixture
def chat(triforce: Triforce, monkeypatch: pytest.MonkeyPatch) -> Chat:
    """Run `triforce chat ARGV…` in this process, with this on its standard input."""

    def chat(*argv: str, stdin: str | bytes = "", **environ: str) -> Outcome:
        content = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        return triforce("chat", *argv, **environ)

    return chat


def sent(daemon: FakeDaemon) -> dict[str, Any]:
    """The body of the last turn that was asked for."""
    return next(asked.body for asked in reversed(daemon.asked) if asked.path.endswith("/turns"))
