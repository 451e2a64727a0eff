"""Files that are nobody else's business, and what is refused because it may have been."""

import asyncio
import os
from pathlib import Path

import pytest

from triforce_daemon.errors import StorageFailed, VaultUnavailable
from triforce_daemon.stores.vault import private_files
from triforce_daemon.stores.vault.private_files import LARGEST, PrivateFolder


@pytest.fixture
def private(tmp_path: Path) -> PrivateFolder:
    return PrivateFolder(str(tmp_path / "state" / "vault"))


def mode(path: str) -> int:
    return os.stat(path).st_mode & 0o777


def test_what_was_written_is_read(private: PrivateFolder) -> None:
    assert private.read("a") is None
    private.replace("a", b"one")
    private.replace("a", b"two")
    assert private.read("a") == b"two"
    assert os.listdir(private.path) == ["a"]
    private.remove("a")
    private.remove("a")
    assert private.read("a") is None


def test_nobody_else_may_look(private: PrivateFolder) -> None:
    before = os.umask(0)
    try:
        private.replace("a", b"one")
    finally:
        os.umask(before)
    assert (mode(private.path), mode(private.file("a"))) == (0o700, 0o600)


def test_a_new_version_is_seen(private: PrivateFolder) -> None:
    assert private.version("a") is None
    private.replace("a", b"one")
    first = private.version("a")
    private.replace("a", b"two")
    assert private.version("a") != first


@pytest.mark.parametrize("which", ["folder", "file"])
def test_what_is_open_to_others_is_refused(private: PrivateFolder, which: str) -> None:
    private.replace("a", b"one")
    os.chmod(private.path if which == "folder" else private.file("a"), 0o740 if which == "folder" else 0o640)
    with pytest.raises(VaultUnavailable, match="open to other users") as refused:
        private.read("a")
    assert refused.value.hint is not None and "chmod" in refused.value.hint
    os.chmod(private.path, 0o755)
    with pytest.raises(VaultUnavailable):
        private.replace("a", b"two")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("which", ["folder", "file"])
def test_what_belongs_to_somebody_else_is_refused(private: PrivateFolder, which: str) -> None:
    private.replace("a", b"one")
    os.chown(private.path if which == "folder" else private.file("a"), 65_534, 65_534)
    with pytest.raises(VaultUnavailable, match="another user"):
        private.read("a")


def test_links_are_refused(private: PrivateFolder, tmp_path: Path) -> None:
    private.replace("a", b"one")
    (tmp_path / "b").write_bytes(b"theirs")
    for name in ("linked", "linked.draft", "lock"):
        os.symlink(tmp_path / "b", private.file(name))
    with pytest.raises(VaultUnavailable, match="link"):
        private.read("linked")
    with pytest.raises(VaultUnavailable, match="link"):
        private.replace("linked", b"mine")
    assert (tmp_path / "b").read_bytes() == b"theirs"
    os.rename(private.path, tmp_path / "moved")
    os.symlink(tmp_path / "moved", private.path)
    with pytest.raises(VaultUnavailable, match="link"):
        private.read("a")


async def test_a_link_is_no_lock(private: PrivateFolder, tmp_path: Path) -> None:
    private.replace("a", b"one")
    os.symlink(tmp_path / "b", private.file("lock"))
    with pytest.raises(VaultUnavailable):
        async with private.locked():
            pass


def test_what_is_no_file_is_refused(private: PrivateFolder) -> None:
    private.replace("a", b"one")
    os.mkfifo(private.file("pipe"), 0o600)
    os.mkdir(private.file("folder"), 0o700)
    for name in ("pipe", "folder"):
        with pytest.raises(VaultUnavailable):
            private.read(name)


def test_a_file_in_the_folders_place_is_refused(private: PrivateFolder) -> None:
    os.makedirs(os.path.dirname(private.path))
    Path(private.path).write_bytes(b"")
    with pytest.raises((VaultUnavailable, StorageFailed)):
        private.replace("a", b"one")


def test_what_is_much_too_large_is_neither_written_nor_read(private: PrivateFolder) -> None:
    private.replace("a", b"x" * LARGEST)
    assert len(private.read("a") or b"") == LARGEST
    with pytest.raises(StorageFailed, match="larger"):
        private.replace("a", b"x" * (LARGEST + 1))
    with open(private.file("a"), "ab") as file:
        file.write(b"x")
    with pytest.raises(VaultUnavailable, match="too large"):
        private.read("a")


def test_a_full_disk_leaves_what_was_there(private: PrivateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    private.replace("a", b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFailed, match="No space"):
        private.replace("a", b"two")
    assert private.read("a") == b"one"


async def test_one_writes_at_a_time(private: PrivateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = 0

    async def write() -> None:
        nonlocal inside
        async with private.locked():
            inside += 1
            assert inside == 1
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(write() for _ in range(5)))
    monkeypatch.setattr(private_files, "_LOCK_SECONDS", 0.05)
    async with private.locked():
        with pytest.raises(StorageFailed, match="Another process"):
            async with private.locked():
                pass
