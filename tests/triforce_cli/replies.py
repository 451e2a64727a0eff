"""What a healthy daemon answers: one reply for each route, of the wire's own types."""

from typing import Any

from tests.triforce_cli import memory_replies
from triforce_daemon.wire.audit import AuditChain, AuditCheck, AuditItem, AuditList, Receipt
from triforce_daemon.wire.config import ChangedSetting, ConfigCheck, Reloaded, Setting, SettingList
from triforce_daemon.wire.doctor import CheckList
from triforce_daemon.wire.logs import LogList
from triforce_daemon.wire.models import (
    DefaultModel,
    Model,
    ModelAlias,
    ModelAliasList,
    ModelList,
    PullDone,
    PullProgress,
    RefreshList,
    Why,
)
from triforce_daemon.wire.sessions import Pruned, SearchResult, Session, SessionDetail, SessionList, Turn, TurnEvent
from triforce_daemon.wire.status import Status, Stopping
from triforce_daemon.wire.undo import Undone
from triforce_daemon.wire.usage import Usage, UsageList

NOW = "2026-03-01T12:00:00.000Z"
MODEL_ID = "builtin/smollm2-135m-instruct"
SESSION_ID = "k3v9x2m7q4ab"
USAGE: Usage = {"input_tokens": 12, "output_tokens": 34, "estimated": False}

STATUS: Status = {
    "schema": "triforce.status/1",
    "daemon": {
        "state": "ready",
        "pid": 4242,
        "version": "0.1.0",
        "protocol": 1,
        "since": NOW,
        "socket": "/run/user/1000/triforce/triforced.sock",
        "listen": [],
        "managed_by": "cli",
        "database": "/home/a/.local/state/triforce/triforce.db",
        "config": None,
        "streams": 0,
    },
    "providers": [{"name": "builtin", "state": "ok", "reason": None, "models": 1}],
    "engines": [
        {"model": MODEL_ID, "state": "ready", "pid": 4243, "since": NOW, "active": 1, "idle_stop_seconds": 290}
    ],
    "usage": {"requests": 3, "tokens_in": 36, "tokens_out": 102, "errors": 0},
    "health": [],
}

MODEL: Model = {
    "id": MODEL_ID,
    "provider": "builtin",
    "title": None,
    "context": 8192,
    "max_output": None,
    "abilities": ["chat", "json_schema"],
    "price": {"input": "0", "output": "0", "currency": "USD"},
    "state": "ok",
    "reason": None,
    "fix": None,
    "evidence": {"status": None, "at": None, "until": None, "date": None},
    "boundary": "machine",
    "peer": None,
    "default": True,
    "size_bytes": 93_000_000,
    "path": "/home/a/.local/share/triforce/models/smollm2.gguf",
    "description": "A small model that proves the path.",
    "listed_at": NOW,
}
OTHER_MODEL: Model = {
    **MODEL,
    "id": "builtin/other",
    "context": None,
    "state": "absent",
    "reason": "It is fetched on first use.",
    "fix": "triforce models pull builtin/other",
    "default": False,
    "size_bytes": None,
    "path": None,
    "description": None,
}
MODELS: ModelList = {"schema": "triforce.models.list/1", "items": [MODEL, OTHER_MODEL], "next": None}
DEFAULT: DefaultModel = {"schema": "triforce.models.default/1", "model": MODEL_ID, "origin": "default"}

ALIAS: ModelAlias = {
    "name": "quick",
    "models": ["groq/*", MODEL_ID],
    "boundary": "any",
    "order": "priority",
    "origin": "setting",
    "description": None,
    "first": MODEL_ID,
    "candidates": 1,
}
AUTO: ModelAlias = {
    **ALIAS,
    "name": "auto",
    "models": ["builtin/*"],
    "origin": "built-in",
    "first": None,
    "candidates": 0,
}
ALIASES: ModelAliasList = {"schema": "triforce.models.alias.list/1", "items": [ALIAS, AUTO], "next": None}
REFRESHED: RefreshList = {
    "schema": "triforce.models.refresh/1",
    "items": [
        {
            "provider": "groq",
            "ok": True,
            "models": 16,
            "added": ["llama-4"],
            "gone": [],
            "state": "ok",
            "reason": None,
            "fix": None,
            "evidence": {"status": None, "at": None, "until": None, "date": None},
            "ms": 120.5,
        }
    ],
    "next": None,
}
WHY: Why = {
    "schema": "triforce.models.why/1",
    "asked": "quick",
    "alias": "quick",
    "answers": MODEL_ID,
    "steps": [
        {"check": "groq/llama", "ok": False, "detail": "There is no key.", "fix": "`triforce keys set groq`"},
        {"check": MODEL_ID, "ok": True, "detail": "ok", "fix": None},
    ],
}

PULLING: list[PullProgress | PullDone] = [
    {"type": "model.loading", "model": MODEL_ID, "phase": "resolving", "done_bytes": None, "total_bytes": None},
    {"type": "model.loading", "model": MODEL_ID, "phase": "fetching", "done_bytes": 0, "total_bytes": 93_000_000},
    {
        "type": "model.loading",
        "model": MODEL_ID,
        "phase": "fetching",
        "done_bytes": 46_500_000,
        "total_bytes": 93_000_000,
    },
    {"type": "model.loading", "model": MODEL_ID, "phase": "checking", "done_bytes": None, "total_bytes": None},
    {
        "type": "done",
        "model": MODEL_ID,
        "path": "/home/a/.local/share/triforce/models/smollm2.gguf",
        "size_bytes": 93_000_000,
        "sha256": "ab" * 32,
        "fetched": True,
    },
]

SESSION: Session = {
    "id": SESSION_ID,
    "title": "Why is the sky blue?",
    "model": MODEL_ID,
    "system": None,
    "origin": "chat",
    "cwd": "/home/a",
    "turns": 2,
    "tokens_in": 24,
    "tokens_out": 68,
    "cost": None,
    "created": NOW,
    "updated": NOW,
}
OTHER_SESSION: Session = {**SESSION, "id": "p0p0p0p0p0p0", "title": "日本語の題 [red]x[/red] \x1b[31m", "turns": 1}


def turn(number: int, **changes: Any) -> Turn:
    """A turn that went well, or one with these changes."""
    done: Turn = {
        "id": f"{SESSION_ID}.{number}",
        "session": SESSION_ID,
        "number": number,
        "input": "Why is the sky blue?",
        "output": "Because of Rayleigh scattering.",
        "state": "done",
        "model": MODEL_ID,
        "provider": "builtin",
        "finish_reason": "stop",
        "usage": USAGE,
        "error": None,
        "created": NOW,
        "finished": NOW,
    }
    return {**done, **changes}  # pyright: ignore[reportReturnType]


DETAIL: SessionDetail = {**SESSION, "schema": "triforce.sessions.show/1", "history": [turn(1), turn(2)]}
SESSIONS: SessionList = {"schema": "triforce.sessions.list/1", "items": [SESSION, OTHER_SESSION], "next": None}
FOUND: SearchResult = {
    "schema": "triforce.sessions.search/1",
    "items": [{"session": SESSION_ID, "title": SESSION["title"], "turn": 1, "snippet": "Because of Rayleigh …"}],
    "next": None,
}
PRUNED: Pruned = {"schema": "triforce.sessions.prune/1", "items": [SESSION], "deleted": True}

TURN: list[TurnEvent] = [
    {
        "type": "session.started",
        "turn": 1,
        "title": SESSION["title"],
        "model": MODEL_ID,
        "provider": "builtin",
        "kept": True,
        "ts": NOW,
        "session": SESSION_ID,
    },
    {"type": "text.delta", "text": "Because of ", "ts": NOW, "session": SESSION_ID},
    {"type": "text.delta", "text": "Rayleigh scattering.", "ts": NOW, "session": SESSION_ID},
    {"type": "usage", "usage": USAGE, "cost": None, "ts": NOW, "session": SESSION_ID},
    {
        "type": "done",
        "schema": "triforce.chat/1",
        "turn": 1,
        "message": "Because of Rayleigh scattering.",
        "model": MODEL_ID,
        "route": {"provider": "builtin", "peer": None, "fallbacks": []},
        "finish_reason": "stop",
        "usage": USAGE,
        "cost": None,
        "currency": None,
        "receipt": "0197a000-0000-7000-8000-000000000002",
        "first_token_ms": 90,
        "total_ms": 400,
        "ts": NOW,
        "session": SESSION_ID,
    },
]

USED: UsageList = {
    "schema": "triforce.usage.list/1",
    "by": "model",
    "since": "2026-02-22T12:00:00.000Z",
    "items": [
        {
            "key": MODEL_ID,
            "requests": 3,
            "tokens_in": 36,
            "tokens_out": 102,
            "cost": None,
            "currency": None,
            "unpriced": 0,
            "errors": 0,
        }
    ],
    "next": None,
}

AUDIT_ITEM: AuditItem = {
    "id": "c0ffee0123456789/7",
    "ts": NOW,
    "kind": "request",
    "request": "0197a000-0000-7000-8000-000000000002",
    "caller": "user/anna",
    "subject": None,
    "address": None,
    "what": "fast -> groq/m: done",
    "document": {"asked": "fast", "model": "groq/m"},
    "hash": "ab" * 32,
}
AUDIT: AuditList = {"schema": "triforce.audit.list/1", "items": [AUDIT_ITEM], "next": None}
AUDIT_CHAIN: AuditChain = {
    "chain": "c0ffee0123456789",
    "own": True,
    "ok": True,
    "rows": 7,
    "pruned": 1_200,
    "segments": 2,
    "unsigned": 3,
    "key": "cd" * 32,
    "last": 1_207,
    "hash": "ef" * 32,
    "place": None,
    "reason": None,
}
AUDIT_CHECK: AuditCheck = {"schema": "triforce.audit.verify/1", "ok": True, "items": [AUDIT_CHAIN]}
UNDONE: Undone = {
    "schema": "triforce.undo/1",
    "receipt": "0197a000-0000-7000-8000-000000000002",
    "undone": [{"kind": "file", "what": "src/app.py", "change": "01k"}],
    "kept": [{"kind": "git", "what": "4f2a", "reason": "Git itself can."}],
}
RECEIPT: Receipt = {
    "schema": "triforce.receipts.show/1",
    "id": "0197a000-0000-7000-8000-000000000002",
    "ts": NOW,
    "caller": "user/anna",
    "token": None,
    "listener": "http",
    "asked": "fast",
    "model": "mistral/m",
    "provider": "mistral",
    "route": [
        {"model": "groq/m", "status": 500, "error": "upstream_failed", "ms": 12},
        {"model": "mistral/m", "status": 200, "error": None, "ms": 80},
    ],
    "boundary": "any",
    "state": "done",
    "error": None,
    "truncated": False,
    "tokens_in": 1_200,
    "tokens_out": 340,
    "estimated": False,
    "cost": "0.00041",
    "currency": "USD",
    "total_ms": 950,
    "tools": [],
    "approvals": [],
    "audit": "c0ffee0123456789/7",
    "hash": "ab" * 32,
    "verified": None,
    "reason": None,
}
LOGS: LogList = {
    "schema": "triforce.logs.list/1",
    "file": None,
    "items": [
        {
            "ts": "2026-03-01T12:00:02.000Z",
            "level": "error",
            "category": "api",
            "unit": "routes.requests",
            "msg": "POST /v1/chat/completions",
            "request_id": "0197a3f2-0000-7000-8000-000000000001",
            "more": {"status": 500, "ms": 12.5, "client": "user/anna"},
        },
        {
            "ts": "2026-03-01T12:00:01.000Z",
            "level": "warning",
            "category": "system",
            "unit": "services.jobs",
            "msg": "how far jobs are was not kept",
            "request_id": None,
            "more": {"reason": "the disk is full"},
        },
    ],
    "next": None,
}

SETTING: Setting = {
    "key": "builtin.context",
    "value": 4096,
    "default": 4096,
    "origin": "default",
    "at_once": False,
    "type": "integer",
    "description": "Tokens that one conversation may hold.",
    "environment": "TRIFORCE_BUILTIN_CONTEXT",
}
SETTINGS: SettingList = {
    "schema": "triforce.config.list/1",
    "file": "/home/a/.config/triforce/config.toml",
    "items": [
        SETTING,
        {**SETTING, "key": "log.level", "value": "debug", "default": "info", "origin": "file", "at_once": True},
    ],
    "next": None,
}
CHECKED: ConfigCheck = {
    "schema": "triforce.config.validate/1",
    "file": "/home/a/.config/triforce/config.toml",
    "ok": True,
    "items": [],
}
CHECKS: CheckList = {
    "schema": "triforce.doctor.list/1",
    "items": [
        {
            "id": "database",
            "category": "daemon",
            "status": "ok",
            "summary": "The database is whole.",
            "details": None,
            "fix": None,
            "ms": 1.5,
        }
    ],
    "next": None,
}
STOPPING: Stopping = {"schema": "triforce.daemon.stop/1", "pid": 4242, "streams": 0, "drain_seconds": 30}

RELOADED: Reloaded = {
    "schema": "triforce.daemon.reload/1",
    "file": "/home/a/.config/triforce/config.toml",
    "taken": ["routing.retries"],
    "restart": ["http.port"],
}

_CHANGED: ChangedSetting = {**SETTING, "schema": "triforce.config.set/1", "restart": True}

#: (method, path) → the reply; a list is a stream of events.
CANNED: dict[tuple[str, str], Any] = {
    ("GET", "/v1/health"): {"state": "ready"},
    ("GET", "/v1/status"): STATUS,
    ("GET", "/v1/registry/models"): MODELS,
    ("GET", f"/v1/registry/models/{MODEL_ID}"): {**MODEL, "schema": "triforce.models.show/1"},
    ("GET", "/v1/registry/default"): DEFAULT,
    ("PUT", "/v1/registry/default"): {**DEFAULT, "origin": "file"},
    ("POST", "/v1/registry/pull"): PULLING,
    ("GET", "/v1/registry/aliases"): ALIASES,
    ("PUT", "/v1/registry/aliases/quick"): {**ALIAS, "schema": "triforce.models.alias.set/1"},
    ("DELETE", "/v1/registry/aliases/quick"): {"schema": "triforce.models.alias.remove/1", "name": "quick"},
    ("POST", "/v1/registry/refresh"): REFRESHED,
    ("GET", "/v1/registry/why"): WHY,
    ("DELETE", f"/v1/registry/models/{MODEL_ID}"): {
        "schema": "triforce.models.rm/1",
        "model": MODEL_ID,
        "freed_bytes": 93_000_000,
    },
    ("GET", "/v1/sessions"): SESSIONS,
    ("GET", "/v1/sessions/search"): FOUND,
    ("POST", "/v1/sessions/import"): SESSIONS,
    ("POST", "/v1/sessions/prune"): PRUNED,
    ("GET", f"/v1/sessions/{SESSION_ID}"): DETAIL,
    ("GET", f"/v1/sessions/{SESSION_ID[:3]}"): DETAIL,
    ("PATCH", f"/v1/sessions/{SESSION_ID}"): DETAIL,
    ("DELETE", f"/v1/sessions/{SESSION_ID}"): SESSION,
    ("POST", f"/v1/sessions/{SESSION_ID}/fork"): {**DETAIL, "id": "newnewnewnew"},
    ("POST", f"/v1/sessions/{SESSION_ID}/turns"): TURN,
    ("POST", "/v1/sessions/new/turns"): TURN,
    **memory_replies.CANNED,
    ("GET", "/v1/usage"): USED,
    ("GET", "/v1/usage/limits"): {"schema": "triforce.usage.limits/1", "items": [], "next": None},
    ("GET", "/v1/audit"): AUDIT,
    ("GET", "/v1/logs"): LOGS,
    ("GET", "/v1/audit/verify"): AUDIT_CHECK,
    ("GET", "/v1/receipts/0197a000"): RECEIPT,
    ("POST", "/v1/receipts/0197a000/undo"): UNDONE,
    ("GET", "/v1/config"): SETTINGS,
    ("GET", "/v1/config/builtin.context"): {**SETTING, "schema": "triforce.config.get/1"},
    ("GET", "/v1/config/schema"): {"schema": "triforce.config.schema/1", "json_schema": {"type": "object"}},
    ("GET", "/v1/config/check"): CHECKED,
    ("PUT", "/v1/config/builtin.context"): _CHANGED,
    ("DELETE", "/v1/config/builtin.context"): _CHANGED,
    ("GET", "/v1/doctor"): CHECKS,
    ("POST", "/v1/daemon/reload"): RELOADED,
    ("POST", "/v1/daemon/stop"): STOPPING,
}
