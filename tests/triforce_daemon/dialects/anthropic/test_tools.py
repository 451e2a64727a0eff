"""Tools, and which of them to call."""

from typing import Any

import pytest

from triforce_daemon.dialects.anthropic.tools import is_forced, read_choice, read_tools, write_choice, write_tools
from triforce_daemon.dialects.canonical import Request, Tool, ToolChoice
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CLOSED = {**SCHEMA, "additionalProperties": False}
WEATHER = Tool(name="weather", description="Tells the weather", schema=SCHEMA)


def test_tools_are_read() -> None:
    extras: dict[str, Any] = {}
    search = {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}
    given = {"name": "weather", "description": "Tells the weather", "input_schema": SCHEMA}
    cached = {**given, "type": "custom", "strict": False, "cache_control": {"type": "ephemeral"}}
    assert read_tools({"tools": [given, search, cached]}, extras) == [
        WEATHER,
        {**WEATHER, "strict": False, "extras": {"anthropic": {"cache_control": {"type": "ephemeral"}}}},
    ]
    assert extras == {"tools[].web_search_20250305": [search]}


@pytest.mark.parametrize(
    ("tool", "place"),
    [
        (7, r"tools\[0\]"),
        ({}, r"tools\[0\].name"),
        ({"name": "a"}, r"tools\[0\].input_schema"),
        ({"name": "a", "input_schema": {}, "strict": "yes"}, r"tools\[0\].strict"),
        ({"name": "a", "input_schema": {}, "type": 3}, r"tools\[0\].type"),
    ],
)
def test_mistakes_are_named(tool: object, place: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{place}`"):
        read_tools({"tools": [tool]}, {})


@pytest.mark.parametrize(
    ("choice", "read"),
    [
        (None, (None, None)),
        ({"type": "auto"}, ({"mode": "auto"}, None)),
        ({"type": "any", "disable_parallel_tool_use": True}, ({"mode": "required"}, False)),
        ({"type": "none"}, ({"mode": "none"}, None)),
        ({"type": "tool", "name": "weather"}, ({"mode": "one", "name": "weather"}, None)),
    ],
)
def test_the_choice_is_read(choice: object, read: object) -> None:
    assert read_choice({"tool_choice": choice}) == read


ALONE = {"type": "auto", "disable_parallel_tool_use": "yes"}


@pytest.mark.parametrize("choice", ["auto", {"type": "all"}, {"type": "tool"}, {}, ALONE])
def test_a_choice_that_makes_no_sense_is_refused(choice: object) -> None:
    with pytest.raises(InvalidRequest, match=r"^`tool_choice(`|\.)"):
        read_choice({"tool_choice": choice})


def test_tools_are_written() -> None:
    losses = Losses()
    bare = Tool(name="now", description=None, schema={})
    other = Tool(name="x", description="", schema={}, extras={"anthropic": {"defer_loading": True}, "gemini": {"a": 1}})
    assert write_tools([WEATHER, bare, other], losses, structured=True) == [
        {"name": "weather", "description": "Tells the weather", "input_schema": SCHEMA},
        {"name": "now", "input_schema": {"type": "object", "properties": {}}},
        {"name": "x", "input_schema": {"type": "object", "properties": {}}, "defer_loading": True},
    ]
    assert losses.names() == ["a"]


@pytest.mark.parametrize(
    ("schema", "structured", "strict"), [(CLOSED, True, True), (SCHEMA, True, False), (CLOSED, False, False)]
)
def test_strictness_is_passed_on_where_it_can_be_kept(schema: dict[str, Any], structured: bool, strict: bool) -> None:
    losses = Losses()
    tool = Tool(name="weather", description=None, schema=schema, strict=True)
    [written] = write_tools([tool], losses, structured=structured)
    assert ("strict" in written) == strict
    assert losses.names() == ([] if strict else ["tools[].strict"])


def test_a_tool_that_takes_free_text_is_an_ordinary_one_here() -> None:
    losses = Losses()
    write_tools(
        [Tool(name="patch", description=None, schema=SCHEMA, freeform={"type": "text"})], losses, structured=True
    )
    assert losses.names() == ["tools[].format"]


def choice(mode: Any, name: str | None = None) -> ToolChoice:
    return ToolChoice(mode=mode) if name is None else ToolChoice(mode=mode, name=name)


@pytest.mark.parametrize(
    ("given", "parallel", "written"),
    [
        (None, None, None),
        (None, True, None),
        (None, False, {"type": "auto", "disable_parallel_tool_use": True}),
        (choice("auto"), None, {"type": "auto"}),
        (choice("none"), False, {"type": "none"}),
        (choice("required"), None, {"type": "any"}),
        (choice("required"), False, {"type": "any", "disable_parallel_tool_use": True}),
        (choice("one", "weather"), None, {"type": "tool", "name": "weather"}),
    ],
)
def test_the_choice_is_written(given: ToolChoice | None, parallel: bool | None, written: object) -> None:
    losses = Losses()
    request = Request("m", [], tools=[WEATHER], tool_choice=given, parallel_tool_calls=parallel)
    assert write_choice(request, losses, forced=True) == written
    assert losses.names() == []


def test_a_choice_without_tools_is_not_sent() -> None:
    request = Request("m", [], tool_choice=choice("none"), parallel_tool_calls=False)
    assert write_choice(request, Losses(), forced=True) is None


@pytest.mark.parametrize("given", [choice("required"), choice("one", "weather")])
def test_a_model_that_cannot_be_forced_is_not(given: ToolChoice) -> None:
    losses = Losses()
    request = Request("m", [], tools=[WEATHER], tool_choice=given)
    assert is_forced(request)
    assert write_choice(request, losses, forced=False) == {"type": "auto"}
    assert losses.names() == ["tool_choice"]
    request.tool_choice = choice("auto")
    assert not is_forced(request)
