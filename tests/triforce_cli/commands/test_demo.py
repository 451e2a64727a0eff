"""The tour: real commands, a real daemon, the real model; nothing is left of it, however it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from triforce_cli.commands.demo import QUESTION, TOUR

TRIFORCE = str(Path(sys.executable).with_name("triforce"))


@pytest.fixture
def visitor(home: Path, environ: dict[str, str], model_file: str) -> Iterator[dict[str, str]]:
    """Somebody with an empty home, but with the model's file where it is kept; all of their processes end."""
    kept = home / ".local/share/triforce/models"
    kept.mkdir(parents=True)
    for name in os.listdir(os.path.dirname(model_file)):
        (kept / name).symlink_to(os.path.join(os.path.dirname(model_file), name))
    (home / "tmp").mkdir()
    yield {**environ, "TMPDIR": str(home / "tmp")}
    left = processes(home)
    for process in left:
        process.kill()
    assert left == []


def processes(home: Path) -> list[psutil.Process]:
    """Processes that were started with this home as theirs."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HOME") == str(home):
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_until_gone(home: Path, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while processes(home) and time.monotonic() < deadline:
        time.sleep(0.05)


def wait_for_step(tour: "subprocess.Popen[str]", words: str, seconds: float = 20) -> None:
    """Until the tour has announced the command of these words, and runs it."""
    assert tour.stdout and tour.stderr
    assert any(words in line for line in tour.stdout), tour.stderr.read()
    deadline = time.monotonic() + seconds
    while not _runs(tour, words.split()[1:]):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _runs(tour: "subprocess.Popen[str]", words: list[str]) -> bool:
    try:
        return any(set(words) <= set(child.cmdline()) for child in psutil.Process(tour.pid).children())
    except psutil.Error:
        return False


@pytest.mark.model
def test_the_tour_ends_well(home: Path, visitor: dict[str, str]) -> None:
    ended = subprocess.run([TRIFORCE, "demo"], env=visitor, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    for step in TOUR:
        assert step.remark in ended.stdout
    answer = ended.stdout.split(QUESTION)[1].split(TOUR[-2].remark)[0]
    assert len(answer.split()) > 5
    wait_until_gone(home)
    assert os.listdir(home / "tmp") == []
    assert not (home / ".local/state").exists() and not (home / ".config").exists()


@pytest.mark.model
def test_the_tour_as_json_with_a_home_that_stays(home: Path, visitor: dict[str, str]) -> None:
    ended = subprocess.run([TRIFORCE, "demo", "--json", "--keep"], env=visitor, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    reply = json.loads(ended.stdout)
    assert reply["schema"] == "triforce.demo/1"
    assert [item["command"][0] for item in reply["items"]] == [step.words[0] for step in TOUR]
    answer = next(item["reply"] for item in reply["items"] if item["command"][0] == "chat")
    assert answer["message"] and answer["usage"]["output_tokens"] > 0
    (kept,) = (home / "tmp").iterdir()
    assert (kept / "triforce/triforce.db").exists()
    wait_until_gone(home)


@pytest.mark.model
@pytest.mark.parametrize(
    ("moment", "ending"),
    [
        ("triforce daemon start", signal.SIGINT),
        ("triforce daemon start", signal.SIGHUP),
        ("triforce chat", signal.SIGINT),
        ("triforce chat", signal.SIGTERM),
    ],
)
def test_an_interrupted_tour_leaves_nothing(
    home: Path, visitor: dict[str, str], moment: str, ending: signal.Signals
) -> None:
    with subprocess.Popen(
        [TRIFORCE, "demo"], env=visitor, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as tour:
        wait_for_step(tour, moment)
        time.sleep(0.2)
        # As a terminal does it: to the tour and to the command that it runs.
        os.killpg(tour.pid, ending)
        tour.communicate(timeout=30)
    assert tour.returncode == 130
    wait_until_gone(home)
    assert os.listdir(home / "tmp") == []


def test_a_failing_step_ends_the_tour(home: Path, environ: dict[str, str]) -> None:
    """Here the first: a daemon cannot have a socket below so long a path."""
    deep = home / ("x" * 90)
    deep.mkdir()
    ended = subprocess.run(
        [TRIFORCE, "demo"], env={**environ, "TMPDIR": str(deep)}, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 78
    assert "error:" in ended.stderr and "Traceback" not in ended.stderr
    assert "triforce chat" not in ended.stdout.split("$ triforce daemon start")[1]
    assert os.listdir(deep) == []
