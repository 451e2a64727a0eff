"""The tools as somebody deals with them who may call some of them: listed, shown, searched, run."""

import shlex
from collections.abc import Callable, Iterable
from typing import Any, cast

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.routing.needs import CHARACTERS_PER_TOKEN
from triforce_daemon.toolbox.admission import may, refusal
from triforce_daemon.toolbox.call import Via, unheard
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.entry import Entry
from triforce_daemon.toolbox.outcome import Outcome
from triforce_daemon.toolbox.runner import Request, Runner
from triforce_daemon.toolbox.search import ToolSearch as Index
from triforce_daemon.toolbox.toolsets import ALL, Toolsets
from triforce_daemon.toolbox.words import arguments_of
from triforce_daemon.wire.tools import (
    FoundTool,
    Tool,
    ToolDetail,
    ToolList,
    ToolParameter,
    ToolResult,
    ToolRun,
    ToolSearch,
    Toolset,
    ToolsetList,
)


class ToolDesk:
    def __init__(self, catalog: Catalog, toolsets: Toolsets, runner: Runner) -> None:
        self._catalog = catalog
        self._toolsets = toolsets
        self._runner = runner
        self._index: Index | None = None

    def all(self, caller: Caller, toolset: str | None = None, *, every: bool = False) -> ToolList:
        """The tools that the caller may call; with `every` also the others, with the reason. Raises NotFound."""
        entries = self._toolsets.chosen((toolset or ALL).split(","))
        items = [tool_of(entry, caller) for entry in entries if every or may(caller, entry)]
        return ToolList(schema="triforce.tools.list/1", items=items, next=None)

    def show(self, caller: Caller, name: str) -> ToolDetail:
        """Raises ToolNotFound."""
        entry = self._catalog.find(name)
        schema = entry.signature.input_schema()
        return ToolDetail(
            **tool_of(entry, caller),
            schema="triforce.tools.show/1",
            parameters=_parameters(schema),
            input_schema=schema,
            output_schema=entry.signature.output_schema(),
            formerly=list(entry.declared.formerly),
            usage=usage(entry.name, schema),
        )

    def search(self, caller: Caller, query: str, limit: int) -> ToolSearch:
        """Those that fit best, of what the caller may call."""
        if self._index is None:
            self._index = Index(self._catalog)
        allowed = {entry.name: entry for entry in self._catalog if may(caller, entry)}
        found = self._index.find(query, allowed, limit)
        items = [FoundTool(**tool_of(allowed[name], caller), score=score) for name, score in found]
        return ToolSearch(schema="triforce.tools.search/1", items=items, next=None)

    def toolsets(self, caller: Caller) -> ToolsetList:
        """The names by which a part of the tools is chosen, with what of each the caller may call."""
        items: list[Toolset] = []
        for name in self._toolsets.names():
            tools = [tool_of(entry, caller) for entry in self._toolsets.chosen([name]) if may(caller, entry)]
            size = sum(tool["schema_tokens"] for tool in tools)
            items.append(Toolset(name=name, tools=len(tools), schema_tokens=size))
        return ToolsetList(schema="triforce.tools.sets/1", items=items, next=None)

    def forget_index(self) -> None:
        """The tools have changed."""
        self._index = None

    async def run(
        self,
        caller: Caller,
        name: str,
        run: ToolRun,
        request_id: str,
        via: Via,
        progress: Callable[[float, str], None] = unheard,
    ) -> ToolResult:
        """Call a tool; its own failure is a result too. Raises InvalidArguments for words that make no arguments."""
        arguments = run.get("arguments") or {}
        if words := run.get("words"):
            if arguments:
                raise InvalidArguments("There are both arguments and words.", "Send one of the two.")
            schema = self._runner.admitted(caller, name).signature.input_schema()
            arguments = arguments_of(words, schema)
        folder = run.get("folder") if caller.is_owner else None
        request = Request(caller, name, arguments, request_id, via, folder, run.get("approved", False), progress)
        return result_of(await self._runner.run(request))


def result_of(outcome: Outcome) -> ToolResult:
    """The outcome in the words that travel."""
    return ToolResult(
        schema="triforce.tools.run/1",
        tool=outcome.tool,
        ok=outcome.ok,
        value=outcome.value,
        error=outcome.error.body(outcome.request_id) if outcome.error else None,
        ms=outcome.ms,
        receipt=outcome.request_id,
        changes=[change.words for change in outcome.changes],
        content=[*outcome.blocks],
    )


def tool_of(entry: Entry, caller: Caller) -> Tool:
    """The tool as the caller sees it."""
    declared = entry.declared
    refused, lack = refusal(caller, entry), entry.missing()
    size = len(entry.description) + len(orjson.dumps(entry.signature.input_schema()))
    return Tool(
        name=entry.name,
        category=entry.category,
        server=entry.server,
        title=entry.title,
        description=entry.description,
        tier=declared.tier,
        scope=declared.scope,
        effect=declared.effect,
        idempotent=declared.idempotent,
        open_world=declared.open_world,
        approval=declared.approval,
        available=refused is None and lack is None,
        reason=refused.message if refused else lack.reason if lack else None,
        fix=refused.hint if refused else lack.fix if lack else None,
        schema_tokens=size // CHARACTERS_PER_TOKEN,
    )


def usage(name: str, schema: dict[str, Any]) -> str:
    """How the tool is called in a terminal."""
    required: Iterable[str] = schema.get("required", ())
    words = [shlex.quote(f"{one}={one.upper()}") for one in required]
    return " ".join(["triforce tools run", name, *words])


def _parameters(schema: dict[str, Any]) -> list[ToolParameter]:
    required = frozenset(cast("list[str]", schema.get("required", [])))
    return [
        ToolParameter(
            name=name,
            type=kind_of(field),
            required=name in required,
            default=field.get("default"),
            description=field.get("description", ""),
        )
        for name, field in schema["properties"].items()
    ]


def kind_of(field: dict[str, Any]) -> str:
    """A JSON Schema in a few words, like `integer 1..10` or `one of parallel, sequential`."""
    if "enum" in field:
        return "one of " + ", ".join(map(str, field["enum"]))
    if "anyOf" in field:
        kinds = [kind_of(one) for one in field["anyOf"] if one.get("type") != "null"]
        return " or ".join(kinds)
    said: Any = field.get("type", "anything")
    kind = " or ".join(map(str, cast("list[Any]", said))) if isinstance(said, list) else str(said)
    if kind == "array":
        return f"list of {kind_of(field.get('items', {}))}"
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    bounds = "" if low is None and high is None else f" {'' if low is None else low}..{'' if high is None else high}"
    return kind + bounds
