"""The folder of backups."""

import json
import os
import stat
import tarfile
from pathlib import Path

import pytest

from triforce_daemon.errors import NotFound, StorageFailed
from triforce_daemon.services.backups.archives import Archives, Note, manifest, pieces

NOTE = Note(name="triforce-1", kinds=["config"], created="2026-03-01T12:00:00Z", bytes=0, sha256="", version="1")


def packed(archives: Archives, name: str = "triforce-1", created: str = NOTE["created"]) -> Note:
    with archives.staging() as staged:
        os.mkdir(os.path.join(staged, "config"))
        Path(staged, "config", "config.toml").write_text("a = 1\n")
        return archives.pack(staged, {**NOTE, "name": name, "created": created})


def test_a_backup_is_nobody_elses_to_read_and_says_what_it_should_be(tmp_path: Path) -> None:
    archives = Archives(str(tmp_path / "archives"))
    note = packed(archives)
    path = Path(archives.path("triforce-1"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    digest = archives.digest("triforce-1")
    assert digest and (digest.bytes, digest.sha256) == (note["bytes"], note["sha256"])
    assert archives.note("triforce-1") == note
    with tarfile.open(path) as archive:
        (member,) = archive.getmembers()
        assert (member.name, member.uid, member.uname, member.mode) == ("config/config.toml", 0, "", 0o600)
    assert sorted(os.listdir(path.parent)) == ["triforce-1.json", "triforce-1.tar.gz"]


def test_what_was_changed_is_seen(tmp_path: Path) -> None:
    archives = Archives(str(tmp_path))
    note = packed(archives)
    with open(archives.path("triforce-1"), "r+b") as file:
        file.seek(30)
        byte = file.read(1)
        file.seek(30)
        file.write(bytes([byte[0] ^ 1]))
    digest = archives.digest("triforce-1")
    assert digest and digest.sha256 != note["sha256"] and digest.bytes == note["bytes"]


def test_the_newest_come_first_and_what_is_no_note_is_passed_over(tmp_path: Path) -> None:
    archives = Archives(str(tmp_path))
    assert Archives(str(tmp_path / "nothing")).notes() == []
    packed(archives, "triforce-1", "2026-03-01")
    packed(archives, "triforce-2", "2026-03-02")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "foreign.json").write_text(json.dumps({"name": "foreign"}))
    (tmp_path / "liar.json").write_text(json.dumps({**NOTE, "name": "another"}))
    assert [note["name"] for note in archives.notes()] == ["triforce-2", "triforce-1"]
    for name in ("broken", "../archives/triforce-1", "", "nothing"):
        with pytest.raises(NotFound):
            archives.note(name)
    assert archives.digest("nothing") is None


def test_nothing_is_left_of_what_failed_and_of_what_was_killed_after_a_day(tmp_path: Path) -> None:
    archives = Archives(str(tmp_path))
    (tmp_path / ".making-killed").mkdir()
    os.utime(tmp_path / ".making-killed", (0, 0))
    with pytest.raises(RuntimeError), archives.staging() as staged:
        assert stat.S_IMODE(os.stat(staged).st_mode) == 0o700
        raise RuntimeError
    assert os.listdir(tmp_path) == []
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed), Archives(str(tmp_path / "file")).staging():
        pass


def test_files_are_named_from_the_folder_on(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("x")
    (tmp_path / ".draft").touch()
    assert pieces(str(tmp_path)) == ["a/b"]
    assert manifest(str(tmp_path), ["a/b"])["a/b"]["bytes"] == 1
