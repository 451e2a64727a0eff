"""`triforce keys`: the keys of providers. They go in and never come out."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.commands._asking import require_yes
from triforce_cli.commands._secrets import read_secret
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.output.as_table import Fact, facts, print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import ago

if TYPE_CHECKING:
    from triforce_daemon.wire.keys import KeyKept, KeyPlaces, VaultStatus

app = typer.Typer(add_completion=False, help="The keys of providers.")

Provider = Annotated[
    str, typer.Argument(metavar="PROVIDER", help="Like groq.", autocompletion=_suggestions.providers_with_keys)
]


@app.command(
    "set",
    epilog="""
    triforce keys set groq
    triforce keys set groq --name work
    triforce keys set groq @key.txt
    pass show groq | triforce keys set groq
    """,
)
def set_key(
    ctx: typer.Context,
    provider: Provider,
    source: Annotated[
        str | None,
        typer.Argument(metavar="[@FILE]", help="A file with the key; without it you are asked, or - is read."),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What to call it; several keys are used in turn.")
    ] = "default",
) -> None:
    """Keep a key in the vault; it is used from now on. It is never shown again."""
    chosen: Globals = ctx.obj
    secret = read_secret(source, f"Key for {one_line(provider)} (not shown): ", chosen)
    reply = DaemonClient.started(chosen).set_key(provider, {"name": name, "secret": secret})
    print_done(reply, chosen, _kept(reply))


@app.command("list")
def list_keys(ctx: typer.Context) -> None:
    """List the keys by name, where each comes from, and how it did; what they are is not shown."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).keys()
    print_list(reply, COLUMNS, chosen, "No provider takes a key.")
    if reply["vault"]["state"] == "closed" and chosen.talks:
        vault = reply["vault"]
        print(one_line(f"The vault cannot be opened: {vault['reason']} {vault['fix'] or ''}".strip()), file=sys.stderr)


@app.command()
def test(
    ctx: typer.Context,
    providers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROVIDER...]",
            help="Only these; without any, all that have a key.",
            autocompletion=_suggestions.providers_with_keys,
        ),
    ] = None,
) -> int:
    """Ask providers whether they take their keys; the exit status is 1 where one does not."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).test_keys(providers or [])
    print_list(reply, TEST_COLUMNS, chosen, "No provider has a key. Set one with: triforce keys set PROVIDER")
    return DONE if all(item["ok"] for item in reply["items"]) else FAILED


@app.command()
def remove(
    ctx: typer.Context,
    provider: Provider,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Which one, where there are more.")] = None,
) -> None:
    """Forget a key of the vault."""
    chosen: Globals = ctx.obj
    which = f"the key {name!r}" if name else "the key"
    require_yes(f"Remove {which} of {provider} from the vault?", chosen)
    reply = DaemonClient.started(chosen).remove_key(provider, name)
    rest = f" From now on a key of the {reply['next']} is used." if reply["next"] else ""
    print_done(reply, chosen, f"Removed the key {reply['name']} of {reply['provider']}.{rest}")


@app.command()
def where(
    ctx: typer.Context,
    provider: Annotated[
        str | None,
        typer.Argument(
            metavar="[PROVIDER]", help="Also each source of its keys.", autocompletion=_suggestions.providers_with_keys
        ),
    ] = None,
) -> None:
    """Show where the vault is, which source of a provider's keys counts, and why the others do not."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).key_places(provider)
    print_object(reply, chosen, lambda paint: page(reply, paint))


def page(reply: "KeyPlaces", paint: Paint) -> str:
    """The vault and the sources, as a person reads them."""
    rows = _vault(reply["vault"])
    for item in reply["items"]:
        words = ", ".join(item["names"]) + (f": {item['reason']}" if item["names"] and item["reason"] else "")
        rows.append(Fact(item["source"], words or item["reason"], "green" if item["used"] else ""))
        rows.append(Fact("", item["place"]))
    return facts(rows, paint)


def _vault(vault: "VaultStatus") -> list[Fact]:
    holder = _HOLDERS.get(vault["key"] or "")
    return [
        Fact("vault", vault["state"], {"open": "green", "closed": "red"}.get(vault["state"], "")),
        Fact("file", vault["path"]),
        Fact("its key", f"{'will be' if vault['state'] == 'empty' else 'is'} {holder}" if holder else None),
        Fact("because", vault["reason"]),
        Fact("", vault["fix"]),
    ]


_HOLDERS = {
    "keyring": "in your session's keyring",
    "credential": "systemd's credential triforce-vault-key",
    "file": "in a file beside it",
}


def _kept(reply: "KeyKept") -> str:
    words = [f"{'Renewed' if reply['replaced'] else 'Kept'} the key {reply['name']} of {reply['provider']}."]
    if reply["hides"]:
        words.append(f"It is used instead of {', '.join(reply['hides'])}.")
    if reply["reason"]:
        words.append(f"The vault's own key is in a file: {reply['reason']}")
    return " ".join(words)


def _tested(test: Mapping[str, Any]) -> str:
    return f"{test['state']} {ago(test['at'])}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _colour(item: Mapping[str, Any]) -> str:
    return "green" if item.get("used") or item.get("ok") else "dim" if "used" in item else "red"


COLUMNS = (
    Column("PROVIDER", "provider"),
    Column("NAME", "name"),
    Column("STORE", "store"),
    Column("USED", "used", _yes, colour=_colour),
    Column("LAST USED", "last_used", ago),
    Column("LAST TEST", "last_test", _tested),
    Column("REMARK", "reason", flexible=True),
)

TEST_COLUMNS = (
    Column("PROVIDER", "provider"),
    Column("NAME", "name"),
    Column("STATE", "state", colour=_colour),
    Column("MS", "latency_ms", right=True),
    Column("REASON", "reason", flexible=True),
    Column("FIX", "fix", flexible=True),
)
