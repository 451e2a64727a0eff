"""Whether the providers take the tools: each schema held against the rules of each dialect, and their number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.dialects.tool_problems import Severity, ToolProblem
from triforce_daemon.providers.provider import Provider
from triforce_daemon.providers.remote import Remote
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.toolbox.admission import may
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.entry import Entry

#: So many problems are told of each provider.
MOST = 200


class FoundProblem(TypedDict):
    tool: str
    """Empty: all of them together."""
    at: str
    """Where in its schema, like `properties.limit`."""
    severity: Severity | Literal["dropped"]
    """`refused`: the whole request would be; `dropped`: what is too much is left out; `loose`: no model is held to it;
    `strict`: refused in strict mode alone."""
    problem: str


class ProviderReport(TypedDict):
    provider: str
    dialect: str
    ok: bool
    """Whether nothing would be refused or left out."""
    problems: list[FoundProblem]
    more: int
    """Problems that are not told."""


@dataclass(frozen=True, slots=True)
class Compatibility:
    catalog: Catalog
    registry: ModelRegistry
    dialects: Mapping[str, Dialect]

    async def check(self, caller: Caller, tool: str | None, provider: str | None) -> list[ProviderReport]:
        """One tool with all that is to be said of it; or all that the caller may call, with what would be refused.

        Raises ToolNotFound, NotFound for a provider that there is not.
        """
        entries = [self.catalog.find(tool)] if tool is not None else [one for one in self.catalog if may(caller, one)]
        providers = [self.registry.provider(provider)] if provider is not None else self.registry.providers()
        return await in_thread(self._reports, entries, providers, tool is not None)

    def _reports(self, entries: list[Entry], providers: list[Provider], everything: bool) -> list[ProviderReport]:
        declared = [declared_tool(entry) for entry in entries]
        names = dict.fromkeys(provider.dialect for provider in providers)
        by_dialect = {name: self._of_dialect(name, declared, everything) for name in names}
        return [_report(one, [*_too_many(one, len(entries)), *by_dialect[one.dialect]]) for one in providers]

    def _of_dialect(self, name: str, tools: Iterable[Tool], everything: bool) -> list[FoundProblem]:
        dialect = self.dialects[name]
        return [
            _told(tool["name"], problem)
            for tool in tools
            for problem in dialect.tool_problems(tool)
            if everything or problem.severity == "refused"
        ]


def declared_tool(entry: Entry) -> Tool:
    """The tool as a model would be told of it."""
    return Tool(name=entry.name, description=entry.description, schema=entry.signature.input_schema())


def _too_many(provider: Provider, count: int) -> list[FoundProblem]:
    if not isinstance(provider, Remote):
        return []
    row = provider.row
    limits = {"": row.max_tools, **row.tools_of}
    return [
        FoundProblem(
            tool="",
            at="",
            severity="dropped",
            problem=f"{count} tools, of which {f'models of {which} get' if which else 'it gets'} {most} in a request",
        )
        for which, most in limits.items()
        if most is not None and count > most
    ]


def _told(tool: str, problem: ToolProblem) -> FoundProblem:
    return FoundProblem(tool=tool, at=problem.at, severity=problem.severity, problem=problem.words)


def _report(provider: Provider, problems: list[FoundProblem]) -> ProviderReport:
    return ProviderReport(
        provider=provider.name,
        dialect=provider.dialect,
        ok=all(one["severity"] in ("loose", "strict") for one in problems),
        problems=problems[:MOST],
        more=max(0, len(problems) - MOST),
    )
