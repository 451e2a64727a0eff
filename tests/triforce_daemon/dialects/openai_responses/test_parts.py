"""The parts of a message's content, both ways."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import FilePart, ForeignPart, ImagePart, Part, TextPart
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_responses.parts import read_content, read_part, write_part
from triforce_daemon.errors import InvalidRequest

PARTS: list[dict[str, Any]] = [
    {"type": "input_text", "text": "a"},
    {"type": "input_text", "text": "a", "prompt_cache_breakpoint": {"mode": "explicit"}},
    {"type": "refusal", "refusal": "no"},
    {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "high"},
    {"type": "input_image", "image_url": "data:image/gif;base64,R0lGOD", "detail": "auto"},
    {"type": "input_image", "file_id": "file-1", "detail": "auto"},
    {"type": "input_file", "filename": "a.txt", "file_data": "data:text/plain;base64,YQ=="},
    {"type": "input_file", "file_data": "YQ=="},
    {"type": "input_file", "file_id": "file-1"},
    {"type": "input_file", "file_url": "https://example.com/a.pdf"},
]


@pytest.mark.parametrize("part", PARTS)
def test_what_is_read_is_written(part: dict[str, Any]) -> None:
    losses = Losses()
    assert write_part(read_part(part, "p"), losses) == part
    assert losses.names() == []


@pytest.mark.parametrize("kind", ["output_text", "text", "summary_text", "reasoning_text"])
def test_all_kinds_of_text_are_text(kind: str) -> None:
    assert read_part({"type": kind, "text": "a", "annotations": []}, "p") == {"type": "text", "text": "a"}


def test_what_the_model_said_is_written_as_such() -> None:
    cited = {"type": "output_text", "text": "a", "annotations": [{"type": "url_citation"}]}
    assert write_part(read_part(cited, "p"), Losses(), by_model=True) == cited
    assert write_part(TextPart(type="text", text="a"), Losses(), by_model=True) == {**cited, "annotations": []}


def test_sound_is_read() -> None:
    sound = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}}
    assert read_part(sound, "p") == {
        "type": "file",
        "media_type": "audio/mp3",
        "name": None,
        "data": "AAAA",
        "url": None,
    }


LOST: list[tuple[Part, str]] = [
    (FilePart(type="file", media_type="audio/wav", name=None, data="AAAA", url=None), "input_audio"),
    (ForeignPart(type="foreign", origin="anthropic", value={"type": "search_result"}), "search_result"),
]


@pytest.mark.parametrize(("part", "name"), LOST)
def test_what_cannot_be_said_is_named(part: Part, name: str) -> None:
    losses = Losses()
    assert write_part(part, losses) is None
    assert losses.names() == [name]


def test_the_model_shows_no_pictures() -> None:
    losses = Losses()
    picture = ImagePart(type="image", media_type=None, data="/9j/4AAQ", url=None)
    assert write_part(picture, losses, by_model=True) is None
    assert losses.names() == ["image"]
    assert (write_part(picture, losses) or {})["image_url"] == "data:image/jpeg;base64,/9j/4AAQ"


REFUSED: list[tuple[Any, str]] = [
    (None, "c"),
    ([1], r"c\[0\]"),
    ([{"type": "input_image"}], r"c\[0\].image_url"),
    ([{"type": "input_audio"}], r"c\[0\].input_audio"),
    ([{"type": "input_text", "text": 1}], r"c\[0\].text"),
]


@pytest.mark.parametrize(("content", "path"), REFUSED)
def test_a_refusal_names_the_field(content: Any, path: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{path}` must be"):
        read_content(content, "c")
