"""Headers of model files, whole and damaged."""

import os
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.triforce_daemon.providers.builtin.small_wheel import MODEL, gguf
from triforce_daemon.errors import ModelFileInvalid
from triforce_daemon.providers.builtin.gguf import Header, read_header


def header_of(tmp_path: Path, content: bytes) -> Header:
    path = tmp_path / "a.gguf"
    path.write_bytes(content)
    return read_header(str(path))


def test_what_it_says_of_itself(tmp_path: Path) -> None:
    content = gguf(
        {
            "general.architecture": "qwen2",
            "general.tags": ["chat", "small"],
            "general.size_label": "0.5B",
            "general.name": "Größe",
            "llama.context_length": 1,
            "qwen2.context_length": 32_768,
            "tokenizer.ggml.tokens": ["a"] * 5_000,
            "qwen2.never_reached": 3,
        }
    )
    assert header_of(tmp_path, content) == Header("qwen2", "Größe", "0.5B", 32_768)


def test_a_long_list_ends_the_reading(tmp_path: Path) -> None:
    content = gguf({"general.architecture": "llama", "llama.list": ["x"] * 2_000, "llama.context_length": 9})
    assert header_of(tmp_path, content) == Header("llama", None, None, None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"<html>not found</html>", "it is not a GGUF file"),
        (b"GGUF", "ends in the middle of its header"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "its GGUF version 1 is not known"),
        (b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "version 50331648 is not known"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 40), "its header is damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 0), "which kind of model"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 60), "its header is damaged"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2) + b"\xff\xfe", "its header is damaged"),
        (gguf({"general.architecture": 3}), "which kind of model"),
        (MODEL[:60], "ends in the middle of its header"),
    ],
)
def test_what_is_no_model(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(ModelFileInvalid, match=words) as caught:
        header_of(tmp_path, content)
    assert str(tmp_path / "a.gguf") in caught.value.message
    assert "builtin.model" in (caught.value.hint or "")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_header(os.path.join(tmp_path, "none.gguf"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 110), junk=st.binary(min_size=1, max_size=12), end=st.integers(0, 200))
def test_damage_is_an_error_and_nothing_else(tmp_path: Path, position: int, junk: bytes, end: int) -> None:
    content = bytearray(MODEL[:200])
    content[position : position + len(junk)] = junk
    try:
        header_of(tmp_path, bytes(content[:end]))
    except ModelFileInvalid as error:
        assert error.message.endswith(".")


def test_a_model_that_makes_vectors_says_how(tmp_path: Path) -> None:
    content = gguf({"general.architecture": "bert", "bert.pooling_type": 2})
    assert header_of(tmp_path, content).pools
