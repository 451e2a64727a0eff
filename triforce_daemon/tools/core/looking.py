"""What a program asks first: who it is to the daemon, which models and tools there are."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.accounts import Accounts
from triforce_daemon.services.health_checks import Health, HealthChecks
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.tools import ToolDesk
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.models import Model, ModelAlias
from triforce_daemon.wire.tools import ToolDetail
from triforce_daemon.wire.usage import UsageItem


class Excluded(TypedDict):
    id: str
    reason: str | None


class Models(TypedDict):
    models: list[Model]
    count: int
    """How many there are, also where fewer are shown."""
    excluded: list[Excluded]
    """What was left out because it cannot be called, and why."""


@tool(
    tier="guest",
    effect="read",
    idempotent=True,
    formerly=("list_models",),
    keywords=("LLM", "language model", "available", "which", "Modell", "Modelle", "Sprachmodell", "verfügbar", "Liste"),
)
async def models(
    provider: Annotated[str | None, "only of this one, like groq"] = None,
    capability: Annotated[str | None, "chat, tools, vision, json_schema, reasoning or embeddings"] = None,
    available_only: Annotated[bool, "leave out what cannot be called"] = True,
    limit: Annotated[int, "how many at most", Field(ge=1, le=10_000)] = 200,
    *,
    registry: ModelRegistry,
    call: ToolCall,
) -> Models:
    """List the models that answer here, with what they can and what they cost."""
    every = (await registry.models(provider, call.caller))["items"]
    able = [one for one in every if capability is None or capability in one["abilities"]]
    kept = [one for one in able if not available_only or one["state"] in ("ok", "absent", "degraded")]
    left_out = [Excluded(id=one["id"], reason=one["reason"]) for one in able if one not in kept]
    return Models(models=kept[:limit], count=len(kept), excluded=left_out[:limit])


@tool(
    tier="guest",
    effect="read",
    idempotent=True,
    keywords=("context window", "price", "details", "Kontext", "Preis", "Kosten", "Angaben", "Modell"),
)
async def model_info(
    model: Annotated[str, "an id, an alias or a bare name"], *, registry: ModelRegistry, call: ToolCall
) -> Model:
    """Show one model: what it can, what it costs, how it is, and why."""
    return await registry.get(model, call.caller)


class Aliases(TypedDict):
    aliases: list[ModelAlias]


@tool(
    tier="guest",
    effect="read",
    idempotent=True,
    keywords=("shortcut", "nickname", "fast", "code", "smart", "Kürzel", "Kurzname", "Spitzname", "Modell"),
)
async def model_aliases(*, registry: ModelRegistry) -> Aliases:
    """List the names that stand for several models, with their order and boundary."""
    return Aliases(aliases=(await registry.aliases())["items"])


class WhoAmI(TypedDict):
    caller: str
    kind: str
    """`model`: one that acts for the caller, with the scopes that its tools need."""
    via: str
    tier: str | None
    """null: nothing limits the caller."""
    role: Literal["owner", "admin", "user"]
    scopes: list[str]


@tool(
    tier="guest",
    effect="read",
    keywords=(
        "identity",
        "my limits",
        "account",
        "rights",
        "permissions",
        "tier",
        "wer bin ich",
        "Rechte",
        "Konto",
        "darf ich",
    ),
)
async def whoami(*, accounts: Accounts, call: ToolCall) -> WhoAmI:
    """Tell who the caller is to this daemon, and what he may do."""
    profile, caller = accounts.profile(call.caller), call.caller
    return WhoAmI(
        caller=profile["name"],
        kind=profile["kind"] if caller.acting is None else "model",
        via=call.via,
        tier=caller.tier.name if caller.tier is not None else None,
        role="owner" if caller.is_owner else "admin" if caller.is_admin else "user",
        scopes=list(profile["scopes"]) if caller.acting is None else sorted(caller.acting.scopes),
    )


class IndexedTool(TypedDict):
    name: str
    category: str
    title: str
    description: str | None
    """Only where the details are asked for."""


class ToolsIndex(TypedDict):
    tools: list[IndexedTool]
    count: int
    categories: dict[str, int]


@tool(
    tier="guest",
    effect="read",
    idempotent=True,
    keywords=(
        "find tool",
        "which tool",
        "search tools",
        "capabilities",
        "Werkzeug",
        "Werkzeuge",
        "suchen",
        "Funktionen",
    ),
)
async def tools_index(
    category: Annotated[str | None, "only of this one"] = None,
    query: Annotated[str | None, "what it should do, in your own words"] = None,
    detail: Annotated[Literal["names", "short", "full"], "how much of each"] = "short",
    *,
    desk: ToolDesk,
    catalog: Catalog,
    call: ToolCall,
) -> ToolsIndex:
    """List or search the tools that the caller may call."""
    found = desk.search(call.caller, query, 20)["items"] if query else desk.all(call.caller)["items"]
    kept = [one for one in found if category is None or one["category"] == category]
    tools = [
        IndexedTool(
            name=one["name"],
            category=one["category"],
            title="" if detail == "names" else one["title"],
            description=one["description"] if detail == "full" else None,
        )
        for one in kept
    ]
    return ToolsIndex(tools=tools, count=len(tools), categories=catalog.categories())


@tool(
    tier="guest",
    effect="read",
    idempotent=True,
    keywords=(
        "schema",
        "parameters",
        "how to call",
        "usage of a tool",
        "Werkzeug",
        "Parameter",
        "Aufruf",
        "beschreiben",
    ),
)
async def tool_lookup(
    name: Annotated[str, "today's or a former name"], *, desk: ToolDesk, call: ToolCall
) -> ToolDetail:
    """Show one tool with its parameters, schemas and an example of a call."""
    return desk.show(call.caller, name)


class Usage(TypedDict):
    rows: list[UsageItem]
    since: str


@tool(
    tier="free",
    effect="read",
    keywords=("spent", "cost", "tokens used", "statistics", "Verbrauch", "Kosten", "verbraucht", "Ausgaben"),
)
async def usage(
    by: Annotated[Literal["model", "provider", "session", "day"], "what it is added up by"] = "model",
    since: Annotated[str | None, "a moment (RFC 3339); without it seven days ago"] = None,
    *,
    ledger: Ledger,
    call: ToolCall,
) -> Usage:
    """Tell what the caller has used: requests, tokens, cost."""
    told = await ledger.usage(call.caller, by, since, call.caller.account)
    return Usage(rows=told["items"], since=told["since"])


@tool(
    tier="guest",
    effect="read",
    keywords=("alive", "working", "diagnose", "check", "gesund", "Zustand", "funktioniert", "läuft", "prüfen"),
)
async def health(
    components: Annotated[list[str] | None, "only these: database, providers, daemon"] = None,
    *,
    checks: HealthChecks,
    call: ToolCall,
) -> Health:
    """Check that the parts of the daemon work, and how long each takes to answer."""
    return await checks.run(call.caller, components)
