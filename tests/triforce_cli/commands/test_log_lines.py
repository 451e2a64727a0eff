"""The lines of a log: narrowed down, followed while it is moved aside, and drawn."""

import json
import os
import threading
import time
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from triforce_cli.commands._log_lines import Wanted, drawn, follow, last, parsed
from triforce_cli.output.paint import Paint


def line(number: int, **other: Any) -> dict[str, Any]:
    made = {"ts": f"2026-03-01T12:00:{number:02d}.000Z", "level": "info", "unit": "routes.app", "msg": f"m{number}"}
    return {**made, **other}


def written(path: Path, *lines: dict[str, Any]) -> str:
    with path.open("a") as file:
        file.writelines(json.dumps(one) + "\n" for one in lines)
    return str(path)


def messages(path: str, count: int = 50, **wanted: Any) -> list[str]:
    return [one["msg"] for one in last(path, Wanted(**wanted), count)]


LINES = [
    line(1, level="debug", unit="providers.remote"),
    line(2, request_id="0197a000-1"),
    line(3, level="warning", unit="services.routing.answer", request_id="0197a000-1"),
    line(4, level="error", unit="tools.core"),
    line(5, unit="toolbox.runner"),
]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"level": "warning"}, [3, 4]),
        ({"level": "debug"}, [1, 2, 3, 4, 5]),
        ({"since": "2026-03-01T12:00:04.000Z"}, [4, 5]),
        ({"request": "0197a"}, [2, 3]),
        ({"category": "api"}, [2]),
        ({"category": "llm"}, [1, 3]),
        ({"category": "mcp"}, [4, 5]),
        ({"category": "error"}, [4]),
        ({"category": "agent"}, []),
        ({"count": 2}, [4, 5]),
        ({"count": 0}, []),
    ],
)
def test_lines_are_narrowed_down(tmp_path: Path, wanted: dict[str, Any], numbers: list[int]) -> None:
    assert messages(written(tmp_path / "log", *LINES), **wanted) == [f"m{number}" for number in numbers]


def test_files_that_were_moved_aside_are_read_as_far_as_they_are_needed(tmp_path: Path) -> None:
    for number, name in enumerate(["log.2", "log.1", "log"]):
        written(tmp_path / name, line(number))
    assert messages(str(tmp_path / "log")) == ["m0", "m1", "m2"]
    assert messages(str(tmp_path / "log"), 2) == ["m1", "m2"]


def test_words_for_a_person_and_what_is_no_line_of_ours_are_lines_too() -> None:
    text = "2026-03-01T12:00:01.000Z WARNING routes.app: slow model=m"
    assert parsed(text) == {
        "ts": "2026-03-01T12:00:01.000Z", "level": "warning", "unit": "routes.app", "msg": "slow model=m"
    }  # fmt: skip
    assert parsed("Segmentation fault") == {"msg": "Segmentation fault"}
    assert parsed("[1]") == {"msg": "[1]"}
    # Nobody knows how bad that is, so it is not hidden.
    assert Wanted(level="error").fits(parsed("Segmentation fault"), "Segmentation fault")


def test_what_is_written_later_is_followed_also_into_the_next_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    followed = follow(written(path, line(1)), Wanted())
    heard: list[str] = []
    # The first step opens the file at its end.
    listening = threading.Thread(target=lambda: heard.extend(one["msg"] for one in islice(followed, 3)), daemon=True)
    listening.start()
    time.sleep(0.3)
    half = json.dumps(line(2))
    with path.open("a") as file:
        file.write(half[:20])
        file.flush()
        time.sleep(0.3)
        file.write(half[20:] + "\n" + json.dumps(line(3)) + "\n")
    os.rename(path, tmp_path / "log.1")
    written(path, line(4))
    listening.join(10)
    assert heard == ["m2", "m3", "m4"]


def test_a_line_is_drawn_without_obeying_it() -> None:
    told = drawn(line(1, level="error", msg="bad \x1b[2J", model="m", traceback="a\nb"), Paint(False))
    assert "\x1b" not in told
    first, *trace = told.splitlines()
    assert "error   routes.app bad" in first and "model=m" in first
    assert trace == ["  a", "  b"]
    assert drawn({"msg": "alone"}, Paint(False)) == "alone"
