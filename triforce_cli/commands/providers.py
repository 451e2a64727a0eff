"""`triforce providers`: who answers, how each of them is and why, and which are offered at all."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.output.as_table import Fact, facts, print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import ago, local, thousands

if TYPE_CHECKING:
    from triforce_daemon.wire.providers import Provider, ProviderSwitched, ProviderTestRequest, RateLimit

app = typer.Typer(add_completion=False, help="The providers of models, and how each of them is.")

Name = Annotated[str, typer.Argument(metavar="PROVIDER", help="Like groq.", autocompletion=_suggestions.providers)]


@app.command("list")
def list_providers(ctx: typer.Context) -> None:
    """List the providers with their state; `show` says what to do about it."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).providers()
    print_list(reply, COLUMNS, chosen, "There is no provider.")
    if chosen.talks:
        for provider in reply["items"]:
            if provider["warning"]:
                print(one_line(f"{provider['name']}: {provider['warning']}"), file=sys.stderr)


@app.command()
def show(ctx: typer.Context, name: Name) -> None:
    """Show all that is known about a provider."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).provider(name)
    print_object(reply, chosen, lambda paint: page(reply, paint))


@app.command(
    epilog="""
    triforce providers test
    triforce providers test groq mistral
    triforce providers test --model groq/llama-3.3-70b-versatile
    """
)
def test(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROVIDER...]",
            help="Only these; without any, all that can be asked.",
            autocompletion=_suggestions.providers,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="MODEL",
            help="Have this model answer a few tokens, which may cost something.",
            autocompletion=_suggestions.models,
        ),
    ] = None,
) -> int:
    """Ask providers something that costs nothing; the exit status is 1 where one does not answer as it should."""
    chosen: Globals = ctx.obj
    request: ProviderTestRequest = {"providers": names or []}
    if model is not None:
        request["model"] = model
    reply = DaemonClient.started(chosen).test_providers(request)
    print_list(reply, TEST_COLUMNS, chosen, "No provider can be asked. See: triforce providers list")
    return DONE if all(item["ok"] for item in reply["items"]) else FAILED


@app.command()
def enable(ctx: typer.Context, name: Name) -> None:
    """Offer a provider, at once and after a restart."""
    _switch(ctx.obj, name, True)


@app.command()
def disable(ctx: typer.Context, name: Name) -> None:
    """Do not offer a provider any more, at once and after a restart. Its key stays."""
    _switch(ctx.obj, name, False)


@app.command()
def limits(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[PROVIDER]", help="Only of this one.", autocompletion=_suggestions.providers),
    ] = None,
) -> None:
    """Show what providers said of their limits in their last answers, for each key."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).provider_limits(name)
    if chosen.json:
        print_list(reply, LIMIT_COLUMNS, chosen, "")
        return
    rows = [{**said, **limit} for said in reply["items"] for limit in said["limits"]]
    print_list({**reply, "items": rows}, LIMIT_COLUMNS, chosen, "No provider has said anything of its limits yet.")


def page(provider: "Provider", paint: Paint) -> str:
    """A provider, as a person reads it."""
    latency = provider["latency_ms"]
    since = provider["since"]
    rows = [
        Fact("provider", f"{provider['title']} ({provider['name']})"),
        Fact("state", provider["state"], _COLOURS.get(provider["state"], "")),
        Fact("", provider["reason"]),
        Fact("", provider["fix"]),
        Fact("since", since if since is None or "T" not in since else local(since)),
        Fact("key", _key(provider)),
        Fact("models", thousands(provider["models"])),
        Fact("latency", None if latency is None else f"{latency:,.0f} ms to the first token"),
        *(Fact("limit", _limit(limit)) for limit in provider["limits"]),
        Fact("address", provider["base_url"]),
        Fact("speaks", provider["dialect"]),
        Fact("prompts go", _BOUNDARIES[provider["boundary"]]),
        Fact("warning", provider["warning"], "yellow"),
    ]
    return facts(rows, paint)


def _switch(chosen: Globals, name: str, enabled: bool) -> None:
    reply = DaemonClient.started(chosen).switch_provider(name, enabled)
    print_done(reply, chosen, _switched(reply, enabled))


def _switched(reply: "ProviderSwitched", enabled: bool) -> str:
    word = "on" if enabled else "off"
    if reply["overruled"]:
        return f"Written, but {reply['overruled']} says otherwise, and wins."
    if reply["restart"]:
        return f"{reply['name']} is switched {word} from the next start: triforce daemon restart"
    return f"{reply['name']} is switched {word}. Its state: {reply['state']}"


def _key(provider: "Provider") -> str:
    key = provider["key"]
    if key["present"]:
        return f"from the {key['store']}"
    return "there is none" if key["needed"] else "none is needed"


def _limit(limit: "RateLimit") -> str:
    left = "?" if limit["remaining"] is None else thousands(limit["remaining"])
    most = "" if limit["limit"] is None else f" of {thousands(limit['limit'])}"
    return f"{left}{most} {limit['name']} left"


def _present(key: Mapping[str, Any]) -> str:
    return key["store"] if key["present"] else "none" if key["needed"] else "-"


def _milliseconds(latency: float) -> str:
    return f"{latency:,.0f}"


def _colour(item: Mapping[str, Any]) -> str:
    return _COLOURS.get(item["state"], "")


_COLOURS = {
    "ok": "green", "down": "red", "key-rejected": "red", "limited": "yellow", "degraded": "yellow",
    "deprecated": "yellow", "absent": "yellow", "no-key": "dim", "retired": "dim", "disabled": "dim", "unknown": "dim",
}  # fmt: skip
_BOUNDARIES = {
    "machine": "nowhere: they stay on this machine",
    "own-nodes": "to your other machines",
    "mesh": "to machines that you have joined",
    "any": "to this provider",
}

COLUMNS = (
    Column("NAME", "name"),
    Column("STATE", "state", colour=_colour),
    Column("KEY", "key", _present),
    Column("MODELS", "models", thousands, right=True),
    Column("MS", "latency_ms", _milliseconds, right=True),
    Column("REASON", "reason", flexible=True),
)
TEST_COLUMNS = (
    Column("NAME", "name"),
    Column("STATE", "state", colour=_colour),
    Column("STATUS", "status", right=True),
    Column("MS", "latency_ms", _milliseconds, right=True),
    Column("ERROR", "error", flexible=True),
    Column("FIX", "fix", flexible=True),
)
LIMIT_COLUMNS = (
    Column("PROVIDER", "provider"),
    Column("KEY", "key"),
    Column("LIMIT", "name"),
    Column("REMAINING", "remaining", thousands, right=True),
    Column("OF", "limit", thousands, right=True),
    Column("RESETS", "resets_at", local),
    Column("SAID", "at", ago),
)
