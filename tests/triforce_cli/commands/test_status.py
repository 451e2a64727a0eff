"""`triforce status`."""

import json
import signal
import subprocess
import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.triforce_cli.conftest import SCRIPT, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import STATUS
from triforce_cli.commands.status import page
from triforce_cli.output.paint import Paint

ROUTE = ("GET", "/v1/status")
PLAIN = Paint(False)


def test_the_page_has_what_one_looks_for(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    shown = triforce("status").out
    for words in ("ready", "0.1.0", "4242", "builtin ok, 1 model", "answering 1", "3 requests", "in the background"):
        assert words in shown
    assert json.loads(triforce("status", "--json").out) == STATUS


def test_nothing_is_started(triforce: Triforce) -> None:
    assert triforce("status").status == 69


def test_what_is_wrong_stands_with_its_remedy() -> None:
    reply: Any = {
        **STATUS,
        "health": [
            {"code": "a", "severity": "error", "message": "It is\nbroken.", "fix": "Mend it."},
            {"code": "b", "severity": "info", "message": "So it is.", "fix": None},
        ],
    }
    assert page(reply, PLAIN).endswith("\n\nerror: It is broken.\n  Mend it.\n\ninfo: So it is.")
    assert "\x1b[31merror\x1b[0m" in page(reply, Paint(True))


def test_an_idle_daemon() -> None:
    reply: Any = {
        **STATUS,
        "providers": [{"name": "builtin", "state": "down", "reason": "No room.", "models": 0}],
        "engines": [{**STATUS["engines"][0], "active": 0}],
        "usage": {"requests": 0, "tokens_in": 0, "tokens_out": 0, "errors": 0},
    }
    shown = page(reply, PLAIN)
    assert "builtin down, 0 models: No room." in shown
    assert "stops in 5 min unless used" in shown
    assert "nothing asked yet" in shown


def test_providers_that_are_not_in_use_are_only_named() -> None:
    states = {"groq": "ok", "gemini": "no-key", "mistral": "no-key", "github": "retired", "ollama": "disabled"}
    providers = [{"name": name, "state": state, "reason": "So.", "models": 0} for name, state in states.items()]
    reply: Any = {**STATUS, "providers": providers}
    lines = page(reply, PLAIN).split("\n")
    assert [line.split(None, 1)[1] for line in lines if line.startswith("provider")] == ["groq ok, 0 models: So."]
    assert "no key     gemini, mistral" in lines
    assert "not used   github (retired), ollama (disabled)" in lines


@pytest.mark.parametrize("flags", [["-w"], ["--watch", "--json"]])
def test_watching_goes_on_when_the_daemon_does_not(
    fake_daemon: FakeDaemon, environ: Mapping[str, str], flags: list[str]
) -> None:
    fake_daemon.refuses(*ROUTE, 503, "draining", "It ends.")
    fake_daemon.answers(*ROUTE, STATUS)
    with subprocess.Popen([SCRIPT, "status", *flags], stdout=subprocess.PIPE, env=environ, text=True) as process:
        deadline = time.monotonic() + 10
        while len(fake_daemon.asked) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "It ends." in out and "4242" in out
    if "--json" in flags:
        error, status = map(json.loads, out.splitlines())
        assert (error["error"]["code"], status) == ("draining", STATUS)
