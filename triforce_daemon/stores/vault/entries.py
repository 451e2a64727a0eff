"""What is in the vault: the keys of providers, in the order in which they are taken in turn."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from triforce_daemon.stores.vault.envelope import damaged


@dataclass(frozen=True, slots=True)
class Entry:
    """One key. Together with the provider, `name` is unique."""

    provider: str
    name: str
    secret: str = field(repr=False)


Entries = tuple[Entry, ...]


def with_entry(entries: Entries, new: Entry) -> Entries:
    """`new` takes the place of its namesake, or the last place."""
    if not any(_same(entry, new.provider, new.name) for entry in entries):
        return (*entries, new)
    return tuple(new if _same(entry, new.provider, new.name) else entry for entry in entries)


def without_entry(entries: Entries, provider: str, name: str) -> Entries:
    return tuple(entry for entry in entries if not _same(entry, provider, name))


def to_bytes(entries: Sequence[Entry]) -> bytes:
    rows = [{"provider": entry.provider, "name": entry.name, "secret": entry.secret} for entry in entries]
    return json.dumps({"keys": rows}).encode()


def from_bytes(content: bytes) -> Entries:
    """Raises VaultUnavailable where it is not what `to_bytes` writes."""
    try:
        rows: list[dict[str, Any]] = json.loads(content)["keys"]
        return tuple(Entry(str(row["provider"]), str(row["name"]), str(row["secret"])) for row in rows)
    except (ValueError, KeyError, TypeError):
        # The seal was right, so that a triforce wrote this: not one that this one understands.
        raise damaged("what is sealed in it is no list of keys") from None


def _same(entry: Entry, provider: str, name: str) -> bool:
    return (entry.provider, entry.name) == (provider, name)
