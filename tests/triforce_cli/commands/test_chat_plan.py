"""`triforce chat --dry-run`: where a question would go, without asking it."""

import io
import json
import sys

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.conversation.test_plan import plan, planned
from tests.triforce_cli.fake_daemon import FakeDaemon


@pytest.fixture(autouse=True)
def nothing_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))


PLAN = plan(planned(), asked="groq/llama")


def test_it_is_shown_and_nothing_is_asked(triforce: Triforce, fake_daemon: FakeDaemon) -> None:
    fake_daemon.answers("POST", "/v1/sessions/new/turns", PLAN)
    ended = triforce("chat", "--dry-run", "-m", "groq/llama", "--boundary", "mesh", "Why?")
    assert ended.status == 0
    assert "groq/llama" in ended.out
    asked = fake_daemon.asked[-1]
    assert asked.body | {"cwd": ""} == {
        "input": "Why?",
        "model": "groq/llama",
        "boundary": "mesh",
        "dry_run": True,
        "cwd": "",
    }


def test_a_script_reads_the_plan(triforce: Triforce, fake_daemon: FakeDaemon) -> None:
    fake_daemon.answers("POST", "/v1/sessions/new/turns", PLAN)
    ended = triforce("chat", "--dry-run", "--json", "Why?")
    assert json.loads(ended.out) == PLAN


def test_without_a_prompt_there_is_nothing_to_plan(triforce: Triforce, fake_daemon: FakeDaemon) -> None:
    assert triforce("chat", "--dry-run").status == 2


def test_a_boundary_that_is_none_is_wrong_usage(triforce: Triforce, fake_daemon: FakeDaemon) -> None:
    assert triforce("chat", "--boundary", "moon", "Why?").status == 2
