"""Where the log is read from."""

import os
from pathlib import Path

import pytest

from triforce_daemon.errors import StorageFailed
from triforce_daemon.services.logs.source import LogFiles


def test_a_log_that_somebody_has_deleted_is_empty(tmp_path: Path) -> None:
    assert list(LogFiles(str(tmp_path / "log")).newest()) == []


def test_whoever_is_told_of_it_finds_it_from_any_folder() -> None:
    assert LogFiles("triforced.log").path == os.path.join(os.getcwd(), "triforced.log")


def test_only_the_end_of_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ntwo\nthree\n")
    assert list(LogFiles(str(tmp_path / "log"), most_bytes=10).newest()) == ["three"]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    os.mkdir(tmp_path / "log")
    with pytest.raises(StorageFailed, match="cannot be read"):
        list(LogFiles(str(tmp_path / "log")).newest())
