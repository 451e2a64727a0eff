"""Changing one key: the rest of the file stays as its owner wrote it, and nothing is ever half written."""

import os
import random
import stat
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.configuration.documents import Document, documents
from tests.triforce_daemon.disks import filled, read_only, small_disk
from triforce_daemon.configuration import edit
from triforce_daemon.configuration.keys import keys
from triforce_daemon.errors import ConfigurationInvalid, InvalidRequest, NotFound, StorageFailed

WRITTEN = """\
# My settings.

[builtin]  # the small model
context = 2_048 # enough for me
threads = 0x2

# How much is said.
[log]
level = 'debug'

[daemon]
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(WRITTEN)
    return path


def test_a_value_is_replaced_and_the_rest_stays(file: Path) -> None:
    edit.put(str(file), "builtin.context", 4096)
    assert file.read_text() == WRITTEN.replace("2_048", "4096")


def test_a_value_is_tried_and_nothing_is_written(file: Path) -> None:
    assert edit.tried(str(file), "builtin.context", "4096") == 4096
    with pytest.raises(InvalidRequest):
        edit.tried(str(file), "builtin.context", "many")
    assert file.read_text() == WRITTEN


def test_a_key_is_added_to_its_section(file: Path) -> None:
    edit.put(str(file), "log.format", "text")
    assert tomllib.loads(file.read_text())["log"] == {"level": "debug", "format": "text"}
    assert [line for line in file.read_text().split("\n") if line != 'format = "text"'] == WRITTEN.split("\n")


def test_a_section_is_added(file: Path) -> None:
    edit.put(str(file), "chat.default_model", 'a "quoted" name')
    assert file.read_text().startswith(WRITTEN)
    assert tomllib.loads(file.read_text())["chat"] == {"default_model": 'a "quoted" name'}


def test_a_key_is_removed(file: Path) -> None:
    edit.remove(str(file), "builtin.context")
    assert file.read_text() == WRITTEN.replace("context = 2_048 # enough for me\n", "")


def test_removing_what_is_not_there_changes_nothing(file: Path) -> None:
    before = file.stat()
    edit.remove(str(file), "builtin.parallel")
    edit.remove(str(file), "chat.default_model")
    assert file.read_text() == WRITTEN
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    edit.remove(str(file.with_name("missing")), "log.level")
    assert not file.with_name("missing").exists()


@pytest.mark.timeout(300)
@given(documents(), st.sampled_from(["builtin.context", "log.level", "daemon.socket"]), st.data())
def test_whatever_else_the_file_holds_stays(tmp_path: Path, document: Document, name: str, data: st.DataObject) -> None:
    """Also where its section is written as a dotted key or as an inline table."""
    key = keys()[name]
    value = {"builtin.context": 512, "log.level": "error", "daemon.socket": "/x y"}[name]
    dotted, inline = f"{name} = 'old' # mine\n", f"{key.section} = {{ {key.field} = 'old' }}\n"
    text = data.draw(st.sampled_from(["", dotted, inline])) + "\n".join(document.text)
    path = tmp_path / "config.toml"
    path.write_text(text, newline="")
    edit.put(str(path), name, value)
    after = path.read_text()
    held = tomllib.loads(text)
    assert tomllib.loads(after) == {**held, key.section: {**held.get(key.section, {}), key.field: value}}
    assert [line for line in after.split("\n") if line.startswith("#")] == [
        line for line in text.split("\n") if line.startswith("#")
    ]
    edit.remove(str(path), name)
    left = tomllib.loads(path.read_text())
    assert key.field not in left.get(key.section, {})
    assert {other: held[other] for other in held if other != key.section}.items() <= left.items()


def test_line_ends_stay_as_they_were(file: Path) -> None:
    file.write_bytes(b"# one\r\n[log]\r\nlevel = 'debug'\r\n[chat]\n")
    edit.put(str(file), "log.level", "info")
    assert file.read_bytes() == b'# one\r\n[log]\r\nlevel = "info"\r\n[chat]\n'


@pytest.mark.parametrize(
    ("name", "word", "value"),
    [
        ("builtin.context", "4096", 4096),
        ("builtin.context", 4096, 4096),
        ("builtin.enabled", "false", False),
        ("builtin.enabled", True, True),
        ("daemon.drain_seconds", "2.5", 2.5),
        ("log.file", "/a/b c.log", "/a/b c.log"),
        ("chat.default_model", 'a\nb"c', 'a\nb"c'),
    ],
)
def test_words_become_what_the_setting_is(file: Path, name: str, word: object, value: object) -> None:
    edit.put(str(file), name, word)
    section, _, field = name.partition(".")
    written = tomllib.loads(file.read_text())[section][field]
    assert written == value
    assert type(written) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("builtin.context", "many"),
        ("builtin.context", 1),
        ("builtin.threads", True),
        ("log.level", "loud"),
        ("log.level", None),
        ("log.file", ["x"]),
        ("log.file", "a\0b"),
        ("log.file", "\udcff"),
    ],
)
def test_a_wrong_value_is_refused_and_not_written(file: Path, name: str, value: object) -> None:
    with pytest.raises(InvalidRequest) as raised:
        edit.put(str(file), name, value)
    assert raised.value.message.startswith(f"{name} = {value!r}: ")
    assert raised.value.hint == f"{name} is {keys()[name].type_name}: {keys()[name].description}"
    assert file.read_text() == WRITTEN


def test_an_unknown_key_is_refused_with_near_names(file: Path) -> None:
    for attempt in (lambda: edit.put(str(file), "log.levle", "x"), lambda: edit.remove(str(file), "log.levle")):
        with pytest.raises(NotFound) as raised:
            attempt()
        assert raised.value.near is not None
        assert raised.value.near[0] == "log.level"
    assert file.read_text() == WRITTEN


@pytest.mark.parametrize("content", [b"[log\n", b"a = 1\na = 2\n", b"\xff", b"log = 5\n"])
def test_a_broken_file_is_not_touched(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    for attempt in (lambda: edit.put(str(file), "log.level", "info"), lambda: edit.remove(str(file), "log.level")):
        with pytest.raises(ConfigurationInvalid) as raised:
            attempt()
        assert str(file) in raised.value.message
        assert raised.value.hint
    assert file.read_bytes() == content


def test_a_new_file_and_its_folders_are_private(tmp_path: Path) -> None:
    file = tmp_path / "config" / "triforce" / "config.toml"
    before = os.umask(0)
    try:
        edit.put(str(file), "log.level", "info")
    finally:
        os.umask(before)
    assert mode(file) == 0o600
    assert mode(file.parent) == mode(file.parent.parent) == 0o700


def test_a_file_keeps_its_mode(file: Path) -> None:
    for held in (0o640, 0o600, 0o644):
        file.chmod(held)
        edit.put(str(file), "log.level", "info")
        assert mode(file) == held


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_file_keeps_its_owner(file: Path) -> None:
    os.chown(file, 1234, 2345)
    edit.put(str(file), "log.level", "info")
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 2345)


def test_a_link_is_written_through(tmp_path: Path, file: Path) -> None:
    link = tmp_path / "elsewhere" / "config.toml"
    link.parent.mkdir()
    link.symlink_to(Path("..") / "config.toml")
    edit.put(str(link), "log.level", "info")
    assert link.is_symlink()
    assert tomllib.loads(file.read_text())["log"]["level"] == "info"
    assert os.listdir(link.parent) == ["config.toml"]


def test_a_link_to_a_file_that_is_not_there_yet_makes_it(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "new" / "config.toml")
    edit.put(str(link), "log.level", "info")
    assert link.is_symlink()
    assert (tmp_path / "new" / "config.toml").is_file()


def refused(file: Path) -> StorageFailed:
    with pytest.raises(StorageFailed) as raised:
        edit.put(str(file), "log.level", "info")
    assert str(file) in raised.value.message
    assert raised.value.hint
    return raised.value


def test_a_read_only_folder_is_told(file: Path) -> None:
    with read_only(str(file.parent)):
        refused(file)
        refused(file.with_name("new.toml"))
        refused(file.parent / "new" / "config.toml")
    assert file.read_text() == WRITTEN


def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    refused(tmp_path)


def test_a_full_disk_leaves_the_old_file_and_no_litter() -> None:
    with small_disk() as folder:
        file = Path(folder, "config.toml")
        file.write_text(WRITTEN)
        with filled(folder):
            assert "No space left" in refused(file).message
            assert sorted(os.listdir(folder)) == ["ballast", "config.toml"]
            assert file.read_text() == WRITTEN
        edit.put(str(file), "log.level", "info")
        assert os.listdir(folder) == ["config.toml"]


def test_a_killed_writer_leaves_one_file_or_the_other(file: Path) -> None:
    code = (
        "import itertools, sys; from triforce_daemon.configuration import edit\n"
        "for number in itertools.cycle(range(256, 9_999)):\n"
        "    edit.put(sys.argv[1], 'builtin.context', number); print(flush=True)\n"
    )
    chance = random.Random(11)
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        for _ in range(chance.randint(1, 20)):
            writer.stdout.readline()
        time.sleep(chance.uniform(0, 0.01))
        writer.kill()
        writer.communicate()
        text = file.read_text()
        assert text == WRITTEN.replace("2_048", str(tomllib.loads(text)["builtin"]["context"]))


NAMED = """\
[providers.groq] # fast
max_tools = 0x10 # enough

[aliases]
fast = { models = ["groq/a"] }
code.models = ["groq/b"]
"""


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("providers.groq.max_tools", "64", NAMED.replace("0x10", "64")),
        ("providers.groq.enabled", "no", NAMED.replace("enough\n", "enough\nenabled = false\n")),
        ("providers.mistral.enabled", False, NAMED + "\n[providers.mistral]\nenabled = false\n"),
        ("providers.mine.base_url", "http://h/v1/", NAMED + '\n[providers.mine]\nbase_url = "http://h/v1"\n'),
        ("aliases.fast.boundary", "machine", NAMED.replace('"groq/a"]', '"groq/a"], boundary = "machine"')),
        ("aliases.fast.models", "b, c", NAMED.replace('["groq/a"]', '["b", "c"]')),
        ("aliases.code.models", '["x,y"]', NAMED.replace('["groq/b"]', '["x,y"]')),
    ],
)
def test_a_key_of_a_named_table_is_set(tmp_path: Path, name: str, value: object, written: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(NAMED)
    edit.put(str(file), name, value)
    assert tomllib.loads(file.read_text()) == tomllib.loads(written)
    assert all(comment in file.read_text() for comment in ("[providers.groq] # fast", " # enough"))


def test_a_named_table_is_made_in_an_empty_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    edit.put_table(str(file), ("aliases", "fast"), {"order": "weighted", "models": ["a", "b"]})
    assert file.read_text() == '[aliases.fast]\norder = "weighted"\nmodels = ["a", "b"]\n'


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("providers.peer.base_url", "http://h", "has a meaning of its own"),
        ("providers.UPPER.base_url", "http://h", "a name has up to 32 of"),
        ("providers.mine.enabled", True, "needs a base_url"),
        ("providers.fast.base_url", "http://h", "there is a provider of that name"),
        ("providers.groq.base_url", "http://me:secret@h", "keys set"),
        ("providers.groq.base_url", "ftp://h", "http:// or https://"),
        ("providers.groq.base_url", "http://h/?x=1", "before any ? or #"),
        ("aliases.groq.models", "a", "there is a provider of that name"),
        ("aliases.new.order", "weighted", "Field required"),
        ("aliases.fast.models", "[1", "delimiter"),
        ("aliases.fast.models", "", "at least 1"),
        ("aliases.fast.models", 7, "valid list"),
    ],
)
def test_what_a_named_table_cannot_be_is_refused(tmp_path: Path, name: str, value: object, said: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(NAMED)
    with pytest.raises(InvalidRequest) as raised:
        edit.put(str(file), name, value)
    assert said in raised.value.message
    assert "secret" not in raised.value.message
    assert file.read_text() == NAMED


def test_what_is_wrong_elsewhere_does_not_stop_a_change(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    wrong = '[providers.Nope]\nx = 1\n[providers.groq]\nmax_tools = "many"\n[aliases.fast]\n[log]\nlevel = 7\n'
    file.write_text(wrong)
    edit.put(str(file), "providers.groq.enabled", False)
    assert tomllib.loads(file.read_text())["providers"]["groq"] == {"max_tools": "many", "enabled": False}
    edit.remove(str(file), "providers.groq.max_tools")
    edit.remove(str(file), "providers.groq.enabled")
    assert "groq" not in tomllib.loads(file.read_text())["providers"]
    edit.remove(str(file), "providers.Nope")
    edit.remove(str(file), "aliases.fast")
    assert file.read_text() == "[log]\nlevel = 7\n"


def test_a_table_keeps_what_it_needs_or_goes_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    edit.put_table(str(file), ("aliases", "fast"), {"order": "weighted", "models": ["a", "b"]})
    before = file.read_text()
    with pytest.raises(InvalidRequest) as raised:
        edit.remove(str(file), "aliases.fast.models")
    assert "aliases.fast.models" in raised.value.message
    assert file.read_text() == before
    edit.remove(str(file), "aliases.fast.order")
    edit.remove(str(file), "aliases.fast.models")
    assert file.read_text().strip() == ""


@pytest.mark.parametrize("text", ["providers = 5\n", "[providers]\ngroq = 5\n"])
def test_a_value_in_the_place_of_a_named_table_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationInvalid) as raised:
        edit.put(str(file), "providers.groq.enabled", False)
    assert "is a section" in raised.value.message
    assert file.read_text() == text
