"""Which models there are, from real files."""

import os
import re
import sys
from pathlib import Path

import pytest

from tests.triforce_daemon.providers.builtin.small_wheel import MODEL, SOURCE, gguf
from triforce_daemon.errors import ModelFileInvalid
from triforce_daemon.providers.builtin.checksums import Checksums
from triforce_daemon.providers.builtin.files import ModelFile, ModelFiles

OTHER = gguf({"general.architecture": "qwen2", "qwen2.context_length": 2_048})


def files(folder: Path, configured: str = "") -> ModelFiles:
    return ModelFiles(configured, str(folder), SOURCE, Checksums(str(folder)))


def the(found: list[ModelFile]) -> ModelFile:
    (file,) = found
    return file


async def refused(looked: ModelFiles, file: ModelFile) -> ModelFileInvalid:
    with pytest.raises(ModelFileInvalid) as caught:
        await looked.verified(file)
    return caught.value


def test_nothing_is_here(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        file = the(files(folder).all())
        assert (file.name, file.path, file.problem, file.source) == ("tiny", None, None, SOURCE)


async def test_the_fetched_file(tmp_path: Path) -> None:
    path = tmp_path / "Tiny.Q4.gguf"
    path.write_bytes(MODEL)
    looked = files(tmp_path)
    file = the(looked.all())
    assert (file.name, file.path, file.size, file.problem) == ("tiny", str(path), len(MODEL), None)
    assert file.header is not None
    assert file.header.context == 512
    assert await looked.verified(file) == str(path)
    assert not looked.chosen_by_hand(file)


def test_the_order_and_the_names(tmp_path: Path) -> None:
    for name in ("Zebra.gguf", "apple.GGUF.gguf", "big-00001-of-00002.gguf", "big-00002-of-00002.gguf", "notes.txt"):
        (tmp_path / name).write_bytes(OTHER)
    chosen = tmp_path / "elsewhere" / "Chosen One.gguf"
    chosen.parent.mkdir()
    chosen.write_bytes(OTHER)
    looked = files(tmp_path, str(chosen))
    names = [file.name for file in looked.all()]
    assert names == ["chosen one", "tiny", "zebra", "apple.gguf", "big-00001-of-00002"]
    assert looked.find("zebra") is not None
    assert looked.find("Zebra") is None
    assert [looked.chosen_by_hand(file) for file in looked.all()] == [True, False, False, False, False]


def test_the_configured_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.gguf").write_bytes(OTHER)
    assert files(tmp_path / "models", "~/mine.gguf").all()[0].path == str(tmp_path / "mine.gguf")


async def test_a_configured_file_that_is_not_there(tmp_path: Path) -> None:
    looked = files(tmp_path, str(tmp_path / "no.gguf"))
    error = await refused(looked, looked.all()[0])
    assert f"There is no file {tmp_path}/no.gguf" in error.message
    assert error.hint == "Correct the setting, or unset it."


async def test_the_default_model_where_it_was_installed_as_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / SOURCE.package
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('this package is not to be imported')")
    (package / "Tiny.Q4.gguf").write_bytes(MODEL)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    looked = files(tmp_path / "models")
    assert await looked.verified(the(looked.all())) == str(package / "Tiny.Q4.gguf")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "Tiny.Q4.gguf").write_bytes(MODEL)
    assert the(looked.all()).path == str(tmp_path / "models" / "Tiny.Q4.gguf")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (MODEL[:-1], "bytes, and should have"),
        (MODEL[:100], "bytes, and should have|in the middle"),
        (b"", "it is empty"),
        (b"\0" * len(MODEL), "not a GGUF file"),
    ],
)
async def test_a_bad_file_is_named_with_its_cure(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "Tiny.Q4.gguf"
    path.write_bytes(content)
    looked = files(tmp_path)
    file = the(looked.all())
    error = await refused(looked, file)
    assert file.problem is not None
    assert error.body() == file.problem.body()
    assert re.search(words, error.message)
    assert str(path) in error.message
    assert error.hint == "`triforce models pull tiny` fetches it anew."


async def test_content_that_is_not_the_promised_one(tmp_path: Path) -> None:
    path = tmp_path / "Tiny.Q4.gguf"
    path.write_bytes(MODEL[:-1] + b"!")
    looked = files(tmp_path)
    assert the(looked.all()).problem is None
    error = await refused(looked, the(looked.all()))
    assert "its content is not what tiny-model==1.0 ships" in error.message
    # From now on it is known, also to the next daemon.
    assert isinstance(the(looked.all()).problem, ModelFileInvalid)
    assert isinstance(the(files(tmp_path).all()).problem, ModelFileInvalid)
    path.write_bytes(MODEL)
    assert await looked.verified(the(looked.all())) == str(path)


async def test_a_bad_file_that_the_setting_names_is_not_fetched_anew(tmp_path: Path) -> None:
    path = tmp_path / "own" / "Tiny.Q4.gguf"
    path.parent.mkdir()
    path.write_bytes(MODEL[:-1])
    looked = files(tmp_path / "models", str(path))
    file = the(looked.all())
    assert looked.chosen_by_hand(file)
    assert (await refused(looked, file)).hint == "Replace it, or unset builtin.model."


async def test_another_file_is_looked_at_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(b"GGUF")
    looked = files(tmp_path)
    assert isinstance(looked.all()[1].problem, ModelFileInvalid)
    path.write_bytes(OTHER)
    file = looked.all()[1]
    assert (file.problem, file.header is not None) == (None, True)
    assert await looked.verified(file) == str(path)


async def test_a_folder_and_a_dead_link_in_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "Tiny.Q4.gguf").mkdir()
    (tmp_path / "dead.gguf").symlink_to(tmp_path / "nowhere")
    looked = files(tmp_path)
    default, dead = looked.all()
    assert "Is a directory" in (await refused(looked, default)).message
    assert "leads nowhere" in (await refused(looked, dead)).message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_that_we_may_not_read(tmp_path: Path) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(OTHER)
    path.chmod(0)
    looked = files(tmp_path)
    assert "Permission denied" in (await refused(looked, looked.all()[1])).message
