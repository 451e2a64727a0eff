"""What `triforce chat` says where it cannot ask, and how it ends where the answer does not."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_cli.commands.chatting import NEW, STARTED, Chat, chat, delta, failed, turn
from tests.triforce_cli.conftest import SCRIPT, Outcome, Spawn
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL_ID

__all__ = ["chat"]


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


def test_a_daemon_that_cannot_start_is_told(spawn: Spawn, home: Path) -> None:
    config = home / "broken.toml"
    config.write_text("[daemon\n")
    ended = spawn("chat", "Hi", "--config", str(config))
    assert ended.status == 78 and ended.out == ""
