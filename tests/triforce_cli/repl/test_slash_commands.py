"""Each command of a conversation, against the stand-in of the daemon."""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import DETAIL, MODEL_ID, SESSION_ID, TURN
from triforce_cli.contexts import Globals
from triforce_cli.conversation.conversation import Conversation
from triforce_cli.errors import DaemonError, NotFound, OutputFailed, TriforceCliError, WrongUsage
from triforce_cli.repl import slash_commands
from triforce_cli.repl.slash import commands_of, run_line
from triforce_cli.repl.talk import Talk

ANSWER = "Because of Rayleigh scattering."
COMMANDS = commands_of(slash_commands)

Run = Callable[[str], str]


@pytest.fixture
def talk(environ: dict[str, str], fake_daemon: FakeDaemon) -> Talk:
    return Talk(Conversation(), Globals(environ, socket=fake_daemon.socket))


@pytest.fixture
def begun(talk: Talk, capsys: pytest.CaptureFixture[str]) -> Talk:
    """The same after a question and its answer."""
    talk.send("Why?")
    capsys.readouterr()
    return talk


@pytest.fixture
def run(talk: Talk, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a line; returns what was said about it."""

    def run(line: str) -> str:
        run_line(line, COMMANDS, talk)
        return capsys.readouterr().err

    return run


def sent(daemon: FakeDaemon) -> list[Any]:
    return [asked.body for asked in daemon.asked if asked.path.endswith("/turns")]


def test_help_names_all_of_them_and_fits_the_screen(run: Run) -> None:
    lines = run("/help").splitlines()
    assert all(any(line.startswith(f"/{name}") for line in lines) for name in COMMANDS)
    assert max(map(len, lines)) < 80
    assert all(re.fullmatch(r"[A-Z/].*\.", command.summary) for command in COMMANDS.values())


def test_model(run: Run, talk: Talk, fake_daemon: FakeDaemon) -> None:
    assert run("/model") == f"Model: {MODEL_ID}\n"
    assert run(f"/model {MODEL_ID}") == f"Model: {MODEL_ID}\n"
    fake_daemon.refuses("GET", "/v1/registry/models/other", 404, "model_not_found")
    with pytest.raises(DaemonError):
        run("/model other")
    assert talk.conversation.model == MODEL_ID


def test_system(run: Run, talk: Talk, home: Path) -> None:
    assert run("/system") == "Instructions: none\n"
    assert run("/system Be brief.") == "Instructions: Be brief.\n"
    (home / "s.txt").write_text("From a file.")
    assert run(f"/system @{home}/s.txt") == "Instructions: From a file.\n"
    assert run("/system none") == "Instructions: none\n"
    assert talk.conversation.system == "", "which takes away those of the session"


def test_file(run: Run, talk: Talk, fake_daemon: FakeDaemon, home: Path) -> None:
    (home / "a b.txt").write_text("A\nB\n")
    (home / "c.txt").write_text("C")
    assert "2 files" in run(f"/file '{home}/a b.txt' {home}/c.txt")
    talk.send("Compare.")
    assert sent(fake_daemon)[0]["input"].startswith("Compare.\n\nFile `a b.txt`:\n\n```txt\nA\nB\n```\n\nFile `c.txt`")
    talk.send("And?")
    assert sent(fake_daemon)[1]["input"] == "And?"
    run(f"/file {home}/c.txt")
    assert "0 files" in run("/file none")
    with pytest.raises(NotFound):
        run("/file nowhere.txt")
    with pytest.raises(WrongUsage, match="quot"):
        run("/file 'a")


def test_retry(run: Run, begun: Talk, fake_daemon: FakeDaemon) -> None:
    run("/retry")
    assert sent(fake_daemon)[-1] == {"input": "Why?", "model": MODEL_ID, "replace_last": True}


def test_retry_of_what_is_not_kept_sends_it_again(run: Run, talk: Talk, fake_daemon: FakeDaemon) -> None:
    talk.conversation.keep = False
    not_kept: Any = {**TURN[0], "kept": False}
    fake_daemon.streams("POST", "/v1/sessions/new/turns", [not_kept, *TURN[1:]])
    talk.send("Why?")
    run("/retry")
    assert [body["input"] for body in sent(fake_daemon)] == ["Why?", "Why?"]
    assert "replace_last" not in sent(fake_daemon)[-1]


def test_continue(run: Run, begun: Talk, fake_daemon: FakeDaemon) -> None:
    run("/continue")
    assert "where you stopped" in sent(fake_daemon)[-1]["input"]


def test_copy(begun: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    run_line("/copy", COMMANDS, begun)
    out, err = capsys.readouterr()
    assert out == f"\x1b]52;c;{base64.b64encode(ANSWER.encode()).decode()}\x07"
    assert err == "Copied 31 characters, if the terminal allows it.\n"


def test_copy_code(begun: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    assert begun.answer is not None
    begun.answer.pieces = ["```\na\n```\n", "```\nb\n```"]
    run_line("/copy code", COMMANDS, begun)
    assert base64.b64decode(capsys.readouterr().out[7:-1]) == b"b"
    for wrong in ("/copy word", "/copy code"):
        with pytest.raises(WrongUsage, match="no block of code"):
            run_line(wrong, COMMANDS, begun)
        begun.answer.pieces = ["no code"]


def test_edit(run: Run, begun: Talk, fake_daemon: FakeDaemon, home: Path) -> None:
    editor = home / "editor"
    editor.write_text('#!/bin/sh\necho " And how?" >> "$1"\n')
    editor.chmod(0o755)
    begun.chosen = begun.chosen._replace(environ={**begun.chosen.environ, "EDITOR": str(editor)})
    run("/edit")
    assert sent(fake_daemon)[-1]["input"] == "Why? And how?"
    editor.write_text('#!/bin/sh\n: > "$1"\n')
    assert run("/edit") == "Nothing was sent.\n"


def test_usage(run: Run, talk: Talk) -> None:
    assert run("/usage") == "Conversation: 0 tokens\n"
    talk.send("Why?")
    assert run("/usage").splitlines() == [
        f"Last answer: 12 tokens in, 34 out, 0.4 s, 110 tokens/s, {MODEL_ID}",
        "Conversation: 2 turns, 24 tokens in, 68 out",
    ]


def test_resume(run: Run, talk: Talk) -> None:
    listed = run("/resume").splitlines()
    assert listed[0].startswith(f"{SESSION_ID}  Why is the sky blue?  (")
    assert "\x1b" not in listed[1]
    assert run(f"/resume {SESSION_ID[:3]}") == "Going on with Why is the sky blue? (2 turns).\n"
    assert (talk.conversation.session, talk.tokens, talk.said) == (SESSION_ID, 92, "Why is the sky blue?")


def test_fork(run: Run, begun: Talk, fake_daemon: FakeDaemon) -> None:
    assert run("/fork 1") == "This is a copy with 2 turns: newnewnewnew\n"
    assert fake_daemon.asked[-1].body == {"upto": 1}
    assert begun.conversation.session == "newnewnewnew"
    with pytest.raises(WrongUsage):
        run("/fork first")


def test_export(run: Run, begun: Talk, home: Path) -> None:
    run(f"/export {home}/a.md")
    assert (home / "a.md").read_text().startswith(f"# {DETAIL['title']}")
    with pytest.raises(OutputFailed, match="File exists"):
        run(f"/export {home}/a.md")
    with pytest.raises(OutputFailed, match="No such file"):
        run(f"/export {home}/none/a.md")


def test_new(run: Run, begun: Talk, fake_daemon: FakeDaemon) -> None:
    begun.conversation.system = "Be brief."
    run("/new")
    begun.send("Again?")
    assert fake_daemon.asked[-1].path == "/v1/sessions/new/turns"
    assert sent(fake_daemon)[-1] == {"input": "Again?", "model": MODEL_ID, "system": "Be brief."}


def test_title(run: Run, begun: Talk, fake_daemon: FakeDaemon) -> None:
    assert run("/title") == f"Title: {DETAIL['title']}\n"
    fake_daemon.answers("PATCH", f"/v1/sessions/{SESSION_ID}", {**DETAIL, "title": "Sky"})
    assert run("/title The sky") == "Title: Sky\n"
    assert fake_daemon.asked[-1].body == {"title": "The sky"}


def test_a_title_may_come_before_the_first_question(run: Run, talk: Talk, fake_daemon: FakeDaemon) -> None:
    assert run("/title The sky") == "Title: The sky\n"
    talk.send("Why?")
    assert sent(fake_daemon)[-1]["title"] == "The sky"


def test_clear(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    run_line("/clear", COMMANDS, talk)
    assert capsys.readouterr().out == "\x1b[H\x1b[2J"


@pytest.mark.parametrize("line", ["/quit", "/exit"])
def test_the_end(run: Run, talk: Talk, line: str) -> None:
    run(line)
    assert talk.ended


@pytest.mark.parametrize("line", ["/retry", "/continue", "/copy", "/fork", "/export a.md"])
def test_before_the_first_question_there_is_nothing_to_do_it_with(run: Run, line: str) -> None:
    with pytest.raises(TriforceCliError):
        run(line)


def test_tools_are_named_by_themselves_and_by_sets(talk: Talk, fake_daemon: FakeDaemon, run: Run) -> None:
    fake_daemon.answers("GET", "/v1/toolsets", {"items": [{"name": "memory"}, {"name": "core"}]})
    fake_daemon.answers("GET", "/v1/tools/calculate", {"name": "calculate"})
    assert run("/tools") == "Tools: none\n"
    assert run("/tools memory, calculate") == "Tools: memory, calculate\n"
    talk.send("Why?")
    assert (sent(fake_daemon)[-1]["tools"], sent(fake_daemon)[-1]["toolset"]) == (["calculate"], "memory")
    assert run("/tools none") == "Tools: none\n"
    talk.send("Why?")
    assert "tools" not in sent(fake_daemon)[-1]
    with pytest.raises(DaemonError):
        run("/tools nothing")
