"""Folders that are made belong to their owner alone, those above them as well."""

import os
import stat
import threading
from pathlib import Path

import pytest

from triforce_daemon.runtime.folders import make_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_folder_that_is_made_is_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private(str(tmp_path / "a" / "b" / "c"))
    finally:
        os.umask(before)
    assert [mode(tmp_path / part) for part in ("a", "a/b", "a/b/c")] == [0o700] * 3


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    make_private(str(tmp_path / "open" / "inner"))
    make_private(str(tmp_path / "open"))
    assert mode(tmp_path / "open") == 0o755
    assert mode(tmp_path / "open/inner") == 0o700


def test_a_relative_path_is_below_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_private("x/y")
    make_private("")
    assert (tmp_path / "x/y").is_dir()


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in ("file", "file/below"):
        with pytest.raises(FileExistsError):
            make_private(str(tmp_path / path))


def test_many_may_make_the_same_folder_at_once(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def make(start: threading.Barrier, path: str) -> None:
        start.wait()
        try:
            make_private(path)
        except OSError as error:
            failures.append(error)

    for number in range(50):
        start = threading.Barrier(4)
        path = str(tmp_path / f"{number}/b/c")
        threads = [threading.Thread(target=make, args=(start, path)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
