"""`triforce connect`: has another program ask triforce, and takes that back."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from triforce_cli.clients import changes, record
from triforce_cli.clients.all import CLIENTS
from triforce_cli.clients.client import Client, Gateway
from triforce_cli.commands import _suggestions
from triforce_cli.commands._http_listener import http_address, planned_address
from triforce_cli.commands.auth import Boundary
from triforce_cli.contexts import Globals, require_local
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonError, DaemonNotRunning, NotFound, TriforceCliError, WrongUsage
from triforce_cli.files import whole
from triforce_cli.output.as_table import print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.sanitise import sanitise
from triforce_daemon.wire.constants import DEFAULT_ALIAS

if TYPE_CHECKING:
    from triforce_daemon.wire.tokens import TokenRequest

app = typer.Typer(add_completion=False)

Name = Literal["codex", "claude", "gemini", "opencode"]


@app.command(
    epilog="""
    triforce connect codex --dry-run
    triforce connect codex --model groq/llama-3.3-70b-versatile
    triforce connect opencode --boundary machine
    triforce connect codex --undo
    """
)
def connect(
    ctx: typer.Context,
    client: Annotated[
        Name | None, typer.Argument(metavar="[CLIENT]", help="codex, claude, gemini or opencode.")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="MODEL",
            help="What it asks, and all that it may ask; repeatable, the first is its usual one. Without: the default.",
            autocompletion=_suggestions.models,
        ),
    ] = None,
    boundary: Annotated[Boundary, typer.Option("--boundary", help="How far its prompts may travel.")] = "any",
    undo: Annotated[
        bool, typer.Option("--undo", help="Put its files back as they were, and revoke its token.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
) -> None:
    """Have another program ask triforce: write its configuration, with a token of its own that asks models only.

    What else stands in its files stays as it is. Without CLIENT, say which ones are connected.
    """
    chosen: Globals = ctx.obj
    require_local("Connecting a program", chosen)
    if client is None:
        if undo or dry_run or model:
            raise WrongUsage("Which program is meant?", f"Name one: {', '.join(CLIENTS)}")
        _list(chosen)
    elif undo:
        _disconnect(CLIENTS[client], chosen, dry_run)
    else:
        _connect(CLIENTS[client], model or [], boundary, chosen, dry_run)


def _connect(client: Client, models: Sequence[str], boundary: Boundary, chosen: Globals, dry_run: bool) -> None:
    earlier = record.load(chosen.environ, client.name)
    url = planned_address(chosen) if dry_run else http_address(chosen, client.title)
    daemon = DaemonClient.of(chosen)
    path = record.token_file(chosen.environ, client.name)
    model = models[0] if models else DEFAULT_ALIAS
    gateway = Gateway(url, model, path, "tf_…", _context(daemon, model, named=bool(models)))
    # Before anything is made: whether the files can be understood.
    planned = changes.plan(client.edits(chosen.environ, gateway), earlier)
    if dry_run:
        _show(client, planned, chosen)
        return
    request: TokenRequest = {"name": client.name, "scopes": ["inference"], "models": list(models), "boundary": boundary}
    made = daemon.create_token(request)
    try:
        planned = changes.plan(client.edits(chosen.environ, replace(gateway, token=made["token"])), earlier)
        _write(client, planned, path, made["token"], record.Record(client.name, made["id"], url, model, ()), chosen)
    except TriforceCliError:
        daemon.revoke_token(made["id"])
        raise
    if earlier is not None:
        _revoke(daemon, earlier.token)
    _warn(client, chosen)
    remark = f"{client.title} now asks triforce ({model}). To undo: triforce connect {client.name} --undo"
    print_done(_reply(client, planned, url, model, made["id"]), chosen, remark)


def _context(daemon: DaemonClient, model: str, named: bool) -> int | None:
    """How many tokens the model takes. Raises DaemonError where it was named and there is none of that name."""
    try:
        return daemon.model(model)["context"]
    except DaemonNotRunning:
        return None
    except DaemonError as error:
        # There need not be a default yet.
        if named or error.code != "model_not_found":
            raise
        return None


def _write(
    client: Client, planned: list[changes.Change], path: str, token: str, made: record.Record, chosen: Globals
) -> None:
    """The token, the program's files, and what has to be known to take them back: all of it or nothing."""
    earlier = whole.read(path)
    whole.write(path, token.encode(), 0o600)
    try:
        kept = changes.apply(planned)
        try:
            record.save(chosen.environ, record.Record(made.client, made.token, made.url, made.model, tuple(kept)))
        except TriforceCliError:
            changes.reverse(planned, kept)
            raise
    except TriforceCliError:
        whole.write(path, earlier, 0o600) if earlier is not None else whole.remove(path)
        raise


def _disconnect(client: Client, chosen: Globals, dry_run: bool) -> None:
    kept = record.load(chosen.environ, client.name)
    if kept is None:
        raise NotFound(f"{client.title} is not connected.", f"To connect it: triforce connect {client.name}")
    planned = changes.plan_back(kept)
    if dry_run:
        _show(client, planned, chosen)
        return
    changes.apply(planned)
    _revoke(DaemonClient.started(chosen), kept.token)
    whole.remove(record.token_file(chosen.environ, client.name))
    whole.remove(record.record_file(chosen.environ, client.name))
    remark = f"{client.title} is as it was before; its token is revoked."
    print_done(_reply(client, planned, kept.url, kept.model, kept.token, connected=False), chosen, remark)


def _revoke(daemon: DaemonClient, token: str) -> None:
    try:
        daemon.revoke_token(token)
    except DaemonError as error:
        # It was forgotten, with its database.
        if error.code != "not_found":
            raise


def _show(client: Client, planned: Sequence[changes.Change], chosen: Globals) -> None:
    differences = [changes.difference(change) for change in planned]
    items = [{"file": change.file, "diff": diff} for change, diff in zip(planned, differences, strict=True)]
    reply = {"schema": "triforce.connect.plan/1", "client": client.name, "items": items, "next": None}
    shown = "".join(differences) or "Nothing would change.\n"
    print_object(reply, chosen, lambda _: sanitise(shown).rstrip("\n"))


def _list(chosen: Globals) -> None:
    items: list[dict[str, Any]] = []
    for client in CLIENTS.values():
        kept = record.load(chosen.environ, client.name)
        url, model, token = (kept.url, kept.model, kept.token) if kept else (None, None, None)
        items.append({"client": client.name, "connected": kept is not None, "url": url, "model": model, "token": token})
    reply = {"schema": "triforce.connect.list/1", "items": items, "next": None}
    print_list(reply, _COLUMNS, chosen, "")


def _warn(client: Client, chosen: Globals) -> None:
    """Of variables that would have the program go elsewhere, or send another key here."""
    told = [name for name in client.overriding if chosen.environ.get(name)]
    if told and chosen.talks:
        print(f"{' and '.join(told)} in your environment win over its files: unset them.", file=sys.stderr)


def _reply(
    client: Client, planned: Sequence[changes.Change], url: str, model: str, token: str, connected: bool = True
) -> Mapping[str, Any]:
    return {
        "schema": "triforce.connect/1",
        "client": client.name,
        "connected": connected,
        "url": url,
        "model": model,
        "token": token,
        "files": [change.file for change in planned],
    }


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


_COLUMNS = (
    Column("CLIENT", "client"),
    Column("CONNECTED", "connected", _yes_or_no),
    Column("MODEL", "model", flexible=True),
    Column("URL", "url", flexible=True),
    Column("TOKEN", "token"),
)
