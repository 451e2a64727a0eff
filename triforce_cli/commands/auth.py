"""`triforce auth`: tokens, with which programs come in by the http listener."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.commands._durations import deadline
from triforce_cli.commands._limits import Rpm, Spend, limit_token
from triforce_cli.commands._log_in import log_in, log_ins, log_out, take_token
from triforce_cli.commands._log_in import switch as switch_to
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import WrongUsage
from triforce_cli.output.as_json import print_json
from triforce_cli.output.as_table import Fact, facts, print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.words import ago, local

if TYPE_CHECKING:
    from triforce_daemon.wire.tokens import Scope, TokenRequest

app = typer.Typer(add_completion=False, help="Who may use the daemon.")
token = typer.Typer(add_completion=False, help="Tokens for programs that come in by the http listener.")
app.add_typer(token, name="token")


@app.command(
    epilog="""
    triforce auth login anna --context prod
    triforce auth login --context prod --token @token.txt
    """
)
def login(
    ctx: typer.Context,
    user: Annotated[
        str | None, typer.Argument(metavar="[USER]", help="Your name there; without, a token is asked for.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option("--token", metavar="@FILE", help="A file with the token, or -; else you are asked."),
    ] = None,
    password: Annotated[
        str | None,
        typer.Option("--password", metavar="@FILE", help="A file with the password, or -; else you are asked."),
    ] = None,
) -> None:
    """Log in to the daemon of a context, with a password or with an API token.

    What is sent from then on is kept in your session's keyring, or in a file that only you can read; a log-in is
    prolonged by itself.
    """
    chosen: Globals = ctx.obj
    if user is not None and token is not None:
        raise WrongUsage("A name goes with a password, and a token says itself whose it is.", "Give one of them.")
    if user is None and password is not None:
        raise WrongUsage("Whose password is it?", "triforce auth login USER --password @FILE")
    reply, remark = log_in(user, password, chosen) if user is not None else take_token(token, chosen)
    print_done(reply, chosen, remark)


@app.command()
def logout(ctx: typer.Context) -> None:
    """Log out of the daemon of a context. An API token is forgotten, and stays good until it is revoked there."""
    chosen: Globals = ctx.obj
    reply, remark = log_out(chosen)
    print_done(reply, chosen, remark)


@app.command()
def switch(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A context, or your name there; without, the only other log-in.",
            autocompletion=_suggestions.contexts,
        ),
    ] = None,
) -> None:
    """Speak to the daemon of another log-in from now on."""
    chosen: Globals = ctx.obj
    reply, remark = switch_to(name, chosen)
    print_done(reply, chosen, remark)
    wins = chosen.environ.get("TRIFORCE_CONTEXT")
    if wins and wins != reply["name"] and chosen.talks:
        print("But TRIFORCE_CONTEXT is set, and wins.", file=sys.stderr)


@app.command()
def status(ctx: typer.Context) -> None:
    """Show for which daemons a token is kept, and where."""
    chosen: Globals = ctx.obj
    reply = log_ins(chosen)
    if chosen.json:
        print_json(reply, chosen.fields)
    else:
        shown = {**reply, "items": reply["contexts"]}
        print_list(shown, LOG_IN_COLUMNS, chosen, "No other daemon is known. Name one: triforce context add NAME URL")


SCOPES = (
    *("inference", "read", "sessions", "memory", "account"),
    *("tools", "tools:write", "tools:exec", "tools:mounted", "agents", "admin"),
)
Boundary = Literal["machine", "own-nodes", "mesh", "any"]

Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="PATTERN",
        help="Ask only these models, like groq/*; repeatable.",
        autocompletion=_suggestions.models,
    ),
]
Bounded = Annotated[Boundary, typer.Option("--boundary", help="How far a prompt may travel.")]


def scope_named(text: str) -> str:
    """The scope of that name. Raises BadParameter."""
    if text not in SCOPES:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(SCOPES)}")
    return text


@token.command(
    epilog="""
    triforce auth token create laptop
    triforce auth token create ci --model "groq/*" --expires 30d
    triforce auth token create demo --rpm 10 --spend 5/month
    triforce auth token create monitor --scope read
    """
)
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called, in lists and in usage.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            parser=scope_named,
            help=f"What it may do: {', '.join(SCOPES)}; without this option inference. Repeatable.",
        ),
    ] = None,
    model: Models = None,
    boundary: Bounded = "any",
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="WHEN", parser=deadline, help="When it ends: 12h, 30d, or a date."),
    ] = None,
    rpm: Rpm = None,
    spend: Spend = None,
) -> None:
    """Make a token and print it; it cannot be shown again."""
    chosen: Globals = ctx.obj
    request: TokenRequest = {"name": name, "models": model or [], "boundary": boundary, "expires": expires}
    if scope:
        request["scopes"] = cast("list[Scope]", scope)
    limit_token(request, rpm, spend)
    client = DaemonClient.started(chosen)
    reply = client.create_token(request)
    remark = f"This is the token {reply['name']} ({reply['id']}). Keep it now: it is not shown again."
    if chosen.talks and not client.status()["daemon"]["listen"]:
        remark += " The http listener, where it is shown, is off: triforce config set http.enabled true"
    print_done(reply, chosen, remark, result=reply["token"])


@token.command("list")
def list_tokens(
    ctx: typer.Context,
    revoked: Annotated[bool, typer.Option("--revoked", help="Also those that were revoked.")] = False,
) -> None:
    """List the tokens; what they are is not shown."""
    chosen: Globals = ctx.obj
    columns = COLUMNS if not revoked else (*COLUMNS, Column("REVOKED", "revoked", local))
    print_list(
        DaemonClient.started(chosen).tokens(revoked),
        columns,
        chosen,
        "There is no token. Make one with: triforce auth token create NAME",
    )


@token.command()
def revoke(
    ctx: typer.Context,
    tokens: Annotated[list[str], typer.Argument(metavar="TOKEN...", help="Ids, or names.")],
) -> None:
    """Refuse tokens from now on."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    revoked = [client.revoke_token(one) for one in tokens]
    reply = {"schema": "triforce.auth.token.revoke/1", "items": revoked, "next": None}
    print_done(reply, chosen, f"Revoked {', '.join(one['name'] for one in revoked)}.")


LOG_IN_COLUMNS = (
    Column("NAME", "name"),
    Column("URL", "url", flexible=True),
    Column("USER", "user"),
    Column("TIER", "tier"),
    Column("EXPIRES", "expires_at", local),
    Column("TOKEN", "store"),
)


@app.command()
def whoami(ctx: typer.Context) -> None:
    """Show who you are to the daemon, and what you may use."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    profile, tier = client.profile(), client.tier()
    reply = {**profile, "tier": tier["tier"], "tier_expires": tier["expires"], "limits": tier["limits"]}
    print_object(reply, chosen, lambda paint: facts(_facts(reply), paint))


def _facts(reply: Mapping[str, Any]) -> list[Fact]:
    everything = reply["kind"] == "owner"
    ends = f", until {local(reply['tier_expires'])}" if reply["tier_expires"] else ""
    limits = reply["limits"]
    return [
        Fact("you are", reply["name"], "green"),
        Fact("as", "the owner of this daemon" if everything else reply["kind"] + (", admin" if reply["admin"] else "")),
        Fact("may", "everything" if everything else ", ".join(reply["scopes"])),
        Fact("tier", f"{reply['tier']}{ends}" if reply["tier"] else "none: nothing limits you"),
        Fact("models", limits["models"] if limits else None),
    ]


def _words(values: list[Any]) -> str:
    return ", ".join(map(str, values)) or "all"


COLUMNS = (
    Column("ID", "id"),
    Column("NAME", "name", flexible=True),
    Column("MAY", "scopes", _words),
    Column("MODELS", "models", _words, flexible=True),
    Column("BOUNDARY", "boundary"),
    Column("LAST USED", "last_used", ago),
    Column("EXPIRES", "expires", local),
)
