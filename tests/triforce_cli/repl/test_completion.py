"""What is offered while a command is typed."""

import os
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL_ID, SESSION_ID
from triforce_cli.contexts import Globals
from triforce_cli.repl import slash_commands
from triforce_cli.repl.completion import SlashCompleter
from triforce_cli.repl.slash import commands_of


@pytest.fixture
def completer(environ: dict[str, str], home: Path) -> SlashCompleter:
    return SlashCompleter(commands_of(slash_commands), Globals(environ))


def offered(completer: SlashCompleter, line: str) -> list[str]:
    """The lines that the suggestions would make."""
    completions = completer.get_completions(Document(line), CompleteEvent())
    return [line[: len(line) + one.start_position] + one.text for one in completions]


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("/re", ["/retry", "/resume"]),
        ("/model builtin/sm", [f"/model {MODEL_ID}"]),
        ("/resume k", [f"/resume {SESSION_ID}"]),
        ("/retry ", []),
        ("/nonsense x", []),
        ("/system be", []),
        ("//re", []),
        ("re", []),
        ("/re\n/re", []),
    ],
)
def test_what_is_offered(completer: SlashCompleter, fake_daemon: FakeDaemon, line: str, lines: list[str]) -> None:
    assert offered(completer, line) == lines


def test_files_are_offered_where_they_are_meant(completer: SlashCompleter, tmp_path: Path) -> None:
    (tmp_path / "notes.md").touch()
    for command in ("file", "export", f"file {os.devnull}"):
        assert offered(completer, f"/{command} {tmp_path}/no") == [f"/{command} {tmp_path}/notes.md"]


def test_titles_cannot_act(completer: SlashCompleter, fake_daemon: FakeDaemon) -> None:
    [one] = completer.get_completions(Document("/resume p"), CompleteEvent())
    assert "\x1b" not in one.display_meta_text


def test_the_daemon_is_asked_once_for_each_message(completer: SlashCompleter, fake_daemon: FakeDaemon) -> None:
    for line in ("/model b", "/model bu", "/model bui"):
        offered(completer, line)
    assert len(fake_daemon.asked) == 1
    completer.forget()
    offered(completer, "/model b")
    assert len(fake_daemon.asked) == 2


def test_without_a_daemon_nothing_is_offered_and_none_is_started(completer: SlashCompleter, home: Path) -> None:
    assert offered(completer, "/model b") == []
    assert list(home.iterdir()) == []
