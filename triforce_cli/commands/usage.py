"""`triforce usage`: requests and tokens, added up."""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.commands._durations import moment
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.output.as_table import print_list
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import is_terminal
from triforce_cli.output.plot import bar, columns, shows_blocks
from triforce_cli.output.words import count, local, thousands

if TYPE_CHECKING:
    from triforce_daemon.wire.usage import UsageList

app = typer.Typer(add_completion=False)

Key = Literal["model", "provider", "client", "session", "day"]

_NARROWEST_BAR, _WIDEST_BAR = 4, 16
_GAP = 2
#: A plot of more days would not fit; the latest are shown.
_MOST_DAYS = 76


@app.callback(
    invoke_without_command=True,
    epilog="""
    triforce usage
    triforce usage --by day --since 30d
    triforce usage --by model --client anna
    """,
)
def usage(
    ctx: typer.Context,
    by: Annotated[Key, typer.Option("--by", help="What to add up.")] = "model",
    since: Annotated[
        str,
        typer.Option(
            "--since", metavar="WHEN", parser=moment, help="From here on: 12h, 7d, or a date like 2026-03-01."
        ),
    ] = "7d",
    client: Annotated[
        str | None,
        typer.Option(
            "--client",
            metavar="NAME",
            help="Only what this one used; for the owner and admins.",
            autocompletion=_suggestions.users,
        ),
    ] = None,
) -> None:
    """Show requests and tokens, added up by model, provider, client, session or day.

    You see what you used; the owner and admins see what everybody did. Models of your own machine cost 0. An unknown
    cost is a dash, never 0; a sum is of what is known.
    """
    if ctx.invoked_subcommand is not None:
        return
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).usage(by, since, client)
    draws = is_terminal(sys.stdout) and not (chosen.json or chosen.fields or chosen.quiet)
    blocks = shows_blocks(chosen.environ)
    if draws and by == "day" and reply["items"]:
        print(_plot(reply, blocks=blocks), end="\n\n")
    listed = _columns(by)
    width = _room(reply, listed) if draws else 0
    if width < _NARROWEST_BAR:
        print_list(reply, listed, chosen, f"Nothing was used since {local(reply['since'])}.")
    else:
        print_list(_with_bars(reply, width, blocks=blocks), (*listed, Column("", "bar")), chosen, "")
    unpriced = sum(item["unpriced"] for item in reply["items"])
    if unpriced and chosen.talks:
        print(f"Not in the sums: {count(unpriced, 'request')} of unknown cost.", file=sys.stderr)


@app.command(
    epilog="""
    triforce usage limits
    triforce usage limits --user anna
    """
)
def limits(
    ctx: typer.Context,
    user: Annotated[
        str | None,
        typer.Option(
            "--user",
            metavar="USER",
            help="Whose; for the owner and admins. Without it, your own.",
            autocompletion=_suggestions.users,
        ),
    ] = None,
) -> None:
    """Show what may be used, what is left of it, and when it comes back.

    What is held for requests under way counts as used. EMPTY is when it will be used up, if all goes on as so far.
    """
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).limits(user)
    print_list(reply, LIMITS, chosen, "Nothing is limited.")


def _columns(by: Key) -> tuple[Column, ...]:
    return (
        Column(by.upper(), "key", flexible=True),
        Column("REQUESTS", "requests", thousands, right=True),
        Column("TOKENS IN", "tokens_in", thousands, right=True),
        Column("TOKENS OUT", "tokens_out", thousands, right=True),
        Column("COST", "cost", right=True),
        Column("ERRORS", "errors", thousands, right=True),
    )


def _room(reply: "UsageList", listed: Sequence[Column]) -> int:
    """How many characters of the terminal's lines are left beside the table, for bars."""
    if not reply["items"]:
        return 0
    widths = [max(len(column.title), *(len(column.cell(item)) for item in reply["items"])) for column in listed]
    line = os.get_terminal_size(sys.stdout.fileno()).columns or 80
    return min(line - sum(widths) - _GAP * len(widths), _WIDEST_BAR)


def _with_bars(reply: "UsageList", width: int, *, blocks: bool) -> dict[str, Any]:
    """Each item with a bar of its tokens beside the largest one's."""
    most = max(map(_tokens, reply["items"]), default=0)
    items = [{**item, "bar": bar(_tokens(item), most, width, blocks=blocks)} for item in reply["items"]]
    return {**reply, "items": items}


def _plot(reply: "UsageList", *, blocks: bool) -> str:
    """The tokens of each day from the first to the last, those without any among them."""
    tokens = {date.fromisoformat(item["key"]): _tokens(item) for item in reply["items"]}
    last = max(tokens)
    first = max(min(tokens), last - timedelta(days=_MOST_DAYS - 1))
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    picture = columns([tokens.get(day, 0) for day in days], blocks=blocks)
    span = f"{first} to {last}" if first != last else f"{first}"
    return f"{picture}\nTokens a day, {span}; at most {max(tokens.values()):,}."


def _tokens(item: Mapping[str, Any]) -> int:
    return item["tokens_in"] + item["tokens_out"]


def _amount(value: int | str) -> str:
    """A number, or dollars."""
    return f"${value}" if isinstance(value, str) else thousands(value)


LIMITS = (
    Column("WHOSE", "scope"),
    Column("WHAT", "kind"),
    Column("IN A", "window"),
    Column("LIMIT", "limit", _amount, right=True),
    Column("USED", "used", _amount, right=True),
    Column("LEFT", "remaining", _amount, right=True),
    Column("BACK", "resets_at", local),
    Column("EMPTY", "empty_at", local),
)
