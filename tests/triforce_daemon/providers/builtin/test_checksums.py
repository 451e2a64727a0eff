"""Sums that are computed once, and again when the file changed."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from triforce_daemon.providers.builtin import checksums
from triforce_daemon.providers.builtin.checksums import Checksums


async def test_a_sum_is_remembered_until_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    real = checksums.sha256_of

    def counting(path: str) -> str:
        counted.append(path)
        return real(path)

    monkeypatch.setattr(checksums, "sha256_of", counting)
    file = tmp_path / "a.gguf"
    file.write_bytes(b"one")
    path = str(file)
    assert Checksums(str(tmp_path)).noted(path) is None
    assert await Checksums(str(tmp_path)).of(path) == hashlib.sha256(b"one").hexdigest()
    assert await Checksums(str(tmp_path)).of(path) == Checksums(str(tmp_path)).noted(path)
    assert counted == [path]
    before = file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert Checksums(str(tmp_path)).noted(path) is None
    assert await Checksums(str(tmp_path)).of(path) == hashlib.sha256(b"two").hexdigest()
    file.write_bytes(b"three")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert Checksums(str(tmp_path)).noted(path) is None


@pytest.mark.parametrize("notes", ["", "nonsense", "[]", '{"a": 3, "b": [1]}', '{"PATH": [3]}'])
async def test_damaged_notes_are_no_notes(tmp_path: Path, notes: str) -> None:
    path = str(tmp_path / "a.gguf")
    (tmp_path / "a.gguf").write_bytes(b"one")
    (tmp_path / "checked.json").write_text(notes.replace("PATH", path))
    sums = Checksums(str(tmp_path))
    assert sums.noted(path) is None
    assert await sums.of(path) == hashlib.sha256(b"one").hexdigest()
    assert list(json.loads((tmp_path / "checked.json").read_text())) == [path]


async def test_notes_that_cannot_be_kept_cost_only_time(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"one")
    sums = Checksums(str(tmp_path / "missing"))
    path = str(tmp_path / "a.gguf")
    assert await sums.of(path) == hashlib.sha256(b"one").hexdigest() == sums.noted(path)
    assert not (tmp_path / "missing").exists()
