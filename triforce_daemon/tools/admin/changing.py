"""What an admin changes: a setting, a tier, and whether something is started anew."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.administration.restarts import Restarts
from triforce_daemon.services.administration.setting_changes import SettingChanges
from triforce_daemon.services.administration.tier_changes import TierChanges
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.tiers import TierName


class ConfigChanged(TypedDict):
    key: str
    old: Any
    new: Any
    needs_restart: bool
    """Whether it holds from the next start alone."""


@tool(
    tier="admin",
    effect="destroy",
    owners=True,
    keywords=("change setting", "configure", "Einstellung ändern", "konfigurieren", "einstellen"),
)
async def config_set(
    key: Annotated[str, "like builtin.context", Field(min_length=1, max_length=256)],
    value: Annotated[Any, "what it shall be"],
    dry_run: Annotated[bool, "only say what would change"] = False,
    *,
    changes: SettingChanges,
    call: ToolCall,
) -> ConfigChanged:
    """Write a setting to the daemon's file; secrets and rights are set by hand."""
    done = await (changes.tried(key, value) if dry_run else changes.set(call, key, value))
    return ConfigChanged(key=done.key, old=done.old, new=done.new, needs_restart=done.needs_restart)


class TierSet(TypedDict):
    user: str
    old: TierName
    new: TierName
    expires: str | None
    """When it becomes `free` again; null: never."""


@tool(
    tier="admin",
    effect="destroy",
    keywords=("promote", "upgrade user", "quota of a user", "Stufe setzen", "hochstufen", "Benutzerstufe"),
)
async def tier_set(
    user: Annotated[str, "a name or an id", Field(min_length=1, max_length=64)],
    tier: Annotated[Literal["free", "pro", "unlimited"], "from little to much"],
    expires: Annotated[str | None, "a date or moment (RFC 3339)", Field(max_length=64)] = None,
    *,
    changes: TierChanges,
    call: ToolCall,
) -> TierSet:
    """Give an account another tier, for ever or until a date."""
    done = await changes.set(call, user, tier, expires)
    return TierSet(user=done.user, old=done.old, new=done.new, expires=done.expires)


class Restarted(TypedDict):
    target: str
    id: str | None
    """Of a worker: which."""
    scheduled_at: str
    """When the backend begins to end; of a worker, when it was started."""


@tool(
    tier="admin",
    effect="destroy",
    keywords=("restart daemon", "reboot", "reload model", "neu starten", "Neustart", "Daemon neu starten"),
)
async def restart(
    target: Annotated[Literal["backend", "agent", "worker"], "the daemon, an agent, or a model that it runs itself"],
    id: Annotated[str | None, "which worker, like builtin/NAME or embeddings", Field(max_length=256)] = None,
    delay: Annotated[int, "seconds until the backend begins to end", Field(ge=0, le=3_600)] = 2,
    *,
    restarts: Restarts,
    call: ToolCall,
) -> Restarted:
    """Start the daemon anew, or a model that it runs; open answers get their time."""
    scheduled, which = await restarts.restart(call, target, id, delay)
    return Restarted(target=target, id=which, scheduled_at=scheduled)
