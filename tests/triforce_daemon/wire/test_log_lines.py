"""The lines of a log: narrowed down, and read from the end of its files."""

import json
import os
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.wire import log_lines
from triforce_daemon.wire.log_lines import Wanted, category_of, fitting, newest, parsed


def line(number: int, **other: Any) -> dict[str, Any]:
    made = {"ts": f"2026-03-01T12:00:{number:02d}.000Z", "level": "info", "unit": "routes.app", "msg": f"m{number}"}
    return {**made, **other}


def written(path: Path, *lines: dict[str, Any]) -> str:
    with path.open("a") as file:
        file.writelines(json.dumps(one) + "\n" for one in lines)
    return str(path)


def messages(path: str, count: int = 50, **wanted: Any) -> list[str]:
    return [one["msg"] for one in islice(fitting(newest(path), Wanted(**wanted)), count)][::-1]


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
        ({"category": "all"}, [1, 2, 3, 4, 5]),
        ({"words": "ROUTING"}, [3]),
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


@pytest.mark.parametrize(
    ("unit", "category"),
    [
        ("services.memory_search", "memory"),
        ("routes.mcp", "mcp"),
        ("routes.app", "api"),
        ("services.keys", "security"),
        ("stores.sqlite.writer", "system"),
        ("", "system"),
    ],
)
def test_every_room_is_of_one_category(unit: str, category: str) -> None:
    assert category_of(unit) == category


def test_a_file_that_is_moved_aside_meanwhile_is_not_read_twice(tmp_path: Path) -> None:
    path = written(tmp_path / "log", line(1), line(2))
    read = newest(path)
    assert "m2" in next(read)
    os.rename(path, tmp_path / "log.1")
    written(tmp_path / "log", line(3))
    assert ["m1" in one for one in read] == [True]


def test_only_the_end_of_a_large_log_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "log", *(line(number) for number in range(20)))
    size = os.path.getsize(path)
    assert len(list(newest(path, size))) == 20
    half = [json.loads(one)["msg"] for one in newest(path, size // 2)]
    assert half == [f"m{number}" for number in range(19, 9, -1)][: len(half)] and len(half) in (9, 10)
    written(tmp_path / "log.1", line(1))
    assert len(list(newest(path, size))) == 20


def test_what_is_older_is_not_looked_for_to_the_last_line() -> None:
    def lines() -> Any:
        yield json.dumps(line(50))
        for _ in range(200):
            yield json.dumps(line(1))
        raise AssertionError("nobody needs this one")

    assert [one["msg"] for one in fitting(lines(), Wanted(since="2026-03-01T12:00:40"))] == ["m50"]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=30)), st.booleans())
def test_read_from_the_end_it_says_the_same(lines: list[str], ended: bool) -> None:
    with tempfile.NamedTemporaryFile("wb") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_lines, "_BLOCK", 7)
        text = "\n".join(lines) + ("\n" if ended else "")
        file.write(text.encode())
        file.flush()
        assert [one for one in newest(file.name) if one] == [one for one in reversed(text.split("\n")) if one]
