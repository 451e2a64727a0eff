"""Hands what a file says to the daemon, one by one; what it has already stays as it is."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonError
from triforce_cli.imports.entry import Entry


def compared(entries: Sequence[Entry], daemon: DaemonClient) -> list[Entry]:
    """`entries`, with those as `there` that the daemon has."""
    kinds = {entry.kind for entry in entries if entry.state == "new"}
    users = {user["name"] for user in daemon.users()["items"]} if "user" in kinds else set[str]()
    keys = {f"{key['provider']}/{key['name']}" for key in daemon.keys()["items"]} if "key" in kinds else set[str]()
    known = {"user": users, "key": keys}
    return [_compared(entry, entry.name in known.get(entry.kind, ()), daemon) for entry in entries]


def taken(entries: Sequence[Entry], daemon: DaemonClient) -> Iterator[Entry]:
    """What became of each of `compared`. What the daemon refuses does not keep the others out."""
    for entry in entries:
        if entry.state != "new":
            yield entry
            continue
        try:
            _take(entry, daemon)
            yield entry
        except DaemonError as error:
            yield entry._replace(state="failed", note=" ".join(filter(None, (error.message, error.hint))))


def _compared(entry: Entry, known: bool, daemon: DaemonClient) -> Entry:
    if entry.state != "new":
        return entry
    if entry.kind == "setting":
        known = daemon.setting(entry.name or "")["value"] == (entry.body or {})["value"]
    return entry._replace(state="there", note="It is there already, and stays as it is.") if known else entry


def _take(entry: Entry, daemon: DaemonClient) -> None:
    body = cast(Any, entry.body)
    name = entry.name or ""
    if entry.kind == "user":
        daemon.create_user(body)
    elif entry.kind == "key":
        daemon.set_key(name.partition("/")[0], body)
    else:
        daemon.change_setting(name, body["value"])
