"""Tools, and which of them to call."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import Request, Tool, ToolChoice
from triforce_daemon.dialects.gemini.tools import read_choice, read_tools, write_choice, write_tools
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OPEN_API = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}
WEATHER = Tool(name="weather", description="Tells the weather", schema=SCHEMA)


def test_tools_are_read() -> None:
    extras: dict[str, Any] = {}
    body: dict[str, Any] = {
        "tools": [
            {
                "function_declarations": [
                    {"name": "weather", "description": "Tells the weather", "parameters": OPEN_API},
                    {"name": "weather", "description": "Tells the weather", "parametersJsonSchema": SCHEMA},
                    {"name": "now", "response": {"type": "STRING"}},
                ]
            },
            {"googleSearch": {}, "urlContext": None},
        ]
    }
    assert read_tools(body, extras) == [
        WEATHER,
        WEATHER,
        {"name": "now", "description": None, "schema": {}, "extras": {"gemini": {"response": {"type": "STRING"}}}},
    ]
    assert extras == {"tools[].googleSearch": {}}


MISTAKES: list[tuple[Any, str]] = [
    (7, r"tools\[0\]"),
    ({"functionDeclarations": {}}, r"tools\[0\].functionDeclarations"),
    ({"functionDeclarations": [7]}, r"tools\[0\].functionDeclarations\[0\]"),
    ({"functionDeclarations": [{}]}, r"tools\[0\].functionDeclarations\[0\].name"),
    (
        {"functionDeclarations": [{"name": "a", "parameters": 7}]},
        r"tools\[0\].functionDeclarations\[0\].parameters",
    ),
]


@pytest.mark.parametrize(("tool", "place"), MISTAKES)
def test_mistakes_are_named(tool: Any, place: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{place}`"):
        read_tools({"tools": [tool]}, {})


@pytest.mark.parametrize(
    ("calling", "read", "left", "extras"),
    [
        (None, None, "abc", {}),
        ({}, {"mode": "auto"}, "abc", {}),
        ({"mode": "AUTO"}, {"mode": "auto"}, "abc", {}),
        ({"mode": "NONE", "allowedFunctionNames": ["a"]}, {"mode": "none"}, "abc", {}),
        ({"mode": "ANY"}, {"mode": "required"}, "abc", {}),
        ({"mode": "ANY", "allowed_function_names": ["a"]}, {"mode": "one", "name": "a"}, "a", {}),
        ({"mode": "ANY", "allowedFunctionNames": ["a", "c"]}, {"mode": "required"}, "ac", {}),
        ({"mode": "VALIDATED"}, {"mode": "auto"}, "abc", {"toolConfig.functionCallingConfig.mode": "VALIDATED"}),
    ],
)
def test_the_choice_is_read(calling: Any, read: Any, left: str, extras: dict[str, Any]) -> None:
    tools = [Tool(name=name, description=None, schema={}) for name in "abc"]
    kept: dict[str, Any] = {}
    assert read_choice({"toolConfig": {"functionCallingConfig": calling}}, tools, kept) == read
    assert "".join(tool["name"] for tool in tools) == left
    assert kept == extras


def test_what_else_configures_tools_is_kept() -> None:
    extras: dict[str, Any] = {}
    assert read_choice({"toolConfig": {"retrieval_config": {"languageCode": "de"}}}, [], extras) is None
    assert extras == {"toolConfig.retrievalConfig": {"languageCode": "de"}}
    assert read_choice({}, [], extras) is None


@pytest.mark.parametrize("config", [7, {"functionCallingConfig": 7}, {"functionCallingConfig": {"mode": "SOME"}}])
def test_a_choice_that_makes_no_sense_is_refused(config: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"^`toolConfig"):
        read_choice({"toolConfig": config}, [], {})


def test_tools_are_written() -> None:
    losses = Losses()
    strict = Tool(name="x", description="", schema={}, strict=True, extras={"gemini": {"behavior": "BLOCKING"}})
    free = Tool(name="y", description=None, schema=SCHEMA, freeform={"type": "text"}, extras={"anthropic": {"a": 1}})
    assert write_tools([WEATHER, strict, free], losses) == [
        {
            "functionDeclarations": [
                {"name": "weather", "description": "Tells the weather", "parametersJsonSchema": SCHEMA},
                {"name": "x", "behavior": "BLOCKING"},
                {"name": "y", "parametersJsonSchema": SCHEMA},
            ]
        }
    ]
    assert losses.names() == ["tools[].strict", "tools[].format", "a"]
    assert write_tools([], losses) == []


@pytest.mark.parametrize(
    ("choice", "written"),
    [
        (None, None),
        (ToolChoice(mode="auto"), {"mode": "AUTO"}),
        (ToolChoice(mode="none"), {"mode": "NONE"}),
        (ToolChoice(mode="required"), {"mode": "ANY"}),
        (ToolChoice(mode="one", name="weather"), {"mode": "ANY", "allowedFunctionNames": ["weather"]}),
    ],
)
def test_the_choice_is_written(choice: ToolChoice | None, written: Any) -> None:
    losses = Losses()
    assert write_choice(Request("m", [], tools=[WEATHER], tool_choice=choice), losses) == written
    assert losses.names() == []
    assert write_choice(Request("m", [], tool_choice=choice, parallel_tool_calls=False), losses) is None
    assert losses.names() == []


def test_one_call_at_a_time_cannot_be_asked_for() -> None:
    losses = Losses()
    write_choice(Request("m", [], tools=[WEATHER], parallel_tool_calls=False), losses)
    assert losses.names() == ["parallel_tool_calls"]
