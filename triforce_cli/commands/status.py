"""`triforce status`: how the daemon is, in one page."""

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import TriforceCliError
from triforce_cli.output.as_json import print_json
from triforce_cli.output.as_table import Fact, facts, print_object
from triforce_cli.output.paint import Paint, is_terminal, paint_for
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import ago, count, span

if TYPE_CHECKING:
    from triforce_daemon.wire.status import EngineStatus, Health, ProviderStatus, Status

app = typer.Typer(add_completion=False)

_LOOK_EVERY_SECONDS = 2.0
_COLOURS = {"ok": "green", "ready": "green", "down": "red", "error": "red", "warning": "yellow"}


@app.command(
    epilog="""
    triforce status
    triforce status --watch
    triforce status --json --fields health
    """
)
def status(
    ctx: typer.Context,
    watch: Annotated[bool, typer.Option("-w", "--watch", help="Show it again every two seconds.")] = False,
) -> None:
    """Show how the daemon is: its providers, the models in memory, today's usage, and what is wrong.

    Starts nothing: where no daemon runs, the exit status is 69.
    """
    chosen: Globals = ctx.obj
    client = DaemonClient.of(chosen)
    while watch:
        _look(client, chosen)
        time.sleep(_LOOK_EVERY_SECONDS)
    reply = client.status()
    print_object(reply, chosen, lambda paint: page(reply, paint))


def page(reply: "Status", paint: Paint) -> str:
    """The page that a person reads."""
    daemon, used = reply["daemon"], reply["usage"]
    rows = [
        Fact(
            "daemon", f"{daemon['state']}, version {daemon['version']}, pid {daemon['pid']}", _colour(daemon["state"])
        ),
        Fact("since", f"{ago(daemon['since'])}, {_MANAGERS.get(daemon['managed_by'], daemon['managed_by'])}"),
        Fact("socket", daemon["socket"]),
        *(Fact("listens", address) for address in daemon.get("listen", ())),
        Fact("database", daemon["database"]),
        Fact("config", daemon["config"]),
        Fact("answering", count(daemon["streams"], "answer") if daemon["streams"] else None),
        *_providers(reply["providers"]),
        *(Fact("in memory", _engine(engine), _colour(engine["state"])) for engine in reply["engines"]),
        Fact("today", _used(used)),
    ]
    return "\n".join([facts(rows, paint), *(_ill(line, paint) for line in reply["health"])])


_MANAGERS = {"cli": "started in the background", "shell": "started by hand", "systemd": "run by systemd"}


def _providers(providers: Sequence["ProviderStatus"]) -> list[Fact]:
    """Those that are in use, a line each; the others by name."""
    used = [one for one in providers if one["state"] not in _UNUSED]
    keyless = [one["name"] for one in providers if one["state"] == "no-key"]
    off = [f"{one['name']} ({one['state']})" for one in providers if one["state"] in ("disabled", "retired")]
    return [
        *(Fact("provider", _provider(one), _colour(one["state"])) for one in used),
        Fact("no key", ", ".join(keyless), "dim"),
        Fact("not used", ", ".join(off), "dim"),
    ]


_UNUSED = ("no-key", "disabled", "retired")


def _provider(provider: "ProviderStatus") -> str:
    reason = f": {provider['reason']}" if provider["reason"] else ""
    return f"{provider['name']} {provider['state']}, {count(provider['models'], 'model')}{reason}"


def _engine(engine: "EngineStatus") -> str:
    words = [f"{engine['model']} {engine['state']}"]
    if engine["active"]:
        words.append(f"answering {engine['active']}")
    elif engine["idle_stop_seconds"] is not None:
        words.append(f"stops in {span(engine['idle_stop_seconds'])} unless used")
    return ", ".join(words)


def _used(used: Mapping[str, Any]) -> str:
    if not used["requests"]:
        return "nothing asked yet"
    errors = f", {count(used['errors'], 'error')}" if used["errors"] else ""
    return f"{count(used['requests'], 'request')}, tokens: {used['tokens_in']:,} in, {used['tokens_out']:,} out{errors}"


def _ill(line: "Health", paint: Paint) -> str:
    colour = _colour(line["severity"])
    mark = getattr(paint, colour)(line["severity"]) if colour else line["severity"]
    fix = f"\n  {paint.dim(one_line(line['fix']))}" if line["fix"] else ""
    return f"\n{mark}: {one_line(line['message'])}{fix}"


def _colour(state: str) -> str:
    return _COLOURS.get(state, "")


def _look(client: DaemonClient, chosen: Globals) -> None:
    """One look of many: a daemon that is away for a moment is part of what one watches for."""
    try:
        reply = client.status()
    except TriforceCliError as error:
        _show_again(f"{error.message}", chosen) if not chosen.json else print_json({"error": error.body()})
        return
    if chosen.json or chosen.fields:
        print_object(reply, chosen, lambda paint: page(reply, paint))
        sys.stdout.flush()
    else:
        _show_again(page(reply, paint_for(sys.stdout, chosen.environ, chosen.no_color)), chosen)


def _show_again(text: str, chosen: Globals) -> None:
    """Over the last page on a terminal, below it elsewhere."""
    if is_terminal(sys.stdout) and chosen.environ.get("TERM", "dumb") != "dumb":
        # From the top, clearing behind each line and below the last: without a blank moment in between.
        text = "\x1b[H" + text.replace("\n", "\x1b[K\n") + "\x1b[K\n\x1b[J"
        print(text, end="", flush=True)
    else:
        print(f"{text}\n", flush=True)
