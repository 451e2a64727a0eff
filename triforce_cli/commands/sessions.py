"""`triforce sessions`: the conversations that the daemon keeps."""

import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.commands._asking import require_yes
from triforce_cli.commands._durations import moment, seconds
from triforce_cli.commands._files import read_text, write_text
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonError, InputInvalid
from triforce_cli.output.as_table import print_done, print_list, print_object
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import is_terminal
from triforce_cli.output.session_files import as_json, as_json_lines, read_back
from triforce_cli.output.transcript import as_markdown, page
from triforce_cli.output.words import ago, count, span

if TYPE_CHECKING:
    from triforce_daemon.wire.sessions import Fork, SessionDetail, SessionList

app = typer.Typer(add_completion=False, help="The conversations that the daemon keeps.")

#: The most that the daemon lists at once.
_PAGE = 1_000

SessionArgument = Annotated[
    str,
    typer.Argument(metavar="SESSION", help="An id, or the beginning of one.", autocompletion=_suggestions.sessions),
]
SessionArguments = Annotated[
    list[str],
    typer.Argument(metavar="SESSION...", help="Ids, or their beginnings.", autocompletion=_suggestions.sessions),
]
Limit = Annotated[int, typer.Option("-n", "--limit", metavar="N", min=1, help="How many at most.")]

COLUMNS = (
    Column("ID", "id"),
    Column("TITLE", "title", flexible=True),
    Column("MODEL", "model", flexible=True),
    Column("TURNS", "turns", right=True),
    Column("UPDATED", "updated", ago),
)
_FOUND = (Column("SESSION", "session"), Column("TURN", "turn", right=True), Column("TEXT", "snippet", flexible=True))


@app.command("list")
def list_sessions(
    ctx: typer.Context,
    limit: Limit = 20,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="WHEN", parser=moment, help="Used since then: 7d, 12h, or a date."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="MODEL", help="With this model only.", autocompletion=_suggestions.models),
    ] = None,
) -> None:
    """List conversations, the latest first."""
    chosen: Globals = ctx.obj
    reply = _listed(DaemonClient.started(chosen), limit, since, model)
    print_list(reply, COLUMNS, chosen, "There is no conversation yet. Begin one with: triforce chat")
    if reply["next"] and chosen.talks and is_terminal(sys.stdout):
        print(f"There are more: triforce sessions list -n {limit * 5}", file=sys.stderr)


@app.command()
def show(ctx: typer.Context, session: SessionArgument) -> None:
    """Show a conversation."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).session(session)
    print_object(reply, chosen, lambda paint: page(reply, paint))


@app.command()
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="What was said; all of these words.")],
    limit: Limit = 20,
) -> None:
    """Find what was said."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).search(" ".join(words), limit)
    print_list(reply, _FOUND, chosen, "Nothing was found.")


@app.command()
def resume(
    ctx: typer.Context,
    session: SessionArgument,
    prompt: Annotated[list[str] | None, typer.Argument(metavar="[PROMPT]...", help="Without: talk.")] = None,
) -> Any:
    """Go on with a conversation, as `triforce chat -r` does."""
    root: Any = ctx.find_root()
    chat = root.command.get_command(root, "chat")
    words = ["-r", session, *(["--", *prompt] if prompt else [])]
    with chat.make_context("chat", words, parent=root, obj=ctx.obj) as context:
        return chat.invoke(context)


@app.command()
def fork(
    ctx: typer.Context,
    session: SessionArgument,
    upto: Annotated[int | None, typer.Option("--upto", metavar="TURN", min=1, help="Without what came later.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="What the copy is called.")] = None,
) -> None:
    """Copy a conversation, to go on with it in another way; prints the new id."""
    chosen: Globals = ctx.obj
    wanted: Fork = {}
    if upto is not None:
        wanted["upto"] = upto
    if title is not None:
        wanted["title"] = title
    reply = DaemonClient.started(chosen).fork(session, wanted)
    print_done(reply, chosen, f"Copied {count(reply['turns'], 'turn')}.", result=reply["id"])


@app.command()
def rename(
    ctx: typer.Context, session: SessionArgument, title: Annotated[str, typer.Argument(help="The new title.")]
) -> None:
    """Give a conversation another title."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).change_session(session, {"title": title})
    print_done(reply, chosen, f"{reply['id']} is now called: {reply['title']}")


@app.command(
    epilog="""
    triforce sessions export k3v > talk.md
    triforce sessions export k3v p0p -F json --output kept.json
    """
)
def export(
    ctx: typer.Context,
    sessions: SessionArguments,
    form: Annotated[Literal["md", "json", "jsonl"], typer.Option("-F", "--format", help="How it is written.")] = "md",
    output: Annotated[str, typer.Option("--output", metavar="FILE", help="Where to; - is standard output.")] = "-",
) -> None:
    """Write conversations as Markdown, JSON or JSON lines."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    details = [client.session(session) for session in sessions]
    write_text(output, _written(details, "json" if chosen.json else form), chosen.environ)
    if output != "-" and chosen.talks:
        print(f"Wrote {count(len(details), 'session')} to {output}.", file=sys.stderr)


@app.command("import")
def import_sessions(
    ctx: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="What `export -F json` or `jsonl` wrote; or -.")
    ],
) -> None:
    """Add exported conversations, under new ids."""
    chosen: Globals = ctx.obj
    sessions = [session for file in files for session in read_back(read_text(file), file)]
    try:
        reply = DaemonClient.started(chosen).import_sessions({"sessions": sessions})
    except DaemonError as error:
        if error.code != "invalid_request":
            raise
        raise InputInvalid(f"{', '.join(files)}: {error.message}", error.hint) from None
    print_list(reply, COLUMNS, chosen, "There was nothing to import.")


@app.command()
def delete(
    ctx: typer.Context,
    sessions: SessionArguments,
) -> None:
    """Delete conversations for good."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    found = [client.session(session) for session in sessions]
    for session in found:
        require_yes(f"Delete {session['id']} “{session['title']}” ({count(session['turns'], 'turn')})?", chosen)
    deleted = [client.delete_session(session["id"]) for session in found]
    reply = {"schema": "triforce.sessions.delete/1", "items": deleted, "next": None}
    print_done(reply, chosen, f"Deleted {count(len(deleted), 'session')}.")


@app.command(
    epilog="""
    triforce sessions prune --older-than 30d --dry-run
    triforce sessions prune --older-than 30d --yes
    """
)
def prune(
    ctx: typer.Context,
    older_than: Annotated[
        float, typer.Option("--older-than", metavar="DUR", parser=seconds, help="Not used for this long: 30d, 12w.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which ones it would be.")] = False,
) -> None:
    """Delete conversations that were not used for a while."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    age = int(older_than)
    reply = client.prune({"older_than_seconds": age, "dry_run": True})
    if reply["items"] and not dry_run:
        number = count(len(reply["items"]), "session")
        require_yes(f"Delete {number}, not used for {span(age)}?", chosen)
        reply = client.prune({"older_than_seconds": age})
        if chosen.talks:
            print(f"Deleted {number}.", file=sys.stderr)
    print_list(reply, COLUMNS, chosen, f"No session is older than {span(age)}.")


def _listed(client: DaemonClient, limit: int, since: str | None, model: str | None) -> "SessionList":
    """As many as `limit`, from as many pages as that takes."""
    reply = client.sessions(min(limit, _PAGE), since, model)
    while reply["next"] and len(reply["items"]) < limit:
        more = client.sessions(min(limit - len(reply["items"]), _PAGE), since, model, after=reply["next"])
        reply["items"] += more["items"]
        reply["next"] = more["next"]
    return reply


def _written(sessions: "list[SessionDetail]", form: str) -> str:
    if form == "json":
        return as_json(sessions)
    if form == "jsonl":
        return as_json_lines(sessions)
    return "\n".join(as_markdown(session) for session in sessions)
