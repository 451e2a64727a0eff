"""Blocks of content, both ways."""

import base64
from typing import Any

import orjson
import pytest

from triforce_daemon.dialects.anthropic.blocks import read_content, write_blocks, write_id
from triforce_daemon.dialects.canonical import ForeignPart, Part, ThinkingPart, ToolCallPart, ToolResultPart
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest

PNG = "iVBORw0KGgoAAAANSUhEUg=="
HELLO = base64.b64encode(b"hello").decode()

#: Blocks that mean the same after reading and writing, with their parts.
PAIRS: list[tuple[dict[str, Any], Any]] = [
    ({"type": "text", "text": "Hi"}, {"type": "text", "text": "Hi"}),
    (
        {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "Hi", "extras": {"anthropic": {"cache_control": {"type": "ephemeral"}}}},
    ),
    (
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
        {"type": "image", "media_type": "image/png", "data": PNG, "url": None},
    ),
    (
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
        {"type": "image", "media_type": None, "data": None, "url": "https://example.com/a.png"},
    ),
    (
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": HELLO},
            "title": "T",
        },
        {"type": "file", "media_type": "application/pdf", "name": "T", "data": HELLO, "url": None},
    ),
    (
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "hello"}},
        {"type": "file", "media_type": "text/plain", "name": None, "data": HELLO, "url": None},
    ),
    (
        {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}, "context": "old"},
        {
            "type": "file",
            "media_type": "application/pdf",
            "name": None,
            "data": None,
            "url": "https://example.com/a.pdf",
            "extras": {"anthropic": {"context": "old"}},
        },
    ),
    (
        {"type": "thinking", "thinking": "Hm.", "signature": "EqQB"},
        {"type": "thinking", "text": "Hm.", "signature": "EqQB", "origin": "anthropic"},
    ),
    (
        {"type": "redacted_thinking", "data": "EmwK"},
        {"type": "thinking", "text": "", "signature": "EmwK", "origin": "anthropic", "redacted": True},
    ),
    (
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Zürich", "days": 3}},
        {"type": "tool_call", "id": "toolu_1", "name": "weather", "arguments": '{"city":"Zürich","days":3}'},
    ),
    (
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "sunny", "is_error": True},
        {
            "type": "tool_result",
            "id": "toolu_1",
            "name": "weather",
            "content": [{"type": "text", "text": "sunny"}],
            "failed": True,
        },
    ),
    (
        {"type": "tool_result", "tool_use_id": "toolu_2"},
        {"type": "tool_result", "id": "toolu_2", "name": None, "content": [], "failed": False},
    ),
    (
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
        {
            "type": "foreign",
            "origin": "anthropic",
            "value": {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
        },
    ),
    (
        {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
        {
            "type": "foreign",
            "origin": "anthropic",
            "value": {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
        },
    ),
    (
        {"type": "document", "source": {"type": "file", "file_id": "f"}},
        {
            "type": "foreign",
            "origin": "anthropic",
            "value": {"type": "document", "source": {"type": "file", "file_id": "f"}},
        },
    ),
]


@pytest.mark.parametrize(("block", "part"), PAIRS)
def test_blocks_are_read(block: dict[str, Any], part: Part) -> None:
    assert read_content([block], "content", {"toolu_1": "weather"}) == [part]


@pytest.mark.parametrize(("block", "part"), PAIRS)
def test_blocks_are_written(block: dict[str, Any], part: Part) -> None:
    losses = Losses()
    assert write_blocks([part], losses) == [block]
    assert losses.names() == []


def test_text_is_short_for_one_block() -> None:
    assert read_content("Hi", "content") == [{"type": "text", "text": "Hi"}]
    assert read_content("", "content") == []


def test_nulls_are_no_extras() -> None:
    assert read_content([{"type": "text", "text": "Hi", "citations": None}], "content") == [
        {"type": "text", "text": "Hi"}
    ]


def test_a_result_with_blocks_of_its_own_keeps_them() -> None:
    content = [{"type": "text", "text": "see"}, {"type": "tool_reference", "tool_name": "weather"}]
    block = {"type": "tool_result", "tool_use_id": "toolu_1", "content": content}
    [part] = read_content([block], "content")
    assert part["type"] == "tool_result" and part["content"] == [{"type": "text", "text": "see"}]
    assert write_blocks([part], Losses()) == [block]


MISTAKES: list[tuple[Any, str]] = [
    (None, "content"),
    ({}, "content"),
    ([7], r"content\[0\]"),
    ([{}], r"content\[0\].type"),
    ([{"type": "text"}], r"content\[0\].text"),
    ([{"type": "text", "text": "a"}, {"type": "text", "text": 7}], r"content\[1\].text"),
    ([{"type": "image"}], r"content\[0\].source"),
    ([{"type": "image", "source": {"type": "base64"}}], r"content\[0\].source.data"),
    ([{"type": "image", "source": {"type": "url", "url": 7}}], r"content\[0\].source.url"),
    ([{"type": "document", "source": {"type": "text"}}], r"content\[0\].source.data"),
    ([{"type": "document", "source": {}}], r"content\[0\].source.type"),
    ([{"type": "thinking"}], r"content\[0\].thinking"),
    ([{"type": "redacted_thinking"}], r"content\[0\].data"),
    ([{"type": "tool_use", "id": "a"}], r"content\[0\].name"),
    ([{"type": "tool_use", "id": "a", "name": "b", "input": "{}"}], r"content\[0\].input"),
    ([{"type": "tool_result"}], r"content\[0\].tool_use_id"),
    ([{"type": "tool_result", "tool_use_id": "a", "is_error": "no"}], r"content\[0\].is_error"),
    ([{"type": "tool_result", "tool_use_id": "a", "content": [{}]}], r"content\[0\].content\[0\].type"),
]


@pytest.mark.parametrize(("content", "place"), MISTAKES)
def test_mistakes_are_named(content: object, place: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{place}`"):
        read_content(content, "content")


def thought(**changes: Any) -> ThinkingPart:
    part: Any = {"type": "thinking", "text": "Hm.", "signature": "s", "origin": "anthropic", **changes}
    return part


@pytest.mark.parametrize(
    ("part", "lost"),
    [
        (thought(origin="gemini"), "messages[].thinking"),
        (thought(signature=None), "messages[].thinking"),
        (
            ForeignPart(type="foreign", origin="openai_responses", value={"type": "web_search_call"}),
            "messages[].web_search_call",
        ),
        (ForeignPart(type="foreign", origin="gemini", value={"executableCode": {}}), "messages[].part"),
        ({"type": "file", "media_type": "audio/wav", "name": None, "data": HELLO, "url": None}, "messages[].file"),
        (
            {"type": "file", "media_type": None, "name": None, "data": None, "url": None, "file_id": "f"},
            "messages[].file",
        ),
    ],
)
def test_what_has_no_block_is_dropped_and_said(part: Part, lost: str) -> None:
    losses = Losses()
    assert write_blocks([part], losses) == []
    assert losses.names() == [lost]


def test_empty_text_is_refused_by_the_provider_and_left_out() -> None:
    losses = Losses()
    assert write_blocks([{"type": "text", "text": ""}], losses) == []
    assert losses.names() == []


@pytest.mark.parametrize(
    ("part", "block", "lost"),
    [
        ({"type": "refusal", "text": "No."}, {"type": "text", "text": "No."}, []),
        (
            {"type": "image", "media_type": None, "data": PNG, "url": None, "detail": "high"},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
            ["image.detail"],
        ),
        (
            {"type": "file", "media_type": "application/json", "name": "a.json", "data": HELLO, "url": None},
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": "hello"},
                "title": "a.json",
            },
            [],
        ),
        (
            {"type": "tool_call", "id": "functions.f:0", "name": "f", "arguments": "", "signature": "s"},
            {"type": "tool_use", "id": "functions_f_0", "name": "f", "input": {}},
            ["tool_call.signature"],
        ),
        (
            {"type": "text", "text": "a", "extras": {"openai_chat": {"annotations": []}}},
            {"type": "text", "text": "a"},
            ["annotations"],
        ),
    ],
)
def test_what_others_say_differently(part: Part, block: dict[str, Any], lost: list[str]) -> None:
    losses = Losses()
    assert write_blocks([part], losses) == [block]
    assert losses.names() == lost


def test_results_with_pictures_are_blocks() -> None:
    content: Any = [{"type": "text", "text": "see"}, {"type": "image", "media_type": None, "data": PNG, "url": None}]
    part = ToolResultPart(type="tool_result", id="a", name=None, content=content, failed=False)
    [block] = write_blocks([part], Losses())
    assert [inner["type"] for inner in block["content"]] == ["text", "image"]


@pytest.mark.parametrize("data", ["not base64!", base64.b64encode(b"\xff").decode()])
def test_a_text_file_that_is_none_is_refused(data: str) -> None:
    with pytest.raises(InvalidRequest, match="base64"):
        write_blocks([{"type": "file", "media_type": "text/plain", "name": None, "data": data, "url": None}], Losses())


@pytest.mark.parametrize(
    "arguments", ['{"a": 1.0, "n": 12345678901234567890123}', "{}", "", '{"city": "Par', '{"a": [1, {"b": "\\u00e9"}]}']
)
def test_arguments_are_an_object(arguments: str) -> None:
    [block] = write_blocks([ToolCallPart(type="tool_call", id="a", name="f", arguments=arguments)], Losses())
    text = orjson.dumps(block).decode()
    assert isinstance(orjson.loads(text)["input"], dict)
    if "1234" in arguments:
        assert arguments in text


@pytest.mark.parametrize(("id", "written"), [("toolu_01-A", "toolu_01-A"), ("a b/c", "a_b_c"), ("", "_")])
def test_ids_are_spelt_as_the_dialect_allows(id: str, written: str) -> None:
    assert write_id(id) == written
