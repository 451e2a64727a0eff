"""`triforce models`: the models that can be asked, which of them is the default, and fetching one."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonError
from triforce_cli.output.as_table import Fact, facts, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint
from triforce_cli.output.pull_progress import show_progress
from triforce_cli.output.words import size, thousands

if TYPE_CHECKING:
    from triforce_daemon.wire.models import Model, PullDone

app = typer.Typer(add_completion=False, help="The models that can be asked.")

_COLOURS = {"ok": "green", "down": "red", "absent": "yellow"}


def _star(default: bool) -> str:
    return "*" if default else ""


def _colour(model: Mapping[str, Any]) -> str:
    return _COLOURS.get(model["state"], "")


COLUMNS = (
    Column("ID", "id"),
    Column("DEFAULT", "default", _star),
    Column("STATE", "state", colour=_colour),
    Column("CONTEXT", "context", thousands, right=True),
    Column("SIZE", "size_bytes", size, right=True),
    Column("ABILITIES", "abilities", flexible=True),
)

ModelArgument = Annotated[
    str, typer.Argument(metavar="MODEL", help="An id, or the name in it.", autocompletion=_suggestions.models)
]


@app.command("list")
def list_models(
    ctx: typer.Context,
    provider: Annotated[str | None, typer.Option("--provider", metavar="NAME", help="Of this provider only.")] = None,
    word: Annotated[str | None, typer.Option("-q", "--query", metavar="WORD", help="With this in the id only.")] = None,
) -> None:
    """List the models, and say which of them can be asked right now."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).models(provider)
    if word:
        reply["items"] = [model for model in reply["items"] if word.lower() in model["id"].lower()]
    print_list(reply, COLUMNS, chosen, "There is no such model." if provider or word else "There is no model.")


@app.command()
def show(ctx: typer.Context, model: ModelArgument) -> None:
    """Show all that is known about a model."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).model(model)
    print_object(reply, chosen, lambda paint: page(reply, paint))


@app.command()
def default(
    ctx: typer.Context,
    model: Annotated[
        str | None,
        typer.Argument(metavar="[MODEL]", help="The model to make the default.", autocompletion=_suggestions.models),
    ] = None,
) -> None:
    """Show the model that is used where none is named, or choose it."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    reply = client.set_default_model(model) if model else client.default_model()
    print_object(reply, chosen, lambda _: reply["model"])


@app.command(
    epilog="""
    triforce models pull
    triforce models pull builtin/smollm2-135m-instruct
    """
)
def pull(
    ctx: typer.Context,
    model: Annotated[
        str | None,
        typer.Argument(metavar="[MODEL]", help="Without: the default model.", autocompletion=_suggestions.models),
    ] = None,
) -> None:
    """Fetch a model's file now, rather than on first use."""
    chosen: Globals = ctx.obj
    done = _pulled(DaemonClient.started(chosen), model, chosen)
    reply = {"schema": "triforce.models.pull/1", **done}
    del reply["type"]
    if chosen.talks:
        fetched = "is here" if done["fetched"] else "was here already"
        print(f"{done['model']} {fetched}, {size(done['size_bytes'])}.", file=sys.stderr)
    print_object(reply, chosen, lambda _: done["path"])


def page(model: "Model", paint: Paint) -> str:
    """The page that a person reads."""
    context, bytes_ = model["context"], model["size_bytes"]
    rows = [
        Fact("id", model["id"]),
        Fact("state", model["state"], _colour(model)),
        Fact("reason", model["reason"]),
        Fact("fix", model["fix"]),
        Fact("default", "yes" if model["default"] else None),
        Fact("context", f"{thousands(context)} tokens" if context else None),
        Fact("abilities", ", ".join(model["abilities"])),
        Fact("size", size(bytes_) if bytes_ else None),
        Fact("file", model["path"]),
        Fact("about", model["description"]),
    ]
    return facts(rows, paint)


def _pulled(client: DaemonClient, model: str | None, chosen: Globals) -> "PullDone":
    """Follow the events of a pull to its end. Raises what it failed with."""
    progress = show_progress(chosen)
    last: Any = None
    try:
        with client.pull({"model": model} if model else {}) as events:
            for last in events:
                if last["type"] == "model.loading":
                    progress.show(last)
    finally:
        progress.end()
    if last["type"] == "error":
        raise DaemonError(last["error"])
    return last
