"""Tools, their choice and the answer's form, where a request's own test leaves something out."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import OutputFormat, Tool, ToolChoice
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_chat.tools import (
    read_choice,
    read_format,
    read_tools,
    write_choice,
    write_format,
    write_tools,
)
from triforce_daemon.errors import InvalidRequest

GRAMMAR = {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: /a/"}}


def tool(name: str) -> Tool:
    return Tool(name=name, description=None, schema={})


def test_a_tool_for_free_text_becomes_a_function() -> None:
    (read,) = read_tools({"tools": [{"type": "custom", "custom": {"name": "patch", "format": GRAMMAR}}]}, {})
    assert read.get("freeform") == GRAMMAR
    losses = Losses()
    (written,) = write_tools([read], losses)
    assert written["function"]["parameters"]["required"] == ["input"]
    assert losses.names() == ["tools[].format"]


def test_tools_of_the_server_are_kept_apart() -> None:
    extras: dict[str, Any] = {}
    assert read_tools({"tools": [{"type": "web_search"}, {"type": "web_search", "a": 1}]}, extras) == []
    assert extras == {"tools[].web_search": [{"type": "web_search"}, {"type": "web_search", "a": 1}]}


@pytest.mark.parametrize("mode", ["none", "auto", "required"])
def test_a_choice_may_be_a_word(mode: str) -> None:
    choice = read_choice({"tool_choice": mode}, [])
    assert choice is not None and choice == {"mode": mode}
    assert write_choice(choice) == mode


def test_a_choice_may_be_one_tool() -> None:
    chosen = {"type": "function", "function": {"name": "f"}}
    choice = read_choice({"tool_choice": chosen}, [])
    assert choice is not None and write_choice(choice) == chosen
    assert read_choice({"tool_choice": {"type": "custom", "custom": {"name": "f"}}}, []) == choice
    assert read_choice({}, []) is None


def test_only_the_allowed_tools_are_left() -> None:
    tools = [tool("a"), tool("b"), tool("c")]
    named = [{"type": "function", "function": {"name": "a"}}, {"type": "custom", "custom": {"name": "c"}}]
    allowed = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": named}}
    assert read_choice({"tool_choice": allowed}, tools) == ToolChoice(mode="required")
    assert tools == [tool("a"), tool("c")]


@pytest.mark.parametrize("choice", [1, {"type": "some"}, {"type": "allowed_tools", "allowed_tools": {"mode": "one"}}])
def test_another_choice_is_refused(choice: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"^`tool_choice"):
        read_choice({"tool_choice": choice}, [])


FORMS: list[tuple[dict[str, Any], OutputFormat]] = [
    ({"type": "text"}, {"type": "text"}),
    ({"type": "json_object"}, {"type": "json"}),
    (
        {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
        {"type": "schema", "name": "n", "schema": {"type": "object"}},
    ),
]


@pytest.mark.parametrize(("form", "meant"), FORMS)
def test_forms(form: dict[str, Any], meant: OutputFormat) -> None:
    assert read_format({"response_format": form}) == meant
    assert write_format(meant) == form


def test_a_form_without_a_name_gets_one() -> None:
    assert write_format({"type": "schema", "schema": {}})["json_schema"]["name"] == "answer"
