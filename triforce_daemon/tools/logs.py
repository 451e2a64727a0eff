"""What the daemon has written of itself and of requests: read, counted, and followed through one request."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.errors import AgentNotFound
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.services.logs.reader import LogReader
from triforce_daemon.services.logs.statistics import LogCounts
from triforce_daemon.services.logs.traces import LogTraces
from triforce_daemon.services.moments import moment_of
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.log_lines import Asked, Level, Wanted
from triforce_daemon.wire.logs import LogEntry, LogStats, RepeatedError, TraceSpan

Since = Annotated[str | None, "from this moment on (RFC 3339)"]
Words = Annotated[str | None, Field(min_length=1, max_length=200)]


class Entries(TypedDict):
    entries: list[LogEntry]
    """The newest first."""
    count: int
    truncated: bool
    """Whether there are older ones."""


@tool(
    tier="pro",
    effect="read",
    keywords=("log", "log lines", "latest", "journal", "events", "Protokoll", "Logbuch", "Meldungen", "Ereignisse"),
)
async def logs(
    category: Annotated[Asked, "what it is about; error is whatever went wrong"] = "all",
    level: Annotated[Level, "this level and all above it"] = "info",
    limit: Annotated[int, "how many at most", Field(ge=1, le=1_000)] = 100,
    since: Since = None,
    query: Annotated[Words, "words that stand in it as they are"] = None,
    *,
    reader: LogReader,
    call: ToolCall,
) -> Entries:
    """Read the daemon's log, and which requests came; who is no admin sees his own."""
    wanted = Wanted(level=level, since=_moment(since), category=category, words=query)
    found = await reader.find(call.caller, wanted, limit)
    return Entries(entries=list(found.entries), count=len(found.entries), truncated=found.truncated)


class Errors(TypedDict):
    errors: list[RepeatedError]
    """The newest first."""


@tool(
    tier="admin",
    effect="read",
    keywords=("failures", "exceptions", "what went wrong", "problems", "Fehler", "Störungen", "Ausnahmen", "Probleme"),
)
async def logs_errors(
    limit: Annotated[int, "how many at most", Field(ge=1, le=1_000)] = 50,
    since: Since = None,
    *,
    counts: LogCounts,
    call: ToolCall,
) -> Errors:
    """List what went wrong, the same error once with how often it happened."""
    return Errors(errors=await counts.errors(call.caller, _moment(since), limit))


@tool(
    tier="pro",
    effect="read",
    keywords=("latency", "error rate", "traffic", "percentiles", "Antwortzeit", "Fehlerrate", "Statistik", "Last"),
)
async def logs_stats(
    window_minutes: Annotated[int, "how far back", Field(ge=1, le=10_080)] = 60,
    *,
    counts: LogCounts,
    call: ToolCall,
) -> LogStats:
    """Count the log by category and level, and tell how fast requests were answered."""
    return await counts.of_window(call.caller, window_minutes)


class ApiRequest(TypedDict):
    time: str
    method: str
    path: str
    status: int | None
    """null: whoever asked has left before he was answered."""
    latency_ms: float
    """Until the answer began."""
    user: str | None
    """null: nobody who is known."""
    request_id: str


class ApiRequests(TypedDict):
    requests: list[ApiRequest]
    """The newest first."""


@tool(
    tier="admin",
    effect="read",
    keywords=("access log", "http requests", "who asked", "Zugriffe", "Anfragen", "Zugriffsprotokoll", "wer hat"),
)
async def logs_api(
    limit: Annotated[int, "how many at most", Field(ge=1, le=1_000)] = 100,
    path: Annotated[Words, "only paths that begin so"] = None,
    min_status: Annotated[int | None, "only answers from this status on", Field(ge=100, le=599)] = None,
    *,
    counts: LogCounts,
    call: ToolCall,
) -> ApiRequests:
    """List the last requests that came by HTTP, and how they were answered."""
    found = [
        ApiRequest(
            time=rfc3339(one.ts),
            method=one.method,
            path=one.path,
            status=one.status,
            latency_ms=round(one.ms, 1),
            user=one.client,
            request_id=one.request,
        )
        for one in await counts.requests(call.caller, path, min_status, limit)
    ]
    return ApiRequests(requests=found)


class RequestTrace(TypedDict):
    trace_id: str
    entries: list[LogEntry]
    """The oldest first."""
    spans: list[TraceSpan]
    """A tree, each span before its parts."""


@tool(
    tier="pro",
    effect="read",
    idempotent=True,
    keywords=("trace", "follow a request", "spans", "why slow", "Anfrage verfolgen", "Ablauf", "warum langsam"),
)
async def logs_trace(
    trace_id: Annotated[str, "a request's id, or its beginning", Field(min_length=8, max_length=64)],
    *,
    traces: LogTraces,
    call: ToolCall,
) -> RequestTrace:
    """Follow one request: what was written of it, and where its time went."""
    found = await traces.show(call.caller, trace_id)
    return RequestTrace(trace_id=found.id, entries=list(found.entries), spans=list(found.spans))


class AgentLines(TypedDict):
    lines: list[str]
    """The oldest first."""


@tool(
    tier="pro",
    effect="read",
    keywords=("agent log", "what an agent did", "Agent", "Protokoll eines Agenten", "Agentenlog"),
)
async def logs_agent(
    agent: Annotated[str, "what the agent is called", Field(min_length=1, max_length=64)],
    lines: Annotated[int, "how many at most", Field(ge=1, le=1_000)] = 50,
    *,
    reader: LogReader,
    call: ToolCall,
) -> AgentLines:
    """Read what the daemon has written of an agent."""
    found = await reader.find(call.caller, Wanted(category="agent"), 1_000)
    own = [one for one in found.entries if one["more"].get("agent") == agent][:lines]
    if not own:
        raise AgentNotFound(f"There is no agent {agent}.", "Nothing in the log is of an agent with that name.")
    return AgentLines(lines=[f"{one['ts']} {one['level']} {one['msg']}" for one in reversed(own)])


def _moment(since: str | None) -> str | None:
    return rfc3339(moment_of(since)) if since is not None else None
