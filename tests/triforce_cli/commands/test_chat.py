"""`triforce chat` with one question: what is sent, what is printed where, and how it ends."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.triforce_cli.conftest import SCRIPT, Outcome, Spawn, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.person import CTRL_C, Person
from tests.triforce_cli.replies import MODEL_ID, OTHER_MODEL, SESSION_ID, TURN

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


# What is sent


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


# What is printed


def test_a_pipe_gets_what_the_model_wrote(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("**bold** \x1b[31m", "[red]\n"))
    assert chat("Hi") == Outcome(0, "**bold** \x1b[31m[red]\n", "")


def test_json_is_one_object(chat: Chat, fake_daemon: FakeDaemon) -> None:
    ended = chat("Hi", "--json")
    reply = json.loads(ended.out)
    assert ended.err == "" and ended.out.count("\n") == 1
    assert reply["schema"] == "triforce.chat/1" and reply["message"] == ANSWER
    assert not {"type", "ts"} & set(reply)


def test_json_can_be_narrowed(chat: Chat, fake_daemon: FakeDaemon) -> None:
    assert json.loads(chat("Hi", "--json", "--fields", "message").out) == {
        "schema": "triforce.chat/1",
        "message": ANSWER,
    }


def test_events_come_a_line_each(chat: Chat, fake_daemon: FakeDaemon) -> None:
    ended = chat("Hi", "--jsonl")
    assert [json.loads(line) for line in ended.out.splitlines()] == TURN


def test_an_event_can_be_an_error(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, [STARTED, failed()])
    ended = chat("Hi", "--jsonl")
    assert json.loads(ended.out.splitlines()[-1])["error"]["code"] == "upstream_failed"
    assert ended.status == 69 and "The engine broke." in ended.err


CODE = ("Look:\n\n```sh\nls", " -l\n```\n\nor\n\n- item\n\n  ````\n  ```\n  ````\n\n", "```py\nf(\n)\n```\n")


@pytest.mark.parametrize(("flag", "code"), [("-x", "ls -l\n"), ("--extract", "ls -l\n"), ("-xl", "f(\n)\n")])
def test_code_alone(chat: Chat, fake_daemon: FakeDaemon, flag: str, code: str) -> None:
    fake_daemon.streams("POST", NEW, turn(*CODE))
    assert chat("Hi", flag) == Outcome(0, code, "")


def test_there_may_be_no_code(chat: Chat, fake_daemon: FakeDaemon) -> None:
    ended = chat("Hi", "-x")
    assert (ended.status, ended.out) == (65, "") and f"triforce sessions show {SESSION_ID}" in ended.err


def test_an_answer_can_be_printed_when_it_is_whole(chat: Chat, fake_daemon: FakeDaemon) -> None:
    assert chat("Hi", "--no-stream") == Outcome(0, ANSWER + "\n", "")


def test_usage_stands_beside_the_answer(chat: Chat, fake_daemon: FakeDaemon) -> None:
    ended = chat("Hi", "-u")
    assert ended.out == ANSWER + "\n"
    assert ended.err == f"12 tokens in, 34 out, 0.4 s, 110 tokens/s, {MODEL_ID}\n"


def test_verbose_says_how_to_go_on(chat: Chat, fake_daemon: FakeDaemon) -> None:
    assert f"triforce chat -r {SESSION_ID}" in chat("Hi", "-v").err


def test_an_answer_that_was_cut_says_so(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("Because", finish_reason="length"))
    ended = chat("Hi")
    assert (ended.status, ended.out) == (0, "Because\n")
    assert "cut after 34 tokens" in ended.err and "--max-tokens" in ended.err
    assert chat("Hi", "--quiet").err == ""


def test_a_schema_is_sent_and_the_answer_checked(chat: Chat, fake_daemon: FakeDaemon, home: Path) -> None:
    schema = {"type": "object"}
    file = home / "schema.json"
    file.write_text(json.dumps(schema))
    fake_daemon.streams("POST", NEW, turn('{"a":', " 1}"))
    fake_daemon.streams("POST", NEW, turn('{"a":', " 1}"))
    fake_daemon.streams("POST", NEW, turn('{"a":', finish_reason="length"))
    for given in (json.dumps(schema), f"@{file}"):
        assert chat("Hi", "--schema", given) == Outcome(0, '{"a": 1}\n', "")
        assert sent(fake_daemon)["json_schema"] == schema
    ended = chat("Hi", "--schema", str(file))
    assert (ended.status, ended.out) == (65, '{"a":\n') and "--max-tokens" in ended.err


# What goes wrong


@pytest.mark.parametrize("argv", [[], [""], ["  "], ["--json"], ["--jsonl"]])
def test_nothing_to_ask(chat: Chat, fake_daemon: FakeDaemon, argv: list[str]) -> None:
    ended = chat(*argv, stdin=" \n")
    assert (ended.status, ended.out) == (2, "") and "nothing to ask" in ended.err
    assert fake_daemon.asked == []


@dataclass
class Broken:
    make: Callable[[Path], object]
    status: int
    says: str


BROKEN: list[Broken] = [
    Broken(lambda path: None, 5, "There is no file"),
    Broken(lambda path: path.mkdir(), 2, "is a folder"),
    Broken(lambda path: path.write_bytes(b"\x89PNG\x00"), 65, "byte 0 is 0x89"),
    Broken(lambda path: path.write_bytes(b"text\0"), 65, "byte 4 is zero"),
    Broken(lambda path: path.symlink_to(path), 2, "cannot be read"),
    Broken(lambda path: path.symlink_to("/dev/zero"), 65, "more than 16 MiB"),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.says)
def test_what_cannot_be_attached(chat: Chat, fake_daemon: FakeDaemon, home: Path, broken: Broken) -> None:
    broken.make(home / "file")
    ended = chat("Read this.", "-f", str(home / "file"))
    assert (ended.status, ended.out) == (broken.status, "") and broken.says in ended.err
    assert fake_daemon.asked == []


def test_what_is_piped_in_must_be_text(chat: Chat, fake_daemon: FakeDaemon) -> None:
    ended = chat("Read this.", stdin=b"\x1f\x8b\x08")
    assert (ended.status, ended.out) == (65, "")
    assert ended.err.startswith("error: Standard input is no text in UTF-8: byte 1 is 0x8b.\n")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["-o", "temprature=1"], "Did you mean temperature?"),
        (["-o", "temperature=hot"], "'hot' is no number"),
        (["-o", "temperature=nan"], "'nan' is no number"),
        (["-o", "seed=1.5"], "'1.5' is no whole number"),
        (["-o", "seed"], "the value is missing"),
        (["-o", "stop=[1]"], "a text is needed"),
        (["-c", "-r", "abc"], "Give one of them"),
        (["-m", "a", "-q", "b"], "Give one of them"),
        (["--schema", "[]"], "no object"),
        (["--schema", "{'a'}"], "is no JSON"),
        (["--no-such-flag"], "--no-such-flag"),
    ],
)
def test_wrong_words(chat: Chat, fake_daemon: FakeDaemon, argv: list[str], says: str) -> None:
    ended = chat(*argv, "Hi")
    assert ended.status in (2, 65) and says in ended.err and ended.out == ""
    assert fake_daemon.asked == []


def test_an_unknown_model_is_told_with_its_neighbours(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.refuses("POST", NEW, 404, "model_not_found", "There is no model `smol`.", near=[MODEL_ID])
    ended = chat("Hi", "-m", "smol")
    assert (ended.status, ended.out) == (5, "") and MODEL_ID in ended.err


def test_an_error_after_some_text_leaves_the_text(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, [STARTED, delta("Beca"), failed()])
    assert chat("Hi") == Outcome(69, "Beca\n", "error: The engine broke.\n")


def test_with_json_an_error_is_all_there_is(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, [STARTED, delta("Beca"), failed()])
    ended = chat("Hi", "--json")
    assert (ended.status, ended.out) == (69, "")
    assert json.loads(ended.err)["error"]["code"] == "upstream_failed"


def test_a_daemon_that_dies_in_the_middle_is_told(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, [STARTED, delta("Beca"), b": ping\n\n"])
    ended = chat("Hi")
    assert (ended.status, ended.out) == (69, "Beca\n") and "went away" in ended.err


def test_time_runs_out(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("Beca", 5, "use"))
    ended = chat("Hi", "--timeout", "200ms")
    assert (ended.status, ended.out) == (124, "Beca\n")


def test_a_closed_pipe_is_quiet(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn(*(["line\n", 0.001] * 300)))
    line = f"{SCRIPT} chat Hi | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], env=environ, capture_output=True, stdin=subprocess.DEVNULL, timeout=30)
    assert (done.stdout, done.stderr) == (b"line\n0\n", b"")


def test_a_full_disk_is_told(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [SCRIPT, "chat", "Hi"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=30,
        )
    assert done.returncode == 1
    assert done.stderr == b"error: The answer could not be written: No space left on device.\n"


def test_an_interrupt_keeps_what_came(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("Beca", 20, "use"))
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    program = subprocess.Popen([SCRIPT, "chat", "Hi"], env=environ, bufsize=0, **pipes)
    assert program.stdout is not None and program.stdout.read(4) == b"Beca"
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=10)
    assert (program.returncode, out, err) == (130, b"\n", b"Stopped. What came is kept.\n")
    deadline = time.monotonic() + 5
    while not fake_daemon.hung_up and time.monotonic() < deadline:
        time.sleep(0.01)
    assert fake_daemon.hung_up == 1


def test_words_in_no_encoding(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    done = subprocess.run([SCRIPT, "chat", b"\xff"], env=environ, capture_output=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 65 and b"no text in UTF-8" in done.stderr


# In a terminal


def test_markdown_is_rendered_in_a_terminal(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("**bo", "ld** \x1b]0;t\x07 [red]\n\n- it", 0.1, "em\n"))
    with Person("chat", "Hi", environ=environ) as person:
        assert person.waits_for_the_end() == 0
    assert person.terminal.rows() == ["bold ␛]0;t␇ [red]", "", "• item"]
    assert "\x1b[1mbold\x1b[0m" in person.terminal.sent and "\x1b]" not in person.terminal.sent


def test_a_long_answer_is_painted_once(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    paragraphs = [f"Paragraph {number} begins " + "and goes on " * 9 for number in range(200)]
    text = "\n\n".join(paragraphs)
    pieces: list[Any] = [text[at : at + 60] for at in range(0, len(text), 60)]
    fake_daemon.streams("POST", NEW, turn(*(part for piece in pieces for part in (piece, 0.002))))
    with Person("chat", "Hi", environ=environ) as person:
        assert person.waits_for_the_end() == 0
    rows = person.terminal.rows()
    assert [sum(row.startswith(f"Paragraph {number} ") for row in rows) for number in range(200)] == [1] * 200
    assert len(person.terminal.sent) < 1.5 * len("\r\n".join(rows))


def test_raw_shows_the_source_but_nothing_that_acts(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("**bold** \x1b[31m"))
    with Person("chat", "--raw", "Hi", environ=environ) as person:
        assert person.waits_for_the_end() == 0
    assert person.terminal.sent == "**bold** ␛[31m\r\n"


def test_a_poor_terminal_gets_text(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("**bold**"))
    with Person("chat", "Hi", environ={**environ, "TERM": "dumb"}) as person:
        assert person.waits_for_the_end() == 0
    assert person.terminal.sent == "**bold**\r\n"


def test_ctrl_c_stops_the_answer_and_leaves_the_terminal_clean(
    environ: dict[str, str], fake_daemon: FakeDaemon
) -> None:
    fake_daemon.streams("POST", NEW, turn("Because **of", 20, "**"))
    with Person("chat", "Hi", environ=environ) as person:
        person.waits_for("Because **of")
        person.type("typed meanwhile" + CTRL_C)
        assert person.waits_for_the_end() == 130
    assert person.terminal.rows() == ["Because **of", "Stopped. What came is kept."]


def test_loading_is_shown_and_wiped(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    amount = {"done_bytes": 50_000_000, "total_bytes": 100_000_000}
    loading = {**DELTA, "type": "model.loading", "model": MODEL_ID, "phase": "fetching", **amount}
    fake_daemon.streams("POST", NEW, [STARTED, loading, 0.3, *turn(ANSWER)[1:]])
    with Person("chat", "Hi", environ=environ) as person:
        person.waits_for("Fetching")
        assert person.waits_for_the_end() == 0
    assert person.terminal.rows() == [ANSWER]


def test_another_width_in_the_middle(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    words = [f"word{number}" for number in range(60)]
    fake_daemon.streams("POST", NEW, turn(" ".join(words[:30]), 0.4, " " + " ".join(words[30:])))
    with Person("chat", "Hi", environ=environ, columns=40) as person:
        person.waits_for("word29")
        person.resizes(60)
        assert person.waits_for_the_end() == 0
    assert " ".join(person.terminal.rows()).split() == words


def test_the_first_word_is_seen_at_once(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("First", 3, " second"))
    with Person("chat", "Hi", environ=environ) as person:
        person.waits_for("First")
        assert not person.sees("second")


def test_a_daemon_that_cannot_start_is_told(spawn: Spawn, home: Path) -> None:
    config = home / "broken.toml"
    config.write_text("[daemon\n")
    ended = spawn("chat", "Hi", "--config", str(config))
    assert ended.status == 78 and ended.out == ""
