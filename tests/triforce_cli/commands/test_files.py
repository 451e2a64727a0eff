"""Files that are named on the command line."""

import os
from pathlib import Path

import pytest

from triforce_cli.commands._files import read_text, write_text
from triforce_cli.errors import InputInvalid, OutputFailed, UnreadableFile


def test_what_cannot_be_read(home: Path) -> None:
    for name in ("missing", "."):
        with pytest.raises(UnreadableFile, match="cannot be read"):
            read_text(str(home / name))


def test_what_is_no_text(home: Path) -> None:
    (home / "x").write_bytes(b"abc\xff")
    with pytest.raises(InputInvalid, match="byte 3"):
        read_text(str(home / "x"))


def test_a_byte_order_mark_is_no_text(home: Path) -> None:
    (home / "x").write_bytes("\ufeffä".encode())
    assert read_text(str(home / "x")) == "ä"


def test_a_file_is_private_and_whole(home: Path) -> None:
    path = home / "x"
    path.write_text("old and longer")
    write_text(str(path), "ä", {})
    assert path.read_bytes() == "ä".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(home) == ["x"]


@pytest.mark.parametrize("name", ["no/folder/x", "", "."])
def test_what_cannot_be_written(home: Path, name: str) -> None:
    with pytest.raises(OutputFailed, match="cannot be written"):
        write_text(str(home / name), "x", {})
    assert os.listdir(home) == []


def test_standard_output_is_utf8(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_text("-", "日本\n", {})
    assert capfdbinary.readouterr().out == "日本\n".encode()
