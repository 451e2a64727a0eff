"""What is kept of changed files."""

import os

import pytest

from triforce_daemon.errors import FileMissing, StorageFailed
from triforce_daemon.workspaces.blobs import Blobs


@pytest.fixture
def blobs(folder: str) -> Blobs:
    return Blobs(f"{folder}/backups")


def test_the_same_content_is_kept_once_and_by_nobody_else(blobs: Blobs, folder: str) -> None:
    name = blobs.put(b"text")
    assert blobs.put(b"text") == name
    assert blobs.get(name) == b"text"
    place = f"{folder}/backups/{name[:2]}"
    assert os.listdir(place) == [name]
    assert os.stat(f"{place}/{name}").st_mode & 0o777 == 0o600
    assert os.stat(place).st_mode & 0o777 == 0o700


def test_a_damaged_one_is_not_handed_out(blobs: Blobs, folder: str) -> None:
    name = blobs.put(b"text")
    with open(f"{folder}/backups/{name[:2]}/{name}", "wb") as file:
        file.write(b"other")
    with pytest.raises(StorageFailed, match="damaged"):
        blobs.get(name)


def test_what_nobody_needs_is_forgotten_when_it_is_old(blobs: Blobs) -> None:
    old, needed = blobs.put(b"old"), blobs.put(b"needed")
    assert blobs.forget({needed}, before=0) == 0
    assert blobs.forget({needed}, before=1e12) == 1
    assert blobs.get(needed) == b"needed"
    with pytest.raises(FileMissing, match="not kept"):
        blobs.get(old)


def test_where_nothing_can_be_kept(folder: str) -> None:
    with open(f"{folder}/file", "w"):
        pass
    with pytest.raises(StorageFailed, match="No backup"):
        Blobs(f"{folder}/file/backups").put(b"text")
