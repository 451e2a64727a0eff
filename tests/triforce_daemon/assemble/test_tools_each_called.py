"""Every tool, called by the official client: well, with something missing, with something unknown, by who may not."""

import os
from typing import Any, get_args

import jsonschema
import pytest

from tests.triforce_daemon.mcp_server.connecting import connected
from tests.triforce_daemon.tool_examples import EXAMPLES, arguments_of
from tests.triforce_daemon.tool_house import SCOPES, House, check_output, error_of, house
from triforce_daemon.assemble.tools import CATEGORIES
from triforce_daemon.toolbox.declaration import tools_of
from triforce_daemon.toolbox.entry import Entry
from triforce_daemon.wire.tiers import TierName

TIERS: tuple[TierName, ...] = get_args(TierName)


def test_every_tool_has_an_example() -> None:
    names = [function.__name__ for category in CATEGORIES for function in tools_of(category)]
    assert sorted(EXAMPLES) == sorted(names), "a line for it in tests/triforce_daemon/tool_examples.py"


async def test_what_it_returns_fits_what_it_declares(folder: str) -> None:
    async with house(folder) as built:
        for entry in built.entries:
            result = await built.call(entry.name, await arguments_of(built, entry.name))
            assert not result.is_error, (entry.name, error_of(result))
            check_output(entry, result)
            assert result.content, "a text for who reads no values"


async def test_what_is_the_owners_fits_what_it_declares(folder: str) -> None:
    async with house(folder) as built:
        for entry in built.of_owner:
            arguments = await arguments_of(built, entry.name)
            status, result = await built.served.post(f"/v1/tools/{entry.name}/run", {"arguments": arguments})
            assert status == 200 and result["ok"], (entry.name, result)
            jsonschema.validate(result["value"], entry.signature.output_schema() or {})


async def test_what_does_not_fit_is_named(folder: str) -> None:
    async with house(folder) as built:
        for entry in built.entries:
            example = await arguments_of(built, entry.name)
            wrong = [(name, without(example, name)) for name in entry.signature.input_schema().get("required", [])]
            for name, arguments in [*wrong, ("surplus", {**example, "surplus": 1})]:
                result = await built.client.call_tool(entry.name, arguments)
                assert result.is_error and error_of(result)["code"] == "invalid_arguments", (entry.name, name)
                assert name in error_of(result)["message"], (entry.name, name)


def without(arguments: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if key != name}


async def test_one_tier_or_one_scope_too_low_sees_and_calls_nothing(folder: str) -> None:
    async with house(folder) as built:
        for rank, tier in enumerate(TIERS):
            too_much = [*TIERS[rank + 1 :], "admin"]
            grants = ["tools:write", "tools:exec", "agents"]
            made = await built.served.user(f"a-{tier}", tier=tier, grants=grants)
            entries = [entry for entry in built.entries if entry.declared.tier in too_much]
            await refused_all(built, made["access_token"], entries)
        await refused_all(built, await built.served.token(*SCOPES, name="all"), built.of_owner)
        for scope in SCOPES:
            token = await built.served.token(
                *(one for one in SCOPES if one != scope), name="no-" + scope.replace(":", "-")
            )
            await refused_all(built, token, [entry for entry in built.entries if entry.declared.scope == scope])


async def refused_all(built: House, token: str, entries: list[Entry]) -> None:
    async with connected(built.served, token) as client:
        listed = {tool.name for tool in (await client.list_tools()).tools}
        assert listed.isdisjoint(entry.name for entry in entries)
        for entry in entries:
            result = await client.call_tool(entry.name, {})
            assert result.is_error and error_of(result)["code"] in ("forbidden", "tier_too_low"), entry.name


async def test_row_46_no_text_reaches_a_shell(folder: str) -> None:
    canary = f"{folder}/canary"
    text = (
        f"'\"; touch {canary}; $(touch {canary}) `touch {canary}` | touch {canary} && touch {canary} \n touch {canary}"
    )
    async with house(folder) as built:
        for entry in built.entries:
            for name in texts_of(entry):
                arguments = {**await arguments_of(built, entry.name), name: text}
                await built.call(entry.name, arguments)
                assert not os.path.exists(canary), (entry.name, name)


#: What is a program, and runs as one.
PROGRAMS = {("code_exec", "code"), ("shell", "command")}


def texts_of(entry: Entry) -> list[str]:
    """The parameters that take any text."""
    return [
        name
        for name, schema in entry.signature.input_schema()["properties"].items()
        if (entry.name, name) not in PROGRAMS and takes_text(schema)
    ]


def takes_text(schema: dict[str, Any]) -> bool:
    if "enum" in schema:
        return False
    return schema.get("type") == "string" or any(takes_text(inner) for inner in schema.get("anyOf", []))


@pytest.mark.parametrize(
    ("schema", "takes"),
    [
        ({"type": "string"}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({"type": "string", "enum": ["a"]}, False),
        ({"type": "integer"}, False),
    ],
)
def test_what_takes_text_is_known(schema: dict[str, Any], takes: bool) -> None:
    assert takes_text(schema) is takes
