"""How the daemon is, and who uses it: what an admin looks at; nothing is changed."""

import socket
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.runtime.clock import Clock, parse_rfc3339
from triforce_daemon.services.administration.buckets import Bucket, Buckets
from triforce_daemon.services.administration.resources import Resources, Used
from triforce_daemon.services.administration.user_lines import UserLine, UserLines
from triforce_daemon.services.audit import Audit, Calls
from triforce_daemon.services.providers import ProviderDesk
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.services.status import StatusPage
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.config import Origin
from triforce_daemon.wire.providers import RateLimit
from triforce_daemon.wire.status import DaemonState, EngineStatus, Health, ProviderStatus, UsageToday
from triforce_daemon.wire.tiers import TierName


class StatusDetails(Used):
    engines: list[EngineStatus]
    """The models that are in memory."""
    usage_today: UsageToday


class StatusFound(TypedDict):
    version: str
    state: DaemonState
    uptime: int
    """Seconds."""
    node: str
    managed_by: Literal["systemd", "cli", "shell"]
    providers: list[ProviderStatus]
    health: list[Health]
    """What is wrong, with what to do about it."""
    details: StatusDetails | None
    """Only where they are asked for."""


@tool(
    tier="free",
    effect="read",
    keywords=("uptime", "how is the daemon", "memory", "disk", "Zustand", "Laufzeit", "Speicher", "Platte", "läuft"),
)
async def status(
    detail: Annotated[Literal["short", "full"], "full: also what it uses of its machine, and what waits"] = "short",
    *,
    page: StatusPage,
    resources: Resources,
    clock: Clock,
    call: ToolCall,
) -> StatusFound:
    """Tell how the daemon is: its providers, what is wrong, and what it uses."""
    told = await page.read(call.caller)
    details = None
    if detail == "full":
        used = await resources.read(call.caller)
        details = StatusDetails(**used, engines=told["engines"], usage_today=told["usage"])
    return StatusFound(
        version=told["daemon"]["version"],
        state=told["daemon"]["state"],
        uptime=(clock.now_ms() - parse_rfc3339(told["daemon"]["since"])) // 1_000,
        node=socket.gethostname(),
        managed_by=told["daemon"]["managed_by"],
        providers=told["providers"],
        health=told["health"],
        details=details,
    )


class ShownSetting(TypedDict):
    key: str
    value: Any
    source: Origin
    default: Any
    at_once: bool
    """Whether a change holds at once; else from the next start."""
    description: str


class ConfigShown(TypedDict):
    file: str
    settings: list[ShownSetting]


@tool(
    tier="admin",
    effect="read",
    idempotent=True,
    keywords=("settings", "configuration", "Einstellungen", "Konfiguration", "eingestellt"),
)
async def config(
    key: Annotated[str | None, "only this one, or a section like `builtin`, set or not", Field(max_length=256)] = None,
    show_defaults: Annotated[bool, "also those that nobody has set"] = False,
    *,
    desk: SettingsDesk,
) -> ConfigShown:
    """Show the settings with which the daemon runs, and where each value comes from."""
    every = desk.everything()
    items = [one for one in every["items"] if show_defaults or one["origin"] != "default"]
    if key is not None:
        section = [one for one in every["items"] if one["key"].startswith(f"{key}.")]
        items = section or [desk.get(key)]
    settings = [
        ShownSetting(
            key=one["key"],
            value=one["value"],
            source=one["origin"],
            default=one["default"],
            at_once=one["at_once"],
            description=one["description"],
        )
        for one in items
    ]
    return ConfigShown(file=every["file"], settings=settings)


class UsersFound(TypedDict):
    users: list[UserLine]
    count: int
    """How many there are, also where fewer are shown."""


@tool(
    tier="admin",
    effect="read",
    keywords=("accounts", "people", "who uses it", "Benutzer", "Nutzer", "Konten", "wer benutzt"),
)
async def users(
    tier: Annotated[TierName | None, "only of this one"] = None,
    query: Annotated[str | None, "only those with this in their names", Field(max_length=64)] = None,
    limit: Annotated[int, "how many at most", Field(ge=1, le=1_000)] = 100,
    *,
    lines: UserLines,
) -> UsersFound:
    """List the accounts, with when each logged in last and what it used today."""
    found, count = await lines.find(tier, query, limit)
    return UsersFound(users=found, count=count)


class RateLimitStats(TypedDict):
    buckets: list[Bucket]


@tool(
    tier="pro",
    effect="read",
    keywords=("quota", "requests left", "remaining", "Kontingent", "Limit", "wie viel übrig", "Anfragen übrig"),
)
async def rate_limit_stats(
    user: Annotated[str | None, "of this account", Field(max_length=64)] = None,
    agent: Annotated[str | None, "of the token that an agent holds, by its name or id", Field(max_length=64)] = None,
    *,
    buckets: Buckets,
    call: ToolCall,
) -> RateLimitStats:
    """Tell what limits the caller, and what is left; an admin sees everybody's."""
    return RateLimitStats(buckets=await buckets.find(call.caller, user, agent))


class ProviderFound(TypedDict):
    name: str
    title: str
    state: str
    reason: str | None
    since: str | None
    key_present: bool
    models: int
    latency_ms: float | None
    """Until the first token, as measured; null: nobody has asked it yet."""
    limits: list[RateLimit]
    """As the provider told them last."""


class ProvidersFound(TypedDict):
    providers: list[ProviderFound]


@tool(
    tier="pro",
    effect="read",
    keywords=("backends", "which provider works", "up or down", "groq", "Anbieter", "welcher Anbieter", "erreichbar"),
)
async def providers(*, desk: ProviderDesk) -> ProvidersFound:
    """List the providers: how each is and why, its models, speed and limits."""
    return ProvidersFound(
        providers=[
            ProviderFound(
                name=one["name"],
                title=one["title"],
                state=one["state"],
                reason=one["reason"],
                since=one["since"],
                key_present=one["key"]["present"],
                models=one["models"],
                latency_ms=one["latency_ms"],
                limits=one["limits"],
            )
            for one in (await desk.all())["items"]
        ]
    )


class Execution(TypedDict):
    time: str
    user: str | None
    """null: somebody who was erased."""
    tool: str
    params_digest: str
    """SHA-256 of the arguments; they themselves are not kept."""
    status: str
    """`ok`, or the code of the error."""
    latency_ms: int
    trace_id: str | None
    """Of the request: `triforce receipt` shows it."""


class ExecutionsFound(TypedDict):
    calls: list[Execution]


@tool(
    tier="admin",
    effect="read",
    keywords=("audit", "which tools were called", "history of calls", "Protokoll", "Aufrufe", "wer hat aufgerufen"),
)
async def execution_log(
    limit: Annotated[int, "how many at most", Field(ge=1, le=1_000)] = 100,
    tool: Annotated[str | None, "only of this one", Field(max_length=200)] = None,
    user: Annotated[str | None, "only this account's", Field(max_length=64)] = None,
    status: Annotated[str | None, "ok, failed, or the code of an error", Field(max_length=64)] = None,
    since: Annotated[str | None, "a moment (RFC 3339)", Field(max_length=64)] = None,
    *,
    audit: Audit,
) -> ExecutionsFound:
    """List the calls of tools, the newest first, as the audit has them."""
    calls: list[Execution] = []
    for item in await audit.calls(Calls(tool, user, status, since), limit):
        told: dict[str, Any] = item["document"]
        calls.append(
            Execution(
                time=item["ts"],
                user=item["caller"],
                tool=told["tool"],
                params_digest=told["arguments"],
                status=told.get("error", "ok"),
                latency_ms=told["ms"],
                trace_id=item["request"],
            )
        )
    return ExecutionsFound(calls=calls)
