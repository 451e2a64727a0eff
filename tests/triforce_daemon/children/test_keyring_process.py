"""What the child says to one question."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_daemon.children import keyrings
from triforce_daemon.children.keyring_process import Question, answer


def question(*kinds: type, action: Any = "make") -> Question:
    names = [f"{keyrings.__name__}.{kind.__name__}" for kind in kinds]
    return Question(backends=names, action=action, service="triforce", account="vault", proposal="new key")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


def test_what_is_kept_is_answered() -> None:
    assert answer(question(keyrings.Working, action="read"))["secret"] is None
    assert answer(question(keyrings.Working))["secret"] == "new key"
    assert answer({**question(keyrings.Working), "proposal": "another"})["secret"] == "new key"


def test_what_cannot_be_loaded_is_passed_over() -> None:
    asked = {**question(keyrings.Working), "backends": ["no.such.Keyring", f"{keyrings.__name__}.Working"]}
    assert answer(asked)["backend"] == f"{keyrings.__name__}.Working"  # type: ignore[arg-type]


def test_nobody_to_ask_has_a_reason() -> None:
    assert answer(question())["refused"]
    assert answer(question(keyrings.Locked))["refused"] == "RuntimeError: the prompt was dismissed"


def test_the_program_reads_one_line_and_writes_one(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "triforce_daemon.children.keyring_process"]
    done = subprocess.run(words, input=json.dumps(question(keyrings.Working)) + "\n", capture_output=True, text=True)
    assert json.loads(done.stdout)["secret"] == "new key", done.stderr
    assert "new key" not in done.stderr
