"""`triforce prompts`: texts that are kept under a name, with gaps to fill."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.commands._asking import require_yes
from triforce_cli.commands._files import read_text
from triforce_cli.contexts import Globals
from triforce_cli.conversation.message import text_or_file
from triforce_cli.conversation.template import pairs
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonError, WrongUsage
from triforce_cli.output.as_table import print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.sanitise import sanitise
from triforce_cli.output.words import ago, count

if TYPE_CHECKING:
    from triforce_daemon.wire.prompts import NewPrompt, PromptDetail, RenderRequest

app = typer.Typer(add_completion=False, help="Prompts that are kept under a name, with gaps to fill.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", autocompletion=_suggestions.prompts)]
Revision = Annotated[int | None, typer.Option("--revision", metavar="N", min=1, help="An older version.")]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="What it is about; repeatable, replaces those before.")
]


@app.command("list")
def list_prompts(
    ctx: typer.Context,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="With this tag only.")] = None,
) -> None:
    """List your prompts."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).prompts(tag)
    print_list(reply, COLUMNS, chosen, "There is no prompt yet. Keep one with: triforce prompts set NAME TEXT")


@app.command()
def show(ctx: typer.Context, name: Name, revision: Revision = None) -> None:
    """Print a prompt as it is kept."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).prompt(name, revision)
    print_object(reply, chosen, lambda _: sanitise(reply["content"]))


@app.command(
    "set",
    epilog="""
    triforce prompts set review "Review this {{language}} code: {{input}}" --tag work
    triforce prompts set review @review.md
    git diff | triforce chat -t review --var language=Python
    """,
)
def set_prompt(
    ctx: typer.Context,
    name: Name,
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT|@FILE]", help="What it says; without it, standard input.")
    ] = None,
    tags: Tags = None,
) -> None:
    """Keep a prompt, or a new version of one; {{name}} is a gap."""
    chosen: Globals = ctx.obj
    content = text_or_file(text) if text is not None else read_text("-")
    _put(name, content, tags, chosen)


@app.command()
def edit(ctx: typer.Context, name: Name, tags: Tags = None) -> None:
    """Write a prompt in $VISUAL or $EDITOR."""
    # An editor is another process, which few want.
    from triforce_cli.conversation.editor import edited

    chosen: Globals = ctx.obj
    before = _content(DaemonClient.started(chosen), name)
    content = edited(before, chosen.environ)
    if not content:
        raise WrongUsage("The prompt is empty; nothing was kept.", "triforce prompts delete NAME deletes one.")
    _put(name, content, tags, chosen)


@app.command(
    epilog="""
    triforce prompts render review language=Python input=@main.py
    """
)
def render(
    ctx: typer.Context,
    name: Name,
    variables: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE|NAME=@FILE]...", help="What stands in its gaps.")
    ] = None,
    revision: Revision = None,
) -> None:
    """Print a prompt with its gaps filled; what is missing is said, and stays."""
    chosen: Globals = ctx.obj
    request: RenderRequest = {"variables": pairs(variables or ())}
    if revision is not None:
        request["version"] = revision
    reply = DaemonClient.started(chosen).render_prompt(name, request)
    print_object(reply, chosen, lambda _: sanitise(reply["text"]))
    if reply["missing"] and chosen.talks:
        print(f"Not given: {', '.join(reply['missing'])}", file=sys.stderr)


@app.command()
def delete(ctx: typer.Context, name: Name) -> None:
    """Forget a prompt, with all its versions."""
    chosen: Globals = ctx.obj
    require_yes(f"Delete the prompt {name} with all its versions?", chosen)
    reply = DaemonClient.started(chosen).delete_prompt(name)
    print_done(reply, chosen, f"Deleted {reply['name']}, {count(reply['versions'], 'version')}.")


def _put(name: str, content: str, tags: list[str] | None, chosen: Globals) -> None:
    new: NewPrompt = {"content": content} if tags is None else {"content": content, "tags": tags}
    reply: PromptDetail = DaemonClient.started(chosen).set_prompt(name, new)
    gaps = f", with the gaps {', '.join(reply['variables'])}" if reply["variables"] else ""
    print_done(reply, chosen, f"Kept {reply['name']}, version {reply['version']}{gaps}.")


def _content(client: DaemonClient, name: str) -> str:
    """What is kept; nothing where there is none yet."""
    try:
        return client.prompt(name)["content"]
    except DaemonError as error:
        if error.code != "prompt_not_found":
            raise
        return ""


def _listed(words: list[str]) -> str:
    return ", ".join(words)


COLUMNS = (
    Column("NAME", "name", flexible=True),
    Column("VERSION", "version", right=True),
    Column("TAGS", "tags", _listed, flexible=True),
    Column("GAPS", "variables", _listed, flexible=True),
    Column("UPDATED", "updated", ago),
)
