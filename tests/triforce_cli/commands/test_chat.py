"""`triforce chat` with one question: what is sent."""

import os
from pathlib import Path

import pytest

from tests.triforce_cli.commands.chatting import ANSWER, KEPT, Chat, chat, sent
from tests.triforce_cli.conftest import Outcome
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL_ID, OTHER_MODEL, SESSION_ID

__all__ = ["chat"]


def test_words_are_the_prompt(chat: Chat, fake_daemon: FakeDaemon) -> None:
    assert chat("Why", "is it", "blue?") == Outcome(0, ANSWER + "\n", "")
    assert sent(fake_daemon) == {"input": "Why is it blue?", "cwd": os.getcwd()}


def test_what_is_piped_in_stands_behind_the_prompt(chat: Chat, fake_daemon: FakeDaemon) -> None:
    chat("Explain this.", stdin="a\nb\n")
    assert sent(fake_daemon)["input"] == "Explain this.\n\na\nb\n"


def test_what_is_piped_in_can_be_all(chat: Chat, fake_daemon: FakeDaemon) -> None:
    chat(stdin="Why?\n")
    assert sent(fake_daemon)["input"] == "Why?\n"


def test_flags_become_the_request(chat: Chat, fake_daemon: FakeDaemon, home: Path) -> None:
    instructions = home / "system.txt"
    instructions.write_text("Be brief.")
    chat(
        *["-m", "builtin/other", "-s", f"@{instructions}", "-o", "temperature=0.5", "-o", "stop=END", "-o", "seed=1"],
        *["--max-tokens", "7", "--no-log", "--title", "Sky", "hello"],
    )
    assert sent(fake_daemon) == {
        "input": "hello",
        "model": "builtin/other",
        "system": "Be brief.",
        "options": {"temperature": 0.5, "stop": ["END"], "seed": 1, "max_tokens": 7},
        "keep": False,
        "title": "Sky",
        "cwd": os.getcwd(),
    }


def test_files_stand_between_the_prompt_and_the_pipe(chat: Chat, fake_daemon: FakeDaemon, home: Path) -> None:
    (home / "a.py").write_text("print(1)")
    (home / "b.md").write_text("```\ncode\n```\n")
    chat("Compare.", "-f", str(home / "a.py"), "-f", str(home / "b.md"), stdin="and this")
    assert sent(fake_daemon)["input"] == (
        "Compare.\n\nFile `a.py`:\n\n```py\nprint(1)\n```\n\nFile `b.md`:\n\n````md\n```\ncode\n```\n````\n\nand this"
    )


def test_the_pipe_can_be_one_of_the_files(chat: Chat, fake_daemon: FakeDaemon, home: Path) -> None:
    (home / "a.txt").write_text("A\n")
    chat("Compare.", "-f", "-", "-f", str(home / "a.txt"), stdin="piped")
    assert sent(fake_daemon)["input"] == "Compare.\n\npiped\n\nFile `a.txt`:\n\n```txt\nA\n```"


@pytest.mark.parametrize("flags", [["-c"], ["-r", SESSION_ID[:3]]])
def test_a_conversation_goes_on(chat: Chat, fake_daemon: FakeDaemon, flags: list[str]) -> None:
    assert chat(*flags, "And then?").out == ANSWER + "\n"
    assert fake_daemon.asked[-1].path == KEPT
    assert sent(fake_daemon) == {"input": "And then?", "model": MODEL_ID}


def test_there_may_be_nothing_to_go_on_with(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.answers("GET", "/v1/sessions", {"schema": "triforce.sessions.list/1", "items": [], "next": None})
    assert chat("-c", "Hi") == Outcome(
        5, "", "error: There is no conversation yet.\nhint:  Begin one with: triforce chat\n"
    )


def test_a_model_is_chosen_by_words(chat: Chat, fake_daemon: FakeDaemon) -> None:
    chat("-q", "OTH", "-q", "builtin", "Hi")
    assert sent(fake_daemon)["model"] == OTHER_MODEL["id"]
    ended = chat("-q", "nothing-like-it", "Hi")
    assert ended.status == 5 and "triforce models list" in ended.err


def test_the_environment_names_a_model_for_what_is_new(chat: Chat, fake_daemon: FakeDaemon) -> None:
    chat("Hi", TRIFORCE_MODEL="builtin/other")
    assert sent(fake_daemon)["model"] == "builtin/other"
    chat("Hi", "-m", "builtin/this", TRIFORCE_MODEL="builtin/other")
    assert sent(fake_daemon)["model"] == "builtin/this"


def test_an_editor_writes_the_prompt(chat: Chat, fake_daemon: FakeDaemon, home: Path) -> None:
    editor = home / "editor"
    editor.write_text('#!/bin/sh\necho " written by hand" >> "$1"\n')
    editor.chmod(0o755)
    chat("-e", "Begun,", EDITOR=str(editor))
    assert sent(fake_daemon)["input"] == "Begun, written by hand"
    ended = chat("-e", EDITOR="false")
    assert ended.status == 1 and "Nothing was sent" in ended.err


def test_a_kept_prompt_is_filled_with_what_is_said(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.answers("GET", "/v1/prompts/review", {"variables": ["input", "language"], "version": 1})
    fake_daemon.answers("POST", "/v1/prompts/review/render", {"text": "Review C: x = 1", "missing": []})
    assert chat("-t", "review", "--var", "language=C", stdin="x = 1").status == 0
    assert sent(fake_daemon)["input"] == "Review C: x = 1"
    filled = next(asked.body for asked in fake_daemon.asked if asked.path.endswith("/render"))
    assert filled["variables"] == {"language": "C", "input": "x = 1"}


def test_with_a_gap_that_stays_open_nothing_is_sent(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.answers("GET", "/v1/prompts/review", {"variables": ["language"], "version": 1})
    fake_daemon.answers("POST", "/v1/prompts/review/render", {"text": "{{language}}", "missing": ["language"]})
    refused = chat("-t", "review", "words")
    assert refused.status == 2 and "--var language=…" in refused.err
    assert not [asked for asked in fake_daemon.asked if asked.path.endswith("/turns")]
