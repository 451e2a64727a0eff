"""`triforce models`: the models that can be asked, what stands for them, what they are like, and fetching one."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from triforce_cli.commands import _model_words as words
from triforce_cli.commands import _suggestions
from triforce_cli.commands._asking import require_yes
from triforce_cli.commands._comparing import compare_models
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonError, WrongUsage
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.output.as_table import print_done, print_list, print_object
from triforce_cli.output.pull_progress import show_progress
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import size

if TYPE_CHECKING:
    from triforce_daemon.wire.models import AliasChange, Model, PullDone

app = typer.Typer(add_completion=False, help="The models that can be asked.")

Boundary = Literal["machine", "own-nodes", "mesh", "any"]
Order = Literal["scored", "priority", "weighted"]

#: What other nouns call their verbs, and what a hand may therefore type before the name of an alias.
_VERBS = ("list", "ls", "show", "set", "add", "create", "remove", "rm", "delete")

ModelArgument = Annotated[
    str, typer.Argument(metavar="MODEL", help="An id, or the name in it.", autocompletion=_suggestions.models)
]


@app.command("list")
def list_models(
    ctx: typer.Context,
    provider: Annotated[
        str | None,
        typer.Option(
            "--provider", metavar="NAME", help="Of this provider only.", autocompletion=_suggestions.providers
        ),
    ] = None,
    word: Annotated[str | None, typer.Option("-q", "--query", metavar="WORD", help="With this in the id only.")] = None,
    tools: Annotated[bool, typer.Option("--tools", help="Only those that call tools.")] = False,
    vision: Annotated[bool, typer.Option("--vision", help="Only those that see pictures.")] = False,
    free: Annotated[bool, typer.Option("--free", help="Only those that cost nothing.")] = False,
    local: Annotated[bool, typer.Option("--local", help="Only those of this machine.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Also those that are gone, and those that neither chat nor embed.")
    ] = False,
) -> None:
    """List the models, and say which of them can be asked right now."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).models(provider)
    wanted = [ability for ability, on in (("tools", tools), ("vision", vision)) if on]

    def fits(model: "Model") -> bool:
        return (
            (every or (bool(model["abilities"]) and model["state"] != "retired"))
            and (not word or word.lower() in model["id"].lower())
            and all(ability in model["abilities"] for ability in wanted)
            and (not free or words.is_free(model))
            and (not local or model["boundary"] == "machine")
        )

    reply["items"] = [model for model in reply["items"] if fits(model)]
    narrowed = bool(provider or word or wanted or free or local)
    print_list(reply, words.MODELS, chosen, "There is no such model." if narrowed else "There is no model.")
    if chosen.talks and not chosen.json:
        for line in words.remarks(reply["items"]):
            print(one_line(line), file=sys.stderr)


@app.command()
def show(ctx: typer.Context, model: ModelArgument) -> None:
    """Show all that is known about a model."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).model(model)
    print_object(reply, chosen, lambda paint: words.page(reply, paint))


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
    triforce models alias
    triforce models alias quick groq/llama-3.1-8b-instant 'cerebras/*' builtin/smollm2-135m-instruct
    triforce models alias quick --boundary machine
    triforce models alias quick --remove
    """
)
def alias(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Without: all of them.")] = None,
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL...]",
            help="What it stands for, in the order in which they are tried; * stands for anything.",
            autocompletion=_suggestions.models,
        ),
    ] = None,
    boundary: Annotated[
        Boundary | None, typer.Option("--boundary", help="How far a prompt may go that is sent to it.")
    ] = None,
    order: Annotated[Order | None, typer.Option("--order", help="How one of its models is chosen.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Forget it.")] = False,
) -> None:
    """Show the names that stand for several models, or make, change and forget one.

    Only an alias ever falls back to another model. It never does so across its boundary: own-nodes and mesh are
    machines that you have joined, any is everybody.
    """
    chosen: Globals = ctx.obj
    change = {"models": models, "boundary": boundary, "order": order}
    wanted = cast("AliasChange", {field: value for field, value in change.items() if value})
    if remove and (wanted or not name):
        raise WrongUsage("--remove takes a name and nothing else.", "For one: triforce models alias NAME --remove")
    if name in _VERBS:
        raise WrongUsage(
            f"`{name}` is no name for an alias; there is no verb here either.",
            "All of them: triforce models alias. One: triforce models alias NAME MODEL... Away: --remove",
        )
    client = DaemonClient.started(chosen)
    if name and remove:
        print_done(client.remove_alias(name), chosen, f"Forgot the alias {name}.")
    elif name and wanted:
        changed = client.set_alias(name, wanted)
        print_object(changed, chosen, lambda paint: words.alias_page(changed, paint))
    elif wanted:
        raise WrongUsage("Name the alias first.", "For one: triforce models alias NAME MODEL...")
    else:
        reply = client.aliases()
        if name:
            reply["items"] = [one for one in reply["items"] if one["name"] == name]
        print_list(reply, words.ALIASES, chosen, f"There is no alias {name}." if name else "There is no alias.")


@app.command()
def refresh(
    ctx: typer.Context,
    providers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROVIDER...]",
            help="Only these; without any, all that have a key.",
            autocompletion=_suggestions.providers,
        ),
    ] = None,
) -> int:
    """Ask providers which models they have now; the exit status is 1 where one does not tell."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).refresh_models({"providers": providers} if providers else {})
    print_list(reply, words.REFRESHED, chosen, "No provider can be asked.")
    return DONE if all(item["ok"] for item in reply["items"]) else FAILED


@app.command()
def ps(ctx: typer.Context) -> None:
    """List the models that are in this machine's memory."""
    chosen: Globals = ctx.obj
    engines = DaemonClient.started(chosen).status()["engines"]
    reply = {"schema": "triforce.models.ps/1", "items": engines, "next": None}
    print_list(reply, words.ENGINES, chosen, "No model is in memory.")


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
        much = f", {size(done['size_bytes'])}" if done["size_bytes"] else ""
        print(one_line(f"{done['model']} {fetched}{much}."), file=sys.stderr)
    print_object(reply, chosen, lambda _: done["path"] or done["model"])


@app.command("rm")
def remove_model(ctx: typer.Context, model: ModelArgument) -> None:
    """Delete a model's file from this machine."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    known = client.model(model)
    freed = f", {size(known['size_bytes'])}" if known["size_bytes"] else ""
    require_yes(f"Delete {known['path'] or known['id']}{freed}?", chosen)
    reply = client.remove_model(known["id"])
    print_done(reply, chosen, f"Removed {reply['model']}.")


@app.command(
    epilog="""
    triforce models compare "Why is the sky blue?" -m groq/llama-3.3-70b-versatile -m ollama/llama3.2
    """
)
def compare(
    ctx: typer.Context,
    prompt: Annotated[str, typer.Argument(metavar="PROMPT", help="What all of them are asked.")],
    models: Annotated[
        list[str],
        typer.Option(
            "-m", "--model", metavar="MODEL", help="Ask this one; twice or more.", autocompletion=_suggestions.models
        ),
    ],
    tokens: Annotated[
        int | None, typer.Option("--max-tokens", metavar="N", min=1, help="The longest answer that is wanted.")
    ] = None,
) -> int:
    """Ask several models the same at the same time, and lay the answers side by side. Nothing is kept."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    reply = compare_models(client, prompt, models, {"max_tokens": tokens} if tokens else {})
    words.print_comparison(reply, chosen)
    return DONE if all(item["error"] is None for item in reply["items"]) else FAILED


@app.command()
def why(
    ctx: typer.Context,
    model: Annotated[
        str, typer.Argument(metavar="[MODEL]", help="Without: the default.", autocompletion=_suggestions.models)
    ] = "",
) -> int:
    """Explain who would answer for a name, or what stands in the way; the exit status is 1 where nobody would."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).why(model)
    print_object(reply, chosen, lambda paint: words.why_page(reply, paint))
    return DONE if reply["answers"] else FAILED


def _pulled(client: DaemonClient, model: str | None, chosen: Globals) -> "PullDone":
    """Follow the events of a pull to its end. Raises what it failed with."""
    progress = show_progress(chosen)
    last: Mapping[str, Any] = {}
    try:
        with client.pull({"model": model} if model else {}) as events:
            for last in events:
                if last["type"] == "model.loading":
                    progress.show(cast("Any", last))
    finally:
        progress.end()
    if last["type"] == "error":
        raise DaemonError(last["error"])
    return cast("PullDone", last)
