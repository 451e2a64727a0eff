"""Whole answers, both ways."""

from typing import Any

import pytest
from hypothesis import given
from openai.types.responses import Response

from tests.triforce_daemon.dialects.canonical_values import damaged
from tests.triforce_daemon.dialects.openai_responses.test_request import CODEX, FULL
from triforce_daemon.dialects.canonical import Answer, FinishReason, Part, Request, Tool
from triforce_daemon.dialects.openai_responses.answer import read_answer, skeleton, write_answer
from triforce_daemon.dialects.openai_responses.request import read_request
from triforce_daemon.errors import InvalidRequest, TriforceError, UpstreamFailed

REQUEST = Request("m", [])
#: As the documentation has it.
WHOLE: dict[str, Any] = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1700000000,
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "model": "gpt-5",
    "output": [
        {
            "id": "rs_7",
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "A tool."}, {"type": "summary_text", "text": "Or two."}],
            "encrypted_content": "gAAAAB",
        },
        {"id": "ws_1", "type": "web_search_call", "status": "completed"},
        {
            "id": "msg_1",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [
                {"type": "output_text", "text": "Grüße", "annotations": []},
                {"type": "refusal", "refusal": "no"},
            ],
        },
        {
            "id": "fc_1",
            "type": "function_call",
            "call_id": "call_1",
            "name": "f",
            "arguments": '{ "a":"é" }',
            "status": "completed",
        },
        {"id": "ctc_1", "type": "custom_tool_call", "call_id": "call_2", "name": "patch", "input": "a\nb"},
        {"id": "fc_2", "type": "function_call", "call_id": "call_3", "name": "g", "namespace": "ns", "arguments": ""},
    ],
    "usage": {
        "input_tokens": 9,
        "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 0},
        "output_tokens": 5,
        "output_tokens_details": {"reasoning_tokens": 2},
        "total_tokens": 14,
    },
}
PARTS: list[Part] = [
    {
        "type": "thinking",
        "text": "A tool.\n\nOr two.",
        "signature": "gAAAAB",
        "origin": "openai_responses",
        "id": "rs_7",
    },
    {"type": "text", "text": "Grüße"},
    {"type": "refusal", "text": "no"},
    {"type": "tool_call", "id": "call_1", "name": "f", "arguments": '{ "a":"é" }'},
    {"type": "tool_call", "id": "call_2", "name": "patch", "arguments": '{"input":"a\\nb"}'},
    {"type": "tool_call", "id": "call_3", "name": "ns__g", "arguments": ""},
]
SPACE = {"type": "namespace", "name": "ns", "description": "d"}
TOOLS = [
    Tool(name="patch", description=None, schema={}, freeform={}),
    Tool(name="ns__g", description=None, schema={}, extras={"openai_responses": {"namespace": SPACE}}),
]


def test_an_answer_is_read() -> None:
    answer = read_answer(WHOLE)
    assert (answer.id, answer.model, answer.finish) == ("resp_1", "gpt-5", "tool_calls")
    assert answer.parts == PARTS
    assert answer.usage == {"input_tokens": 9, "output_tokens": 5, "cached_tokens": 4, "reasoning_tokens": 2}


def test_what_is_written_is_understood_and_read() -> None:
    answer = read_answer(WHOLE)
    written = write_answer(answer, Request("m", [], tools=TOOLS), 1700000000)
    read = Response.model_validate(written)
    assert read.output_text == "Grüße"
    assert [item.type for item in read.output] == [
        "reasoning",
        "message",
        "message",
        "function_call",
        "custom_tool_call",
        "function_call",
    ]
    assert read_answer(written) == answer
    assert [item["id"].partition("_")[0] for item in written["output"]] == ["rs", "msg", "msg", "fc", "ctc", "fc"]
    assert len({item["id"] for item in written["output"]}) == 6


@pytest.mark.parametrize("asked", [FULL, CODEX])
def test_the_response_repeats_what_was_asked(asked: dict[str, Any]) -> None:
    request = read_request(asked, None, None)
    body = skeleton(request, "resp_1", "m", 1)
    Response.model_validate(body)
    assert (body["status"], body["previous_response_id"]) == ("in_progress", asked.get("previous_response_id"))
    assert (body["store"], body["tool_choice"]) == (asked["store"], asked["tool_choice"])
    assert [tool["name"] for tool in body["tools"]] == [tool["name"] for tool in asked["tools"] if "name" in tool]
    assert body["reasoning"]["summary"] == asked["reasoning"]["summary"]


def test_others_signatures_are_not_shown() -> None:
    parts: list[Part] = [{"type": "thinking", "text": "a", "signature": "s", "origin": "anthropic", "id": "x"}]
    (item,) = write_answer(Answer("a", "m", parts, "stop", None), REQUEST, 0)["output"]
    assert item == {"id": "rs_a_0", "type": "reasoning", "summary": [{"type": "summary_text", "text": "a"}]}


def test_pictures_come_back() -> None:
    parts: list[Part] = [{"type": "image", "media_type": "image/png", "data": "iVBORw0KGgo=", "url": None}]
    written = write_answer(Answer("a", "m", parts, "stop", None), REQUEST, 0)
    Response.model_validate(written)
    assert read_answer(written).parts == parts


ENDS: list[tuple[FinishReason, list[Part], str, str | None, FinishReason]] = [
    ("stop", [], "completed", None, "stop"),
    ("pause", [], "completed", None, "stop"),
    ("other", [], "completed", None, "stop"),
    ("length", [], "incomplete", "max_output_tokens", "length"),
    ("content_filter", [], "incomplete", "content_filter", "content_filter"),
    ("refusal", [{"type": "refusal", "text": "no"}], "completed", None, "refusal"),
    ("refusal", [], "incomplete", "content_filter", "content_filter"),
]


@pytest.mark.parametrize(("finish", "parts", "status", "reason", "read"), ENDS)
def test_how_it_ended(
    finish: FinishReason, parts: list[Part], status: str, reason: str | None, read: FinishReason
) -> None:
    written = write_answer(Answer("a", "m", parts, finish, None), REQUEST, 0)
    details: dict[str, str] = written["incomplete_details"] or {}
    assert (written["status"], details.get("reason")) == (status, reason)
    assert (read_answer(written).finish, written["usage"]) == (read, None)
    Response.model_validate(written)


@pytest.mark.parametrize("reason", [{"reason": "max_messages"}, None, 1])
def test_another_end_is_another_end(reason: Any) -> None:
    assert read_answer({"output": [], "status": "incomplete", "incomplete_details": reason}).finish == "other"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, UpstreamFailed),
        ({"output": "a"}, UpstreamFailed),
        ({"status": "failed", "output": []}, UpstreamFailed),
        ({"error": {"code": "invalid_prompt", "message": "x"}}, InvalidRequest),
    ],
)
def test_what_is_no_answer_is_an_error(body: dict[str, Any], kind: type[TriforceError]) -> None:
    with pytest.raises(kind):
        read_answer(body)


@given(damaged(WHOLE))
def test_any_json_is_an_answer_or_refused(body: dict[str, Any]) -> None:
    try:
        answer = read_answer(body)
    except TriforceError:
        return
    write_answer(answer, REQUEST, 0)
