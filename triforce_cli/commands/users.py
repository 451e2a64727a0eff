"""`triforce users`: the accounts of people and programs that are not the owner."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.commands._asking import require_yes
from triforce_cli.commands._durations import deadline
from triforce_cli.commands._files import write_text
from triforce_cli.commands._limits import (
    NOTHING_SET,
    Parallel,
    Rpm,
    Spend,
    Tokens,
    limit_token,
    limits_in_words,
    own_limits,
)
from triforce_cli.commands._secrets import read_secret
from triforce_cli.commands.auth import Bounded, Models, scope_named
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import WrongUsage
from triforce_cli.output.as_table import Fact, facts, print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint, is_terminal
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import ago, count, local

if TYPE_CHECKING:
    from triforce_daemon.wire.tokens import Grant, Scope, TokenRequest
    from triforce_daemon.wire.users import NewInvitation, NewUser, OwnLimitsPatch, UserDetail, UserPatch

app = typer.Typer(add_completion=False, help="The accounts of people and programs that are not the owner.")

TierName = Literal["guest", "free", "pro", "unlimited"]
RoleName = Literal["user", "admin"]
GRANTS = ("tools:write", "tools:exec", "tools:mounted", "agents")

UserArgument = Annotated[
    str, typer.Argument(metavar="USER", help="A name, or an id.", autocompletion=_suggestions.users)
]
Source = Annotated[
    str | None,
    typer.Argument(metavar="[@FILE]", help="A file with the password; without it you are asked, or - is read."),
]
Until = Annotated[
    str | None,
    typer.Option("--expires", metavar="WHEN", parser=deadline, help="When the tier ends: 30d, or a date."),
]


@app.command(
    epilog="""
    triforce users create anna
    triforce users create anna @password.txt --tier pro --expires 90d
    triforce users create robot --no-password --rpm 10 --spend 5/month --model "groq/*"
    """
)
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What somebody logs in with; it does not change.")],
    source: Source = None,
    tier: Annotated[TierName, typer.Option("--tier", help="How much may be used.")] = "free",
    expires: Until = None,
    role: Annotated[RoleName, typer.Option("--role", help="An admin deals with users, too.")] = "user",
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Nobody logs in; tokens are all that there is.")
    ] = False,
    rpm: Rpm = None,
    parallel: Parallel = None,
    tokens: Tokens = None,
    spend: Spend = None,
    model: Models = None,
) -> None:
    """Make an account."""
    chosen: Globals = ctx.obj
    request: NewUser = {"name": name, "tier": tier, "tier_expires": expires, "role": role}
    own = own_limits(rpm, parallel, tokens, spend, model)
    if own:
        request["limits"] = own
    if not no_password:
        request["password"] = _new_password(source, name, chosen)
    elif source is not None:
        raise WrongUsage("A password is given, and none is wanted.", "Leave out one of them.")
    reply = DaemonClient.started(chosen).create_user(request)
    print_done(reply, chosen, f"Made the account {reply['name']}, tier {reply['tier']}.", result=reply["id"])


@app.command("list")
def list_users(ctx: typer.Context) -> None:
    """List the accounts, the oldest first."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).users()
    print_list(reply, COLUMNS, chosen, "Nobody has an account. Make one with: triforce users create NAME")


@app.command()
def show(ctx: typer.Context, user: UserArgument) -> None:
    """Show an account."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).user(user)
    print_object(reply, chosen, lambda paint: page(reply, paint))


@app.command("set-tier")
def set_tier(
    ctx: typer.Context,
    user: UserArgument,
    tier: Annotated[TierName, typer.Argument(metavar="TIER", help="guest, free, pro or unlimited.")],
    expires: Until = None,
) -> None:
    """Give somebody another tier, from now on."""
    reply = _changed(ctx, user, {"tier": tier, "tier_expires": expires})
    ends = f" until {local(reply['tier_expires'])}" if reply["tier_expires"] else ""
    print_done(reply, ctx.obj, f"{reply['name']} has the tier {reply['tier']}{ends}.")


@app.command(
    "set-limits",
    epilog="""
    triforce users set-limits anna --rpm 100 --parallel 4
    triforce users set-limits anna --spend 20/month --model "groq/*" --model "builtin/*"
    triforce users set-limits anna --reset
    """,
)
def set_limits(
    ctx: typer.Context,
    user: UserArgument,
    rpm: Rpm = None,
    parallel: Parallel = None,
    tokens: Tokens = None,
    spend: Spend = None,
    model: Models = None,
    reset: Annotated[bool, typer.Option("--reset", help="First take away all that was set: the tier decides.")] = False,
) -> None:
    """Set limits for somebody alone, from now on; what is not named stays as it is.

    0 is no limit, but of --spend: there 0 is nothing but what is free, and `none` is no cap. What is left shows
    `triforce usage limits --user USER`.
    """
    own: OwnLimitsPatch = own_limits(rpm, parallel, tokens, spend, model)
    if reset:
        own = {**NOTHING_SET, **own}
    if not own:
        raise WrongUsage("There is nothing to set.", "Name a limit: --rpm, --parallel, --tokens, --spend, --model.")
    reply = _changed(ctx, user, {"limits": own})
    print_done(reply, ctx.obj, f"{reply['name']}: {limits_in_words(reply['limits'])}.")


@app.command("set-role")
def set_role(
    ctx: typer.Context,
    user: UserArgument,
    role: Annotated[RoleName, typer.Argument(metavar="ROLE", help="user or admin.")],
) -> None:
    """Make somebody an admin, or a user like others, from now on."""
    reply = _changed(ctx, user, {"role": role})
    print_done(reply, ctx.obj, f"{reply['name']} is {'an admin' if reply['role'] == 'admin' else 'a user'}.")


def grant_named(text: str) -> str:
    """The grant of that name. Raises BadParameter."""
    if text not in GRANTS:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(GRANTS)}")
    return text


@app.command(
    epilog="""
    triforce users grant anna tools:write
    triforce users grant anna tools:write tools:exec
    triforce users grant anna
    """
)
def grant(
    ctx: typer.Context,
    user: UserArgument,
    grants: Annotated[
        list[str] | None,
        typer.Argument(metavar="[GRANT...]", parser=grant_named, help=f"Of {', '.join(GRANTS)}; none: nothing more."),
    ] = None,
) -> None:
    """Say what somebody may do beyond what every account may, from now on."""
    reply = _changed(ctx, user, {"grants": cast("list[Grant]", grants or [])})
    may = ", ".join(reply["grants"]) or "what every account may, and nothing more"
    print_done(reply, ctx.obj, f"{reply['name']} may {may}.")


@app.command()
def password(ctx: typer.Context, user: UserArgument, source: Source = None) -> None:
    """Set somebody's password; his log-ins end."""
    reply = _changed(ctx, user, {"password": _new_password(source, user, ctx.obj)})
    print_done(reply, ctx.obj, f"{reply['name']} has another password.")


@app.command(
    epilog="""
    triforce users token robot ci
    triforce users token robot ci --scope inference --scope read --model "groq/*" --expires 30d
    """
)
def token(
    ctx: typer.Context,
    user: UserArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the token is called.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            parser=scope_named,
            help="What it may do: inference (without this option), read, sessions, memory, account; repeatable.",
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
    """Make a token of somebody's and print it; it cannot be shown again."""
    chosen: Globals = ctx.obj
    request: TokenRequest = {"name": name, "models": model or [], "boundary": boundary, "expires": expires}
    if scope:
        request["scopes"] = cast("list[Scope]", scope)
    limit_token(request, rpm, spend)
    reply = DaemonClient.started(chosen).create_user_token(user, request)
    remark = f"This is the token {reply['name']} of {reply['user']}. Keep it now: it is not shown again."
    print_done(reply, chosen, remark, result=reply["token"])


@app.command()
def revoke(ctx: typer.Context, user: UserArgument) -> None:
    """End every log-in and every token of somebody; what is being answered is cut."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).revoke_user(user)
    ended = f"{count(reply['logins'], 'log-in')} and {count(reply['tokens'], 'token')}"
    print_done(reply, chosen, f"Ended {ended} of {reply['user']}.")


@app.command()
def disable(ctx: typer.Context, user: UserArgument) -> None:
    """Let somebody in no more, until he is enabled again; what is being answered is cut."""
    reply = _changed(ctx, user, {"disabled": True})
    print_done(reply, ctx.obj, f"{reply['name']} is disabled.")


@app.command()
def enable(ctx: typer.Context, user: UserArgument) -> None:
    """Let somebody in again."""
    reply = _changed(ctx, user, {"disabled": False})
    print_done(reply, ctx.obj, f"{reply['name']} is enabled.")


@app.command()
def delete(ctx: typer.Context, user: UserArgument) -> None:
    """Delete an account with its conversations, answers, memory, tokens; what it used stays in the usage, by number."""
    _remove(ctx, user, erase=False)


@app.command()
def erase(ctx: typer.Context, user: UserArgument) -> None:
    """Delete an account and all that is kept of its person; what it used names nobody any more."""
    _remove(ctx, user, erase=True)


@app.command()
def export(
    ctx: typer.Context,
    user: UserArgument,
    output: Annotated[str, typer.Option("--output", metavar="FILE", help="Where to; - is standard output.")] = "-",
) -> None:
    """Write all that is kept of somebody, as JSON."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).export_user(user)
    write_text(output, json.dumps(reply, ensure_ascii=False, indent=2) + "\n", chosen.environ)
    if output != "-" and chosen.talks:
        print(one_line(f"Wrote {count(len(reply['sessions']), 'conversation')} of {user}."), file=sys.stderr)


@app.command()
def invite(
    ctx: typer.Context,
    tier: Annotated[TierName, typer.Option("--tier", help="What whoever comes with it gets.")] = "free",
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="WHEN", parser=deadline, help="When it ends; without: in seven days."),
    ] = None,
) -> None:
    """Make an invitation and print its code, with which one person can register."""
    chosen: Globals = ctx.obj
    request: NewInvitation = {"tier": tier}
    if expires is not None:
        request["expires"] = expires
    reply = DaemonClient.started(chosen).invite(request)
    print_done(reply, chosen, f"Good once, until {local(reply['expires'])}.", result=reply["code"])


@app.command()
def invitations(ctx: typer.Context) -> None:
    """List the invitations, without their codes."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).invitations()
    print_list(reply, INVITATIONS, chosen, "There is no invitation. Make one with: triforce users invite")


@app.command()
def withdraw(
    ctx: typer.Context, invitation: Annotated[str, typer.Argument(metavar="INVITATION", help="An id.")]
) -> None:
    """Make an invitation good for nothing."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).withdraw_invitation(invitation)
    print_done(reply, chosen, f"Withdrew {reply['id']}.")


def page(reply: "UserDetail", paint: Paint) -> str:
    """An account as a person reads it."""
    ends = f", until {local(reply['tier_expires'])}" if reply["tier_expires"] else ""
    disabled = f"since {local(reply['disabled'])}" if reply["disabled"] else None
    rows = [
        Fact("name", reply["name"]),
        Fact("id", reply["id"]),
        Fact("role", reply["role"]),
        Fact("granted", ", ".join(reply["grants"]) or None),
        Fact("tier", reply["tier"] + ends),
        Fact("limits", limits_in_words(reply["limits"])),
        Fact("disabled", disabled, "red"),
        Fact("password", "yes" if reply["password"] else "none: nobody can log in"),
        Fact("logged in", count(reply["logins"], "program")),
        Fact("tokens", str(reply["tokens"])),
        Fact("made", local(reply["created"])),
    ]
    return facts(rows, paint)


def _changed(ctx: typer.Context, user: str, patch: "UserPatch") -> "UserDetail":
    return DaemonClient.started(ctx.obj).change_user(user, patch)


def _remove(ctx: typer.Context, user: str, *, erase: bool) -> None:
    chosen: Globals = ctx.obj
    verb = "Erase" if erase else "Delete"
    require_yes(f"{verb} {user}, with all that is kept for him, and his tokens?", chosen)
    reply = DaemonClient.started(chosen).remove_user(user, erase)
    gone = [
        count(reply["sessions"], "conversation"),
        count(reply["responses"], "answer"),
        count(reply["memories"], "entry in memory", "entries in memory"),
        count(reply["prompts"], "prompt"),
        count(reply["jobs"], "job"),
        count(reply["tokens"], "token"),
    ]
    print_done(reply, chosen, f"{verb}d {reply['user']}: {', '.join(gone)}.")


def _new_password(source: str | None, name: str, chosen: Globals) -> str:
    """The password; typed twice where somebody types it."""
    first = read_secret(source, f"Password for {one_line(name)} (not shown): ", chosen, "password")
    if source is None and is_terminal(sys.stdin) and read_secret(None, "Once more: ", chosen, "password") != first:
        raise WrongUsage("These are two different passwords.", "Try again.")
    return first.removesuffix("\n").removesuffix("\r")


def _state(item: Any) -> str:
    return "dim" if item["disabled"] else ""


COLUMNS = (
    Column("ID", "id"),
    Column("NAME", "name", flexible=True, colour=_state),
    Column("TIER", "tier"),
    Column("UNTIL", "tier_expires", local),
    Column("ROLE", "role"),
    Column("DISABLED", "disabled", ago),
    Column("MADE", "created", ago),
)
INVITATIONS = (
    Column("ID", "id"),
    Column("TIER", "tier"),
    Column("MADE", "created", ago),
    Column("UNTIL", "expires", local),
    Column("USED", "used", ago),
)
