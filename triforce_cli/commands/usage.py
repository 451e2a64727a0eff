"""`triforce usage`: requests and tokens, added up."""

import sys
from typing import Annotated, Literal

import typer

from triforce_cli.commands._durations import moment
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.output.as_table import print_list
from triforce_cli.output.columns import Column
from triforce_cli.output.words import count, local, thousands

app = typer.Typer(add_completion=False)

Key = Literal["model", "provider", "client", "session", "day"]


def _columns(by: Key) -> tuple[Column, ...]:
    return (
        Column(by.upper(), "key", flexible=True),
        Column("REQUESTS", "requests", thousands, right=True),
        Column("TOKENS IN", "tokens_in", thousands, right=True),
        Column("TOKENS OUT", "tokens_out", thousands, right=True),
        Column("COST", "cost", right=True),
        Column("ERRORS", "errors", thousands, right=True),
    )


@app.command(
    epilog="""
    triforce usage
    triforce usage --by day --since 30d
    """
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
) -> None:
    """Show requests and tokens, added up by model, provider, client, session or day.

    Models of your own machine cost 0. An unknown cost is a dash, never 0; a sum is of what is known.
    """
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).usage(by, since)
    print_list(reply, _columns(by), chosen, f"Nothing was used since {local(reply['since'])}.")
    unpriced = sum(item["unpriced"] for item in reply["items"])
    if unpriced and chosen.talks:
        print(f"Not in the sums: {count(unpriced, 'request')} of unknown cost.", file=sys.stderr)
