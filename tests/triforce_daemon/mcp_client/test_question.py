"""What a mounted server asks, as it is put to whoever called it."""

from typing import Any

import pytest

from triforce_daemon.mcp_client import question
from triforce_daemon.mcp_client.line import Unasked
from triforce_daemon.mcp_client.question import passed_on, question_of

ALL: dict[str, Any] = {"elicitation": {}, "sampling": {"tools": {}}, "roots": {"list_changed": True}}
FORM: dict[str, Any] = {"message": "Name?", "requestedSchema": {"type": "object", "properties": {}}}
SAMPLE: dict[str, Any] = {"messages": [{"role": "user", "content": {"type": "text", "text": "Hi"}}], "maxTokens": 5}
METHODS = {"elicitation/create": FORM, "sampling/createMessage": SAMPLE, "roots/list": {}}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, {}),
        (ALL, {"elicitation": {"form": {}}, "sampling": {}, "roots": {}}),
        ({"elicitation": {"form": {}, "url": {}}, "tasks": {}}, {"elicitation": {"form": {}}}),
        ({"elicitation": {"url": {}}, "experimental": {"x": {}}}, {}),
    ],
)
def test_a_server_hears_of_what_is_passed_on(said: dict[str, Any], kept: dict[str, Any]) -> None:
    assert passed_on(said) == kept


@pytest.mark.parametrize("method", METHODS)
def test_nobody_is_asked_what_he_has_not_said_that_he_answers(method: str) -> None:
    assert question_of("s", method, METHODS[method], ALL)["_meta"] == {"triforce/server": "s"}
    name = {"elicitation/create": "elicitation", "sampling/createMessage": "sampling", "roots/list": "roots"}[method]
    with pytest.raises(Unasked, match=f"not said that he answers {method}"):
        question_of("s", method, METHODS[method], {key: value for key, value in ALL.items() if key != name})


def test_a_form_says_who_asks_and_hides_nothing() -> None:
    field = {"type": "string", "description": "Your\u200b name"}
    schema = {"type": "object", "properties": {"name": field}}
    asked = question_of("s", "elicitation/create", {"message": "\x1b[31mName\u202e?", "requestedSchema": schema}, ALL)
    assert asked["message"] == "The server s asks: Name?"
    assert asked["requestedSchema"]["properties"]["name"]["description"] == "Your name"
    with pytest.raises(Unasked, match="holds what a reader does not see"):
        hidden = {"type": "object", "properties": {"na\u200bme": {"type": "string"}}}
        question_of("s", "elicitation/create", {"message": "x", "requestedSchema": hidden}, ALL)
    with pytest.raises(Unasked, match="Its form is none"):
        question_of("s", "elicitation/create", {"message": "x"}, ALL)


def test_nobody_is_sent_to_an_address() -> None:
    asked = {"mode": "url", "message": "x", "url": "https://evil.example", "elicitationId": "1"}
    with pytest.raises(Unasked, match="address"):
        question_of("s", "elicitation/create", asked, {"elicitation": {"form": {}, "url": {}}})


def test_a_sample_brings_no_tools_and_hears_of_nobody_else() -> None:
    wishes = {
        "temperature": 0.5,
        "systemPrompt": "Be\u200b brief",
        "includeContext": "allServers",
        "metadata": {"a": 1},
    }
    asked = question_of("s", "sampling/createMessage", {**SAMPLE, **wishes, "maxTokens": 10**9}, ALL)
    assert asked.keys() == {"messages", "maxTokens", "temperature", "systemPrompt", "_meta"}
    assert asked["systemPrompt"] == "Be brief" and asked["maxTokens"] == 100_000
    blocks = [{"type": "text", "text": "a\u200b"}, {"type": "image", "data": "aGk=", "mimeType": "image/png"}]
    asked = question_of("s", "sampling/createMessage", {"messages": [{"role": "user", "content": blocks}]}, ALL)
    assert asked["messages"][0]["content"] == [{"type": "text", "text": "a"}, blocks[1]]
    with pytest.raises(Unasked, match="tools"):
        question_of("s", "sampling/createMessage", {**SAMPLE, "tools": [{"name": "x"}]}, ALL)


def test_what_is_too_much_or_nothing_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unasked, match="what nobody is asked"):
        question_of("s", "tools/call", {}, ALL)
    monkeypatch.setattr(question, "_MOST_BYTES", 10)
    with pytest.raises(Unasked, match="more than 10 bytes"):
        question_of("s", "elicitation/create", FORM, ALL)
