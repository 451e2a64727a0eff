"""`triforce config`: the daemon's settings; asked of the daemon where one runs, else of its program."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triforce_cli.contexts import Globals, configuration, remote, require_local
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonNotRunning
from triforce_cli.exit_codes import BAD_CONFIGURATION, DONE
from triforce_cli.launcher import ask_program
from triforce_cli.output.as_table import Fact, facts, print_done, print_list, print_object
from triforce_cli.output.columns import Column, bare
from triforce_cli.output.paint import Paint

if TYPE_CHECKING:
    from triforce_daemon.wire.config import ConfigCheck

app = typer.Typer(add_completion=False, help="The daemon's settings.")

KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="Like builtin.context; `config list` shows all.")]


@app.command("list")
def list_settings(
    ctx: typer.Context,
    origin: Annotated[bool, typer.Option("--origin", help="Also say where each value comes from.")] = False,
) -> None:
    """List the settings and their values."""
    chosen: Globals = ctx.obj
    reply = _asked(chosen, lambda client: client.settings(), "list")
    columns = [Column("KEY", "key"), Column("VALUE", "value", flexible=True)]
    if origin:
        columns.append(Column("ORIGIN", "origin", colour=_origin_colour))
    columns.append(Column("HOLDS", "at_once", words=_holds))
    columns.append(Column("MEANING", "description", flexible=True))
    print_list(reply, columns, chosen, "There are no settings.")


@app.command()
def get(ctx: typer.Context, key: KeyArgument) -> None:
    """Print the value of a setting."""
    chosen: Globals = ctx.obj
    reply = _asked(chosen, lambda client: client.setting(key), "get", key)
    print_object(reply, chosen, lambda _: bare(reply["value"]))


@app.command(
    "set",
    epilog="""
    triforce config set routing.retries 1
    triforce config set builtin.context 2048
    triforce daemon restart
    """,
)
def set_value(
    ctx: typer.Context, key: KeyArgument, value: Annotated[str, typer.Argument(metavar="VALUE", help="The new value.")]
) -> None:
    """Write a setting to the configuration file; it holds at once, or says that it needs a restart."""
    chosen: Globals = ctx.obj
    reply = _asked(chosen, lambda client: client.change_setting(key, value), "set", key, value)
    print_done(reply, chosen, _changed(reply))


@app.command()
def unset(ctx: typer.Context, key: KeyArgument) -> None:
    """Take a setting out of the configuration file, so that its default holds."""
    chosen: Globals = ctx.obj
    reply = _asked(chosen, lambda client: client.reset_setting(key), "unset", key)
    print_done(reply, chosen, _changed(reply))


@app.command()
def path(ctx: typer.Context) -> None:
    """Print where the configuration file is; it need not exist."""
    chosen: Globals = ctx.obj
    file = configuration(chosen)
    exists: bool | None = os.path.exists(file)
    if chosen.config is None:
        with suppress(DaemonNotRunning):
            file = DaemonClient.of(chosen).settings()["file"]
            # Of files on another machine no more is known than what its daemon says.
            exists = os.path.exists(file) if remote(chosen) is None else None
    reply = {"schema": "triforce.config.path/1", "file": file, "exists": exists}
    print_object(reply, chosen, lambda _: bare(file))


@app.command(
    epilog="""
    triforce config schema > triforce.schema.json
    """
)
def schema(ctx: typer.Context) -> None:
    """Print what the configuration file may hold, as JSON Schema."""
    chosen: Globals = ctx.obj
    reply = _asked(chosen, lambda client: client.settings_schema(), "schema")
    print_object(reply, chosen, lambda _: json.dumps(reply["json_schema"], indent=2))


@app.command()
def validate(ctx: typer.Context) -> int:
    """Check the configuration file; the exit status is 78 where the daemon would not start with it."""
    chosen: Globals = ctx.obj
    reply = _asked(chosen, lambda client: client.check_settings(), "validate")
    print_object(reply, chosen, lambda paint: page(reply, paint))
    return DONE if reply["ok"] else BAD_CONFIGURATION


def page(check: "ConfigCheck", paint: Paint) -> str:
    """The problems of a configuration file, as a person reads them."""
    if check["ok"]:
        return f"{paint.green('ok')}  {bare(check['file'])}"
    rows: list[Fact] = []
    for problem in check["items"]:
        place = f"line {problem['line']}" if problem["line"] else "problem"
        words = f"{problem['key']}: {problem['message']}" if problem["key"] else problem["message"]
        rows += [Fact(place, words, "red"), Fact("", problem["hint"])]
    return f"{bare(check['file'])}\n{facts(rows, paint)}"


def _asked(chosen: Globals, ask: Callable[[DaemonClient], Any], *words: str) -> Any:
    """The daemon's answer; the program's where no daemon runs, or where another file is meant than the daemon's."""
    if chosen.config is None:
        with suppress(DaemonNotRunning):
            return ask(DaemonClient.of(chosen))
    require_local("--config", chosen)
    return ask_program(chosen, "config", *words)


def _holds(at_once: bool) -> str:
    """From when on a change does."""
    return "at once" if at_once else "at start"


def _changed(reply: Mapping[str, Any]) -> str:
    value = f"{reply['key']} = {bare(reply['value'])}" if reply["value"] is not None else f"{reply['key']} is gone"
    if reply["origin"] in ("environment", "flag"):
        return f"Written, but the {reply['origin']} wins: {value}. See: {reply['environment']}"
    if not reply["restart"]:
        return f"{value}."
    return f"{value}. It holds from the next start: triforce daemon restart"


def _origin_colour(setting: Mapping[str, Any]) -> str:
    return "dim" if setting["origin"] == "default" else "yellow"
