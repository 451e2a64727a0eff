"""What is typed: blocks that are open or closed, and where old lines are kept."""

import os
import stat
from pathlib import Path

import pytest
from prompt_toolkit.history import FileHistory, InMemoryHistory

from triforce_cli.contexts import Globals
from triforce_cli.repl.line_editor import history_of, is_open, unquoted


@pytest.mark.parametrize(
    ("text", "unfinished"),
    [
        ("", False),
        ("one\ntwo", False),
        ('"""', True),
        ('"""one', True),
        ('"""one\ntwo"""', False),
        ('"""\none\n"""', False),
        ('say """ this', False),
        ("```", True),
        ("look:\n```py\ncode", True),
        ("look:\n```py\ncode\n```", False),
        ("```\na\n```\n```", True),
    ],
)
def test_a_block_waits_for_its_end(text: str, unfinished: bool) -> None:
    assert is_open(text) == unfinished


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" one \n", "one"),
        ('"""\none\n\n  two\n"""', "one\n\n  two"),
        ('"""one"""', "one"),
        ("```\ncode\n```", "```\ncode\n```"),
        ('""""""', ""),
    ],
)
def test_quotes_hold_a_message_together_and_are_not_part_of_it(text: str, message: str) -> None:
    assert unquoted(text) == message


def test_old_lines_are_kept_in_a_private_file(tmp_path: Path) -> None:
    chosen = Globals({"HOME": str(tmp_path)})
    usual = os.umask(0)
    history = history_of(chosen, keep=True)
    os.umask(usual)
    assert isinstance(history, FileHistory)
    history.append_string("Why?")
    file = tmp_path / ".local/state/triforce/chat_history"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and "Why?" in file.read_text()


def test_old_lines_are_forgotten_where_nothing_may_be_kept_or_can_be(tmp_path: Path) -> None:
    assert isinstance(history_of(Globals({"HOME": str(tmp_path)}), keep=False), InMemoryHistory)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".local").write_text("a file in the way")
    assert isinstance(history_of(Globals({"HOME": str(tmp_path)}), keep=True), InMemoryHistory)
