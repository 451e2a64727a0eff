"""The providers' keys, as an admin may deal with them: which there are and how they do, and never what they are."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.key_reports import KeyReports, KeyUsage
from triforce_daemon.services.key_tests import KeyTests
from triforce_daemon.services.keys import KeyDesk
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.keys import KeyTestResult

Provider = Annotated[str, "like groq", Field(min_length=1, max_length=64)]
KeyId = Annotated[str, "what the key is called", Field(min_length=1, max_length=64)]


class ListedKey(TypedDict):
    provider: str
    key_id: str
    store: str | None
    used: bool
    last_used: str | None


class KeysFound(TypedDict):
    keys: list[ListedKey]


@tool(
    tier="admin",
    effect="read",
    keywords=("API keys", "credentials", "which keys", "Schlüssel", "Zugangsdaten", "API-Schlüssel"),
)
async def keys_list(*, desk: KeyDesk) -> KeysFound:
    """List the keys that there are for providers, without what they are."""
    items = (await desk.all())["items"]
    found = [
        ListedKey(
            provider=one["provider"],
            key_id=one["name"] or "",
            store=one["store"],
            used=one["used"],
            last_used=one["last_used"],
        )
        for one in items
        if one["present"]
    ]
    return KeysFound(keys=found)


class KeyRequested(TypedDict):
    request_id: str
    state: str
    how: str
    """What a person does to enter it."""


@tool(
    tier="admin",
    effect="write",
    keywords=("add a key", "need a key", "missing key", "Schlüssel anfordern", "Schlüssel eintragen", "fehlt"),
)
async def keys_request(
    provider: Provider,
    key_id: KeyId = "main",
    reason: Annotated[str, "what it is needed for"] = "",
    *,
    reports: KeyReports,
    call: ToolCall,
) -> KeyRequested:
    """Ask for a key; a person enters it at a terminal, never through a tool."""
    how = reports.ask(provider, key_id, reason, call.caller.name)
    return KeyRequested(request_id=call.request_id, state="asked", how=how)


class KeysStatus(TypedDict):
    store: str | None
    locked: bool
    key_count: int
    providers: list[str]


@tool(
    tier="pro",
    effect="read",
    scope="tools",
    keywords=("vault", "locked", "keyring", "Tresor", "Schlüsselbund", "verschlossen"),
)
async def keys_status(*, desk: KeyDesk) -> KeysStatus:
    """Tell whether the vault is open, and for which providers there are keys."""
    told = await desk.all()
    present = [one for one in told["items"] if one["present"]]
    return KeysStatus(
        store=told["vault"]["key"],
        locked=told["vault"]["state"] == "closed",
        key_count=len(present),
        providers=sorted({one["provider"] for one in present}),
    )


class KeysTested(TypedDict):
    results: list[KeyTestResult]


@tool(
    tier="admin",
    effect="read",
    open_world=True,
    keywords=("check key", "valid key", "key works", "funktioniert", "Schlüssel prüfen", "gültig", "testen"),
)
async def keys_test(
    provider: Provider,
    key_id: Annotated[str | None, "only this one"] = None,
    *,
    tests: KeyTests,
) -> KeysTested:
    """Ask a provider whether it takes its keys."""
    items = (await tests.run([provider]))["items"]
    return KeysTested(results=[one for one in items if key_id is None or one["name"] == key_id])


class KeysUsage(TypedDict):
    keys: list[KeyUsage]


@tool(
    tier="admin",
    effect="read",
    keywords=(
        "how much a key was used",
        "quota of a key",
        "Schlüsselverbrauch",
        "Kontingent",
        "Limit eines Schlüssels",
    ),
)
async def keys_usage(
    provider: Annotated[str | None, "only of this one"] = None,
    since: Annotated[str | None, "a moment (RFC 3339); without it seven days ago"] = None,
    *,
    reports: KeyReports,
    call: ToolCall,
) -> KeysUsage:
    """Tell what each provider's keys were used for, and what is left of their limits."""
    return KeysUsage(keys=await reports.usage(call.caller, provider, since))


class KeyGone(TypedDict):
    removed: bool
    next: str | None
    """The source that counts from now on."""


@tool(
    tier="admin",
    effect="destroy",
    keywords=("delete a key", "revoke provider key", "Schlüssel löschen", "Schlüssel entfernen"),
)
async def keys_remove(provider: Provider, key_id: KeyId = "main", *, desk: KeyDesk) -> KeyGone:
    """Delete a provider's key from the vault; it cannot be had again."""
    gone = await desk.remove(provider, key_id)
    return KeyGone(removed=True, next=gone["next"])
