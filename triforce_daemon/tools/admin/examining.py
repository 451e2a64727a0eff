"""Why a call would go the way that it goes, and who takes which tools: examined, and not made."""

from typing import Annotated, Any, cast

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.administration.compatibility import Compatibility, ProviderReport
from triforce_daemon.toolbox import meta_tool
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.toolbox.digest import digest_of
from triforce_daemon.toolbox.explanation import Explanation, explained


class Parsed(TypedDict):
    tool: str
    """As it was named."""
    arguments: dict[str, Any]
    args_digest: str
    """What an approval would be bound to."""


class Decision(TypedDict):
    allowed: bool
    reason: str | None
    hint: str | None
    tier: str
    """What the tool asks for at least; `admin` is a role."""
    scope: str


class Trace(TypedDict):
    parsed: Parsed
    tool: str | None
    """Its name today; null: there is none."""
    alias: str | None
    """The former name by which it was called."""
    near: list[str]
    schema_errors: list[str]
    decision: Decision | None
    missing: str | None
    """What keeps it from being called here, whoever asks."""
    approval: bool
    """Whether somebody else has to agree to this call."""
    handler: str | None
    runs: bool
    """Whether it would be called, perhaps after an approval."""


@tool(
    tier="admin",
    effect="read",
    keywords=("explain a call", "why refused", "trace", "dry run", "warum abgelehnt", "Fehlersuche", "Aufruf erklären"),
)
async def debug(
    method: Annotated[str, "tools/call, or the name of a tool", Field(min_length=1, max_length=200)],
    params: Annotated[dict[str, Any] | None, "of tools/call its name and arguments; else the arguments"] = None,
    *,
    catalog: Catalog,
    call: ToolCall,
) -> Trace:
    """Explain what would become of a call of a tool; nothing is run."""
    name, arguments = _meant(method, params or {})
    found = explained(catalog, call.caller, name, arguments)
    return Trace(
        parsed=Parsed(tool=name, arguments=arguments, args_digest=digest_of(arguments)),
        tool=found.entry.name if found.entry else None,
        alias=found.alias,
        near=list(found.near),
        schema_errors=list(found.problems),
        decision=_decision(found),
        missing=found.missing.reason if found.missing else None,
        approval=found.approval,
        handler=found.entry.handler if found.entry else None,
        runs=found.runs,
    )


class CompatibilityFound(TypedDict):
    providers: list[ProviderReport]


@tool(
    tier="free",
    effect="read",
    idempotent=True,
    keywords=("schema check", "which provider takes", "valid schema", "Verträglichkeit", "Schema prüfen", "passt zu"),
)
async def check_compatibility(
    tool: Annotated[str | None, "only this one, with all there is to say; else all", Field(max_length=200)] = None,
    provider: Annotated[str | None, "only this one, like groq", Field(max_length=64)] = None,
    *,
    compatibility: Compatibility,
    call: ToolCall,
) -> CompatibilityFound:
    """Check whether the providers take the tools, and hold a model to their schemas."""
    return CompatibilityFound(providers=await compatibility.check(call.caller, tool, provider))


def _meant(method: str, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The tool and its arguments, also within a call of `tool_call`. Raises InvalidArguments."""
    name: Any = method
    arguments: Any = params
    if method == "tools/call":
        name, arguments = params.get("name"), params.get("arguments") or {}
        if not isinstance(name, str) or not isinstance(arguments, dict):
            raise InvalidArguments("The params of tools/call are a name and arguments.", None)
    elif "/" in method:
        raise InvalidArguments(f"The method {method} runs no tool.", "tools/call does, or name the tool itself.")
    given = cast("dict[str, Any]", arguments)
    return meta_tool.unwrapped(given) if name == meta_tool.NAME else (name, given)


def _decision(found: Explanation) -> Decision | None:
    if found.entry is None:
        return None
    return Decision(
        allowed=found.refused is None,
        reason=found.refused.message if found.refused else None,
        hint=found.refused.hint if found.refused else None,
        tier=found.entry.declared.tier,
        scope=found.entry.declared.scope,
    )
