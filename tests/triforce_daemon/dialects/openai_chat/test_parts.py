"""The parts of a message's content, both ways."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import FilePart, ForeignPart, ImagePart, Part, TextPart
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_chat.parts import read_content, read_part, write_content, write_part
from triforce_daemon.errors import InvalidRequest

PARTS: list[dict[str, Any]] = [
    {"type": "text", "text": "a"},
    {"type": "text", "text": "a", "prompt_cache_breakpoint": {"mode": "explicit"}},
    {"type": "refusal", "refusal": "no"},
    {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "high"}},
    {"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lGOD"}, "cache": 1},
    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}},
    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "flac"}},
    {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,YQ=="}},
    {"type": "file", "file": {"file_data": "YQ=="}},
    {"type": "file", "file": {"file_id": "file-1"}},
]


@pytest.mark.parametrize("part", PARTS)
def test_what_is_read_is_written(part: dict[str, Any]) -> None:
    losses = Losses()
    assert write_part(read_part(part, "p"), losses) == part
    assert losses.names() == []


def test_an_image_may_be_its_url() -> None:
    assert read_part({"type": "image_url", "image_url": "https://a.b/c"}, "p") == {
        "type": "image",
        "media_type": None,
        "data": None,
        "url": "https://a.b/c",
    }


def test_content_is_text_or_parts_or_nothing() -> None:
    assert (
        read_content("a", "c") == read_content([{"type": "text", "text": "a"}], "c") == [{"type": "text", "text": "a"}]
    )
    assert read_content(None, "c") == read_content("", "c") == read_content([], "c") == []


REFUSED: list[tuple[Any, str]] = [
    (1, "c"),
    (["a"], r"c\[0\]"),
    ([{"type": "video"}], r"c\[0\].type"),
    ([{"type": "image_url", "image_url": {}}], r"c\[0\].image_url.url"),
    ([{"type": "input_audio", "input_audio": {"data": "a"}}], r"c\[0\].input_audio.format"),
    ([{"type": "file"}], r"c\[0\].file"),
]


@pytest.mark.parametrize(("content", "path"), REFUSED)
def test_a_refusal_names_the_field(content: Any, path: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{path}` must be"):
        read_content(content, "c")


def test_one_plain_text_is_written_as_text() -> None:
    text = TextPart(type="text", text="a")
    assert write_content([text], Losses()) == "a"
    assert write_content([], Losses()) == ""
    assert write_content([text, text], Losses()) == [{"type": "text", "text": "a"}] * 2


def test_a_picture_without_a_kind_shows_it() -> None:
    picture = ImagePart(type="image", media_type=None, data="/9j/4AAQ", url=None)
    assert write_part(picture, Losses()) == {
        "type": "image_url",
        "image_url": {"url": "data:image/jpeg;base64,/9j/4AAQ"},
    }


LOST: list[tuple[Part, list[str]]] = [
    (FilePart(type="file", media_type=None, name=None, data=None, url="https://a.b/c.pdf"), ["file.url"]),
    (
        ForeignPart(type="foreign", origin="anthropic", value={"type": "server_tool_use"}),
        ["messages[].server_tool_use"],
    ),
]


@pytest.mark.parametrize(("part", "names"), LOST)
def test_what_cannot_be_said_is_named(part: Part, names: list[str]) -> None:
    losses = Losses()
    assert write_part(part, losses) is None
    assert losses.names() == names


def test_what_another_dialect_knows_of_a_part_is_named() -> None:
    losses = Losses()
    part = TextPart(type="text", text="a", extras={"anthropic": {"cache_control": {}}})
    assert write_part(part, losses) == {"type": "text", "text": "a"}
    assert losses.names() == ["cache_control"]
