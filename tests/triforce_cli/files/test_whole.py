"""Files of other programs: replaced in one step, with the folders that they need."""

from pathlib import Path

import pytest

from tests.triforce_daemon.disks import read_only
from triforce_cli.errors import OutputFailed, UnreadableFile
from triforce_cli.files import whole


def test_what_is_not_there_is_none(home: Path) -> None:
    (home / "file").touch()
    for path in (home / "nothing", home / "file" / "below"):
        assert whole.read(str(path)) is None
        assert whole.mode(str(path)) is None


def test_a_folder_is_no_file(home: Path) -> None:
    with pytest.raises(UnreadableFile):
        whole.read(str(home))


def test_folders_are_made_told_and_removed_again(home: Path) -> None:
    made = whole.write(str(home / "a" / "b" / "file"), b"x", 0o600)
    assert made == (str(home / "a"), str(home / "a" / "b"))
    assert whole.write(str(home / "a" / "b" / "file"), b"y", 0o640) == ()
    assert (whole.read(str(home / "a" / "b" / "file")), whole.mode(str(home / "a" / "b" / "file"))) == (b"y", 0o640)
    whole.remove(str(home / "a" / "b" / "file"), made)
    whole.remove(str(home / "a" / "b" / "file"), made)
    assert list(home.iterdir()) == []


def test_a_write_that_fails_leaves_the_file_and_no_draft(home: Path) -> None:
    (home / "file").write_bytes(b"x")
    with read_only(str(home)), pytest.raises(OutputFailed):
        whole.write(str(home / "file"), b"y", 0o600)
    assert (home / "file").read_bytes() == b"x"
    (home / "folder" / "below").mkdir(parents=True)
    with pytest.raises(OutputFailed):
        whole.write(str(home / "folder"), b"y", 0o600)
    assert sorted(path.name for path in home.iterdir()) == ["file", "folder"]
