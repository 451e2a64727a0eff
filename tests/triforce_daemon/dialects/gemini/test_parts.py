"""Parts of a content, both ways."""

import base64
from typing import Any

import pytest

from triforce_daemon.dialects.canonical import ForeignPart, Part
from triforce_daemon.dialects.gemini.parts import read_part, write_part, write_parts
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest

PNG = "iVBORw0KGgoAAAANSUhEUg=="

#: Parts that mean the same after reading and writing.
PAIRS: list[tuple[dict[str, Any], Any]] = [
    ({"text": "Hi"}, {"type": "text", "text": "Hi"}),
    (
        {"text": "", "thoughtSignature": "c2ln"},
        {"type": "text", "text": "", "extras": {"gemini": {"thoughtSignature": "c2ln"}}},
    ),
    (
        {"text": "Hm.", "thought": True, "thoughtSignature": "c2ln"},
        {"type": "thinking", "text": "Hm.", "signature": "c2ln", "origin": "gemini"},
    ),
    ({"text": "Hm.", "thought": True}, {"type": "thinking", "text": "Hm.", "signature": None, "origin": "gemini"}),
    (
        {"inlineData": {"mimeType": "image/png", "data": PNG}, "mediaResolution": {"level": "MEDIA_RESOLUTION_LOW"}},
        {
            "type": "image",
            "media_type": "image/png",
            "data": PNG,
            "url": None,
            "extras": {"gemini": {"mediaResolution": {"level": "MEDIA_RESOLUTION_LOW"}}},
        },
    ),
    (
        {"inlineData": {"mimeType": "audio/mp3", "data": PNG}},
        {"type": "file", "media_type": "audio/mp3", "name": None, "data": PNG, "url": None},
    ),
    (
        {"fileData": {"mimeType": "image/png", "fileUri": "https://example.com/a.png"}},
        {"type": "image", "media_type": "image/png", "data": None, "url": "https://example.com/a.png"},
    ),
    (
        {"fileData": {"mimeType": "application/pdf", "fileUri": "https://example.com/a.pdf"}},
        {
            "type": "file",
            "media_type": "application/pdf",
            "name": None,
            "data": None,
            "url": "https://example.com/a.pdf",
        },
    ),
    (
        {"functionCall": {"id": "c1", "name": "weather", "args": {"city": "Zürich"}}, "thoughtSignature": "c2ln"},
        {"type": "tool_call", "id": "c1", "name": "weather", "arguments": '{"city":"Zürich"}', "signature": "c2ln"},
    ),
    (
        {"functionResponse": {"id": "c1", "name": "weather", "response": {"output": "sunny"}}},
        {
            "type": "tool_result",
            "id": "c1",
            "name": "weather",
            "content": [{"type": "text", "text": "sunny"}],
            "failed": False,
        },
    ),
    (
        {"functionResponse": {"id": "c1", "name": "weather", "response": {"error": "no"}}},
        {
            "type": "tool_result",
            "id": "c1",
            "name": "weather",
            "content": [{"type": "text", "text": "no"}],
            "failed": True,
        },
    ),
    (
        {"functionResponse": {"id": "c1", "name": "weather", "response": {"degrees": 21, "error": ""}}},
        {
            "type": "tool_result",
            "id": "c1",
            "name": "weather",
            "content": [{"type": "text", "text": '{"degrees":21,"error":""}'}],
            "failed": False,
        },
    ),
    (
        {"functionResponse": {"id": "c1", "name": "wait", "response": {}, "scheduling": "SILENT"}},
        {
            "type": "tool_result",
            "id": "c1",
            "name": "wait",
            "content": [],
            "failed": False,
            "extras": {"gemini": {"functionResponse": {"scheduling": "SILENT"}}},
        },
    ),
    (
        {"executableCode": {"language": "PYTHON", "code": "1"}},
        {"type": "foreign", "origin": "gemini", "value": {"executableCode": {"language": "PYTHON", "code": "1"}}},
    ),
    (
        {"fileData": {"fileUri": "https://generativelanguage.googleapis.com/v1beta/files/a", "mimeType": "image/png"}},
        {
            "type": "foreign",
            "origin": "gemini",
            "value": {
                "fileData": {
                    "fileUri": "https://generativelanguage.googleapis.com/v1beta/files/a",
                    "mimeType": "image/png",
                }
            },
        },
    ),
]


@pytest.mark.parametrize(("part", "read"), PAIRS)
def test_parts_are_read(part: dict[str, Any], read: Part) -> None:
    assert read_part(part, "parts[0]") == read


@pytest.mark.parametrize(("part", "read"), PAIRS)
def test_parts_are_written(part: dict[str, Any], read: Part) -> None:
    losses = Losses()
    assert write_part(read, losses) == part
    assert losses.names() == []


def test_the_other_alphabet_of_base64() -> None:
    data = b"\xfb\xff\xfe" * 3
    url_safe = base64.urlsafe_b64encode(data).decode()
    part = read_part({"inlineData": {"mime_type": "image/png", "data": url_safe}}, "p")
    assert part["type"] == "image" and part["data"] == base64.b64encode(data).decode() != url_safe


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [("png", "png"), ("jpg", "jpeg"), ("jpeg", "jpeg"), ("gif", "gif"), ("webp", "webp"), ("tiff", "jpeg")],
)
def test_the_kind_of_a_picture_is_in_its_name(ending: str, media_type: str) -> None:
    part = write_part({"type": "image", "media_type": None, "data": None, "url": f"https://a/b.{ending}"}, Losses())
    assert part is not None and part["fileData"]["mimeType"] == f"image/{media_type}"


def test_what_the_client_library_calls_a_result_is_one() -> None:
    part = read_part({"functionResponse": {"name": "weather", "response": {"result": "sunny"}}}, "p")
    assert part["type"] == "tool_result" and part["content"] == [{"type": "text", "text": "sunny"}]


def test_pictures_in_results_are_read() -> None:
    media = [{"inlineData": {"mimeType": "image/png", "data": PNG}}, {"file_data": {"file_uri": "https://a/b.pdf"}}]
    part = read_part({"functionResponse": {"name": "see", "response": {"output": "x"}, "parts": media}}, "p")
    assert part["type"] == "tool_result"
    assert [one["type"] for one in part["content"]] == ["text", "image", "file"]


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"text": 7}, "p.text"),
    ({"text": "a", "thought": "yes"}, "p.thought"),
    ({"inlineData": 7}, "p.inlineData"),
    ({"inlineData": {"mimeType": "a/b"}}, "p.inlineData.data"),
    ({"inlineData": {"mimeType": 7, "data": ""}}, "p.inlineData.mimeType"),
    ({"fileData": {}}, "p.fileData.fileUri"),
    ({"functionCall": {}}, "p.functionCall.name"),
    ({"functionCall": {"name": "a", "args": []}}, "p.functionCall.args"),
    ({"functionCall": {"name": "a", "id": 7}}, "p.functionCall.id"),
    ({"functionCall": {"name": "a"}, "thoughtSignature": 7}, "p.thoughtSignature"),
    ({"functionResponse": {"response": {}}}, "p.functionResponse.name"),
    ({"functionResponse": {"name": "a", "response": "x"}}, "p.functionResponse.response"),
    ({"functionResponse": {"name": "a", "parts": [7]}}, r"p.functionResponse.parts\[0\]"),
]


@pytest.mark.parametrize(("part", "place"), MISTAKES)
def test_mistakes_are_named(part: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{place}`"):
        read_part(part, "p")


@pytest.mark.parametrize(
    ("part", "written", "lost"),
    [
        ({"type": "text", "text": ""}, None, []),
        ({"type": "refusal", "text": "No."}, {"text": "No."}, []),
        ({"type": "thinking", "text": "Hm.", "signature": "s", "origin": "anthropic"}, None, ["messages[].thinking"]),
        (
            ForeignPart(type="foreign", origin="anthropic", value={"type": "server_tool_use"}),
            None,
            ["messages[].server_tool_use"],
        ),
        (
            {"type": "file", "media_type": None, "name": None, "data": None, "url": None, "file_id": "f"},
            None,
            ["messages[].file"],
        ),
        (
            {"type": "image", "media_type": None, "data": PNG, "url": None, "detail": "low"},
            {"inlineData": {"mimeType": "image/png", "data": PNG}},
            ["image.detail"],
        ),
        (
            {"type": "image", "media_type": None, "data": None, "url": "https://a/b.WEBP?x=1.png"},
            {"fileData": {"mimeType": "image/webp", "fileUri": "https://a/b.WEBP?x=1.png"}},
            [],
        ),
        (
            {"type": "image", "media_type": None, "data": None, "url": "https://a/b"},
            {"fileData": {"mimeType": "image/jpeg", "fileUri": "https://a/b"}},
            [],
        ),
        (
            {"type": "file", "media_type": None, "name": "a.pdf", "data": PNG, "url": None},
            {"inlineData": {"mimeType": "application/pdf", "data": PNG}},
            ["file.name"],
        ),
        (
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": ""},
            {"functionCall": {"id": "c1", "name": "f", "args": {}}},
            [],
        ),
        (
            {"type": "text", "text": "a", "extras": {"anthropic": {"cache_control": {}}}},
            {"text": "a"},
            ["cache_control"],
        ),
        (
            {
                "type": "tool_result",
                "id": "c1",
                "name": None,
                "content": [{"type": "text", "text": "{no"}],
                "failed": False,
            },
            {"functionResponse": {"id": "c1", "name": "c1", "response": {"output": "{no"}}},
            [],
        ),
        (
            {
                "type": "tool_result",
                "id": "c1",
                "name": "f",
                "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
                "failed": True,
            },
            {"functionResponse": {"id": "c1", "name": "f", "response": {"error": "a\nb"}}},
            [],
        ),
    ],
)
def test_what_others_say_differently(part: Part, written: dict[str, Any] | None, lost: list[str]) -> None:
    losses = Losses()
    assert write_parts([part], losses) == ([] if written is None else [written])
    assert losses.names() == lost
