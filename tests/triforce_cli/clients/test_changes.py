"""What is done to a program's files is taken back to the last byte, and what their owner did since stays."""

import json
import os
from pathlib import Path

import pytest

from tests.triforce_daemon.disks import read_only
from triforce_cli.clients import changes, env_text, json_text
from triforce_cli.clients.client import Edit, FileEdits
from triforce_cli.clients.record import Record
from triforce_cli.errors import InputInvalid, OutputFailed
from triforce_cli.files import toml_text

EDITS = (Edit(("model",), "m"), Edit(("env", "URL"), "http://x"), Edit(("env", "KEY"), None))
#: No two ways to format JSON are safe from a program that rewrites it.
MINE = b'{"z":1,\r\n\t"env": {"KEY": "mine", "OTHER": "\xc3\xbc"}, // remark\r\n "a":[ ]}'


@pytest.fixture
def file(home: Path) -> Path:
    return home / "config" / "client" / "settings.json"


def wanted(file: Path, *edits: Edit, secret: bool = False) -> list[FileEdits]:
    return [FileEdits(str(file), json_text, edits or EDITS, secret)]


def connect(planned: list[changes.Change]) -> Record:
    return Record("c", "t1", "http://x", "m", tuple(changes.apply(planned)))


def disconnect(record: Record) -> None:
    changes.apply(changes.plan_back(record))


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def there(file: Path, content: bytes = MINE, permissions: int = 0o644) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.chmod(permissions)


def test_a_file_that_was_not_there_is_its_owners_alone_and_goes_with_its_folders(file: Path, home: Path) -> None:
    record = connect(changes.plan(wanted(file), None))
    assert json.loads(file.read_bytes()) == {"model": "m", "env": {"URL": "http://x"}}
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)
    disconnect(record)
    assert list(home.iterdir()) == []


def test_folders_that_others_use_by_then_stay(file: Path) -> None:
    record = connect(changes.plan(wanted(file), None))
    (file.parent / "other").touch()
    disconnect(record)
    assert os.listdir(file.parent) == ["other"]


def test_a_file_that_was_there_is_restored_to_the_last_byte(file: Path) -> None:
    there(file)
    record = connect(changes.plan(wanted(file), None))
    text = file.read_text()
    assert json_text.value_at(text, ("env",)) == {"OTHER": "ü", "URL": "http://x"}
    assert "// remark" in text
    assert mode(file) == 0o644
    disconnect(record)
    assert file.read_bytes() == MINE


def test_a_file_that_comes_to_hold_a_secret_is_closed_and_opened_again(file: Path) -> None:
    there(file)
    record = connect(changes.plan(wanted(file, secret=True), None))
    assert mode(file) == 0o600
    disconnect(record)
    assert (file.read_bytes(), mode(file)) == (MINE, 0o644)


def test_twice_is_once(file: Path) -> None:
    there(file)
    first = connect(changes.plan(wanted(file), None))
    content = file.read_bytes()
    second = connect(changes.plan(wanted(file), first))
    assert file.read_bytes() == content
    third = connect(changes.plan(wanted(file, Edit(("model",), "other")), second))
    assert json_text.value_at(file.read_text(), ("env",)) == {"KEY": "mine", "OTHER": "ü"}
    disconnect(third)
    assert file.read_bytes() == MINE


def test_what_its_owner_changed_since_stays_and_ours_goes(file: Path) -> None:
    there(file)
    record = connect(changes.plan(wanted(file), None))
    text = json_text.with_value(file.read_text(), ("new",), True)
    file.write_text(json_text.with_value(text, ("env", "URL"), "http://mine"))
    disconnect(record)
    left = file.read_text()
    assert json_text.value_at(left, ("model",)) is None
    assert json_text.value_at(left, ("env",)) == {"OTHER": "ü", "URL": "http://mine", "KEY": "mine"}
    assert json_text.value_at(left, ("new",)) is True
    assert "// remark" in left


def test_of_our_own_file_only_what_its_owner_added_stays(file: Path) -> None:
    record = connect(changes.plan(wanted(file), None))
    file.write_text(json_text.with_value(file.read_text(), ("env", "MINE"), "1"))
    disconnect(record)
    assert json.loads(file.read_text()) == {"env": {"MINE": "1"}}


def test_what_was_empty_before_is_empty_again(file: Path) -> None:
    there(file, b'{"env": {}}')
    record = connect(changes.plan(wanted(file), None))
    file.write_text(json_text.with_value(file.read_text(), ("new",), True))
    disconnect(record)
    assert json.loads(file.read_text()) == {"env": {}, "new": True}


def test_changed_and_connected_again_it_goes_back_to_what_its_owner_made_of_it(file: Path) -> None:
    there(file)
    first = connect(changes.plan(wanted(file), None))
    file.write_text(json_text.with_value(file.read_text(), ("new",), True))
    second = connect(changes.plan(wanted(file), first))
    disconnect(second)
    left = file.read_text()
    assert json_text.value_at(left, ("new",)) is True
    assert json_text.value_at(left, ("env",)) == {"OTHER": "ü", "KEY": "mine"}
    assert json_text.value_at(left, ("model",)) is None


def test_a_file_that_is_gone_stays_gone(file: Path) -> None:
    there(file)
    record = connect(changes.plan(wanted(file), None))
    file.unlink()
    disconnect(record)
    assert not file.exists()


def test_where_the_file_is_another_by_now_the_first_is_put_back(file: Path) -> None:
    there(file)
    other = file.with_name("other.json")
    record = connect(changes.plan(wanted(file), None))
    record = connect(changes.plan(wanted(other), record))
    assert file.read_bytes() == MINE
    disconnect(record)
    assert not other.exists()


def test_a_link_stays_one(file: Path, home: Path) -> None:
    target = home / "dotfiles.json"
    target.write_bytes(MINE)
    file.parent.mkdir(parents=True)
    file.symlink_to(target)
    record = connect(changes.plan(wanted(file), None))
    assert file.is_symlink()
    assert b"http://x" in target.read_bytes()
    disconnect(record)
    assert file.is_symlink()
    assert target.read_bytes() == MINE


def test_all_or_nothing(file: Path, home: Path) -> None:
    there(file)
    locked = home / "locked"
    locked.mkdir()
    there(locked / "there.env", b"A=1\n")
    both = [*wanted(file), FileEdits(str(locked / "there.env"), env_text, (Edit(("K",), "1"),))]
    with read_only(str(locked)), pytest.raises(OutputFailed, match=r"there\.env"):
        connect(changes.plan(both, None))
    assert (file.read_bytes(), mode(file)) == (MINE, 0o644)


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff", b'{"env": 1}'])
def test_what_cannot_be_understood_is_not_touched(file: Path, content: bytes) -> None:
    there(file, content)
    with pytest.raises(InputInvalid, match=r"settings\.json"):
        changes.plan(wanted(file), None)
    assert file.read_bytes() == content


def test_the_difference_is_shown_as_diff_shows_it(file: Path) -> None:
    (change,) = changes.plan(wanted(file, Edit(("model",), "m")), None)
    assert changes.difference(change) == f'--- /dev/null\n+++ {file}\n@@ -0,0 +1,3 @@\n+{{\n+  "model": "m"\n+}}\n'
    there(file, b'{"model": "x"}')
    (change,) = changes.plan(wanted(file, Edit(("model",), "m")), None)
    assert '-{"model": "x"}\n\\ No newline at end of file\n+{"model": "m"}\n' in changes.difference(change)
    there(file, b'{"model": "m"}')
    (change,) = changes.plan(wanted(file, Edit(("model",), "m")), None)
    assert changes.difference(change) == ""


def test_toml_and_variables_go_the_same_way(home: Path) -> None:
    toml, env = home / "c.toml", home / ".env"
    toml.write_text('a = 1 # mine\nmodel = "x"\n')
    env.write_text("A=1")
    edits = [
        FileEdits(str(toml), toml_text, (Edit(("model",), "m"), Edit(("t", "u", "v"), ["w"]))),
        FileEdits(str(env), env_text, (Edit(("K",), "1"),), secret=True),
    ]
    record = connect(changes.plan(edits, None))
    toml.write_text(toml.read_text() + "# more\n")
    env.write_text(env.read_text() + "B=2\n")
    disconnect(record)
    assert toml.read_text().split("\n")[:2] == ["a = 1 # mine", 'model = "x"']
    assert "t" not in toml.read_text().replace("toml", "").split()
    assert env.read_text() == "A=1\nB=2\n"
