"""Tools, their choice and the answer's form, where a request's own test leaves something out."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import OutputFormat, Tool, ToolChoice
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_responses.tools import (
    read_choice,
    read_format,
    read_tools,
    write_choice,
    write_format,
    write_tools,
)
from triforce_daemon.errors import InvalidRequest

SPACE: dict[str, Any] = {
    "type": "namespace",
    "name": "agents",
    "description": "Agents.",
    "tools": [
        {"type": "function", "name": "open", "parameters": {"type": "object", "properties": {}}, "strict": False},
        {"type": "custom", "name": "patch"},
    ],
}


def tool(name: str) -> Tool:
    return Tool(name=name, description=None, schema={})


def test_a_namespace_is_flat_and_comes_back() -> None:
    read = read_tools({"tools": [SPACE]}, {})
    assert [one["name"] for one in read] == ["agents__open", "agents__patch"]
    losses = Losses()
    assert write_tools(read, losses) == [SPACE]
    assert losses.names() == []


def test_others_are_not_strict_by_silence() -> None:
    losses = Losses()
    (written,) = write_tools([Tool(name="f", description="d", schema={}, extras={"gemini": {"x": 1}})], losses)
    assert (written["strict"], written["description"]) == (False, "d")
    assert losses.names() == ["x"]


def test_a_choice_may_be_in_a_namespace_or_take_free_text() -> None:
    tools = read_tools({"tools": [SPACE]}, {})
    chosen = {"type": "custom", "name": "patch", "namespace": "agents"}
    choice = read_choice({"tool_choice": chosen}, tools, {})
    assert choice == {"mode": "one", "name": "agents__patch"}
    assert write_choice(ToolChoice(mode="one", name="agents__patch"), tools) == chosen
    assert write_choice(ToolChoice(mode="required"), tools) == "required"
    assert read_choice({}, tools, {}) is None


def test_only_the_allowed_tools_are_left() -> None:
    tools = [tool("a"), tool("b")]
    allowed = {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "b"}, {"type": "mcp"}]}
    assert read_choice({"tool_choice": allowed}, tools, {}) == {"mode": "auto"}
    assert tools == [tool("b")]


def test_a_choice_of_the_servers_own_tools_is_kept_apart() -> None:
    extras: dict[str, Any] = {}
    assert read_choice({"tool_choice": {"type": "web_search"}}, [], extras) is None
    assert extras == {"tool_choice": {"type": "web_search"}}


@pytest.mark.parametrize("choice", [1, {}, {"type": "function"}, {"type": "allowed_tools", "mode": "one"}])
def test_another_choice_is_refused(choice: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"^`tool_choice"):
        read_choice({"tool_choice": choice}, [], {})


FORMS: list[tuple[dict[str, Any], OutputFormat]] = [
    ({"type": "text"}, {"type": "text"}),
    ({"type": "json_object"}, {"type": "json"}),
    (
        {"type": "json_schema", "name": "n", "schema": {"type": "object"}},
        {"type": "schema", "name": "n", "schema": {"type": "object"}},
    ),
]


@pytest.mark.parametrize(("form", "meant"), FORMS)
def test_forms(form: dict[str, Any], meant: OutputFormat) -> None:
    assert read_format({"text": {"format": form}}) == meant
    assert write_format(meant) == form


def test_a_form_without_a_name_gets_one() -> None:
    assert write_format({"type": "schema", "schema": {}})["name"] == "answer"
    assert read_format({"text": {}}) is None
