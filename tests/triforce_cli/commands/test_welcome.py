"""`triforce` alone."""

import json
import shlex

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.commands._welcome import _EXAMPLES  # pyright: ignore[reportPrivateUsage]


def test_with_a_daemon(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    first, *_ = triforce().out.splitlines()
    assert first == "triforce 0.1.0 · the daemon is ready (pid 4242)"


def test_with_one_that_is_unwell(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/status", raw=b"SSH-2.0\r\n")
    done = triforce()
    assert done.status == 0
    assert "cannot be reached (protocol_mismatch)" in done.out


def test_as_json(triforce: Triforce) -> None:
    reply = json.loads(triforce("--json").out)
    assert (reply["version"], len(reply["examples"])) == ("0.1.0", 6)


def test_six_examples(triforce: Triforce) -> None:
    assert len(_EXAMPLES) == 6
    shown = triforce().out
    assert all(f"  {command}  " in shown for command, _ in _EXAMPLES)


@pytest.mark.parametrize("command", [command for command, _ in _EXAMPLES])
def test_the_examples_are_real(triforce: Triforce, command: str) -> None:
    words = shlex.split(command)
    words = words[words.index("triforce") + 1 :]
    assert triforce(*words, "--help").status == 0
