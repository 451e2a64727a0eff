"""`triforce context`: daemons on other machines, and which one is spoken to."""

import os
import sys
from typing import Annotated, Any

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.commands._asking import require_yes
from triforce_cli.commands._introduction import introduced
from triforce_cli.contexts import Globals, remote, socket_path
from triforce_cli.output.as_table import Fact, facts, print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint
from triforce_cli.remotes import context_changes, context_file
from triforce_cli.remotes.context import LOCAL, Context
from triforce_cli.remotes.naming import checked_name, checked_url
from triforce_cli.remotes.token_store import TokenStore

app = typer.Typer(add_completion=False, help="Daemons on other machines.")

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="As `context list` shows it.", autocompletion=_suggestions.contexts)
]


OptionalName = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="Without: the current one.", autocompletion=_suggestions.contexts),
]


@app.command("list")
def list_contexts(ctx: typer.Context) -> None:
    """List the daemons that can be named with --context."""
    chosen: Globals = ctx.obj
    contexts = context_file.read(chosen.environ)
    current = _current(chosen)
    items = [_item(name, contexts.named(name), current, chosen) for name in (LOCAL, *sorted(contexts.items))]
    print_list({"schema": "triforce.context.list/1", "items": items, "next": None}, COLUMNS, chosen, "")


@app.command()
def show(ctx: typer.Context, name: OptionalName = None) -> None:
    """Show a context, or the current one: its address, and how its daemon is known."""
    chosen: Globals = ctx.obj
    current = _current(chosen)
    context = context_file.read(chosen.environ).named(name or current)
    reply = {"schema": "triforce.context.show/1", **_item(name or current, context, current, chosen)}
    for field in ("fingerprint", "ca", "user", "store"):
        reply[field] = getattr(context, field, None)
    print_object(reply, chosen, lambda paint: page(reply, paint))


@app.command(
    epilog="""
    triforce context add prod https://prod.example:9100
    triforce context add nas https://192.168.1.20:9100 --fingerprint 3F:0A:…
    triforce context add lab https://lab.example --ca lab-ca.pem
    """
)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Like https://prod.example:9100.")],
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", metavar="SHA256", help="Of the one certificate that is taken."),
    ] = None,
    ca: Annotated[
        str | None, typer.Option("--ca", metavar="FILE", help="Who may have issued its certificate, in PEM.")
    ] = None,
) -> None:
    """Name a daemon on another machine.

    It is asked for its certificate. Where nobody whom this machine trusts has issued that, its fingerprint is shown,
    and kept if you say yes: compare it with what `triforce daemon cert` told there.
    """
    chosen: Globals = ctx.obj
    context = Context(checked_name(name), checked_url(url), ca=os.path.abspath(ca) if ca else None)
    earlier = context_file.read(chosen.environ).items.get(name)
    if earlier is not None and earlier.url != context.url:
        require_yes(f"{name} is {earlier.url}. Make it {context.url}, and forget its token?", chosen)
    context = introduced(context, fingerprint, chosen)
    if earlier is not None and earlier.url == context.url:
        context = context._replace(user=earlier.user, store=earlier.store)
    elif earlier is not None:
        TokenStore(chosen.environ).forget(earlier)
    context_changes.keep(context, chosen.environ)
    remark = f"{name} is {context.url}."
    if context.store is None:
        remark += f" Log in: triforce auth login --context {name}"
    reply = {"schema": "triforce.context.add/1", **_item(name, context, _current(chosen), chosen)}
    print_done({**reply, "fingerprint": context.fingerprint, "ca": context.ca}, chosen, remark)


@app.command()
def use(ctx: typer.Context, name: Name) -> None:
    """Speak to this daemon from now on; `local` is the one of this machine."""
    chosen: Globals = ctx.obj
    context_changes.use(name, chosen.environ)
    context = context_file.read(chosen.environ).named(name)
    reply = {"schema": "triforce.context.use/1", **_item(name, context, name, chosen)}
    print_done(reply, chosen, f"From now on: {name} ({reply['target']}).")
    wins = chosen.environ.get("TRIFORCE_CONTEXT")
    if wins and wins != name and chosen.talks:
        print("But TRIFORCE_CONTEXT is set, and wins.", file=sys.stderr)


@app.command()
def remove(ctx: typer.Context, name: Name) -> None:
    """Forget a daemon, and the token that is kept for it."""
    chosen: Globals = ctx.obj
    checked_name(name)
    context = context_file.read(chosen.environ).named(name)
    if context is not None:
        TokenStore(chosen.environ).forget(context)
    context_changes.remove(name, chosen.environ)
    print_done({"schema": "triforce.context.remove/1", "name": name}, chosen, f"Forgot {name}.")


def page(reply: dict[str, Any], paint: Paint) -> str:
    """What a person reads."""
    known_by = "the machine's trusted issuers" if reply["kind"] == "https" else None
    rows = [
        Fact("name", f"{reply['name']}{' (current)' if reply['current'] else ''}"),
        Fact("target", reply["target"]),
        Fact("SHA-256", reply["fingerprint"]),
        Fact("issuers", reply["ca"] or (known_by if reply["fingerprint"] is None else None)),
        Fact("user", reply["user"]),
        Fact("token", f"in the {reply['store']}" if reply["store"] else None),
    ]
    return facts(rows, paint)


def _current(chosen: Globals) -> str:
    """The name of what this run would speak to."""
    context = remote(chosen)
    return LOCAL if context is None else context.name


def _item(name: str, context: Context | None, current: str, chosen: Globals) -> dict[str, Any]:
    if context is None:
        return {"name": name, "current": name == current, "kind": "socket", "target": socket_path(chosen)}
    return {"name": name, "current": name == current, "kind": context.kind, "target": context.url}


def _mark(current: bool) -> str:
    return "*" if current else ""


COLUMNS = (
    Column("NAME", "name"),
    Column("CURRENT", "current", _mark),
    Column("KIND", "kind"),
    Column("TARGET", "target", flexible=True),
)
