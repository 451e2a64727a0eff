"""`triforce memory`: facts, decisions and other things that are kept for you and for the models that you use."""

import sys
from typing import Annotated, Literal

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.commands._asking import require_yes
from triforce_cli.commands._durations import seconds
from triforce_cli.commands._files import write_text
from triforce_cli.commands._memory_transfer import carried_in, carried_out
from triforce_cli.commands._memory_words import COLUMNS, entries_of, given, life, rewritten
from triforce_cli.contexts import Globals
from triforce_cli.conversation.attachments import piped
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import WrongUsage
from triforce_cli.output.as_table import print_done, print_list, print_object
from triforce_cli.output.memory_files import as_json_lines
from triforce_cli.output.memory_page import page, summary, versions
from triforce_cli.output.paint import is_terminal

app = typer.Typer(add_completion=False, help="Facts, decisions and other things that are kept for you.")

TypeName = Literal["fact", "decision", "code", "summary", "context", "todo"]
ImportanceName = Literal["low", "medium", "high", "critical"]

#: The most that the daemon lists at once.
_PAGE = 1_000

EntryArgument = Annotated[
    str, typer.Argument(metavar="ID", help="An id, or the beginning of one.", autocompletion=_suggestions.memory)
]
TypeOption = Annotated[TypeName | None, typer.Option("--type", help="Only what is of this type.")]
ProjectOption = Annotated[str | None, typer.Option("--project", metavar="NAME", help="Only what belongs to it.")]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Only what has this tag; repeatable.")
]
Limit = Annotated[int, typer.Option("-n", "--limit", metavar="N", min=1, max=_PAGE, help="How many at most.")]
Confidence = Annotated[float | None, typer.Option("--confidence", metavar="0..1", min=0, max=1, help="How sure it is.")]
Life = Annotated[
    str | None, typer.Option("--ttl", metavar="DUR", help="How long it lives: 12h, 30d; or never, as without it.")
]


@app.command(
    epilog="""
    triforce memory add "The ledger is kept in PostgreSQL." --tag db --project orion
    git log -1 | triforce memory add --type context --ttl 7d
    """
)
def add(
    ctx: typer.Context,
    content: Annotated[
        list[str] | None, typer.Argument(metavar="[CONTENT]...", help="Without: what is piped in.")
    ] = None,
    type: Annotated[TypeName, typer.Option("--type", help="What it is.")] = "fact",
    tag: Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="A word for it; repeatable.")] = None,
    project: Annotated[str | None, typer.Option("--project", metavar="NAME", help="What it belongs to.")] = None,
    importance: Annotated[ImportanceName, typer.Option("--importance", help="How much it matters.")] = "medium",
    confidence: Confidence = None,
    ttl: Life = None,
) -> None:
    """Keep something; prints its id. What is there already is not kept twice."""
    chosen: Globals = ctx.obj
    text = " ".join(content or []) or piped()
    if not text.strip():
        raise WrongUsage("There is nothing to keep.", "Give it as an argument, or pipe it in.")
    new = given(content=text, type=type, tags=tag, importance=importance, project=project, confidence=confidence)
    if ttl is not None:
        new["ttl_seconds"] = life(ttl)
    reply = DaemonClient.started(chosen).add_memory(new)
    remark = "Kept."
    if reply["duplicate_of"]:
        remark = "It was there already" + (", and has a new version." if reply["change"] else ".")
    print_done(reply, chosen, remark, result=reply["id"])


@app.command("list")
def listentries_of(
    ctx: typer.Context, limit: Limit = 20, type: TypeOption = None, tag: TagOption = None, project: ProjectOption = None
) -> None:
    """List what is kept, the newest first."""
    chosen: Globals = ctx.obj
    query = given(type=type, tags=tag, project=project, limit=limit)
    reply = DaemonClient.started(chosen).search_memory(query)
    print_list(reply, COLUMNS, chosen, "Nothing is kept yet. Begin with: triforce memory add TEXT")
    if reply["next"] and chosen.talks and is_terminal(sys.stdout):
        print(f"There are more: triforce memory list -n {min(limit * 5, _PAGE)}", file=sys.stderr)


@app.command(
    epilog="""
    triforce memory search ledger database
    triforce memory search "where is the accounting kept?" --mode vector --project orion
    """
)
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="What it is about, or a question.")],
    limit: Limit = 20,
    type: TypeOption = None,
    tag: TagOption = None,
    any_tag: Annotated[bool, typer.Option("--any-tag", help="One of the tags is enough.")] = False,
    project: ProjectOption = None,
    min_confidence: Annotated[
        float | None, typer.Option("--min-confidence", metavar="0..1", min=0, max=1, help="As sure as that at least.")
    ] = None,
    max_age: Annotated[
        float | None, typer.Option("--max-age", metavar="DUR", parser=seconds, help="Written since: 12h, 7d.")
    ] = None,
    mode: Annotated[
        Literal["text", "vector", "hybrid"] | None,
        typer.Option("--mode", help="By words, by meaning or by both, which it is where there is a model for it."),
    ] = None,
) -> None:
    """Find what is kept, the best first."""
    chosen: Globals = ctx.obj
    query = given(type=type, tags=tag, project=project, min_confidence=min_confidence, mode=mode, limit=limit)
    if any_tag:
        query["tag_mode"] = "any"
    if max_age is not None:
        query["max_age_hours"] = max_age / 3_600
    query["query"] = " ".join(words)
    reply = DaemonClient.started(chosen).search_memory(query)
    print_list(reply, COLUMNS, chosen, "Nothing was found.")
    # Who did not choose has nothing to wonder about.
    if reply["remark"] and chosen.talks and (mode or chosen.verbose):
        print(reply["remark"], file=sys.stderr)


@app.command()
def show(
    ctx: typer.Context,
    entry: EntryArgument,
    history: Annotated[bool, typer.Option("--history", help="Every version instead, the oldest first.")] = False,
) -> None:
    """Show an entry, with what was said of it."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    if not history:
        reply = client.memory(entry)
        print_object(reply, chosen, lambda paint: page(reply, paint))
        return
    past = client.memory_history(entry)
    if chosen.json or chosen.fields:
        print_list(past, COLUMNS, chosen, "")
    else:
        print_object(past, chosen, lambda paint: versions(past["items"], paint))


@app.command(
    epilog="""
    triforce memory edit k3v
    triforce memory edit k3v --tag db --tag ledger --confidence 0.9
    """
)
def edit(
    ctx: typer.Context,
    entry: EntryArgument,
    content: Annotated[
        str | None, typer.Option("--content", metavar="TEXT", help="The new content; - is what is piped in.")
    ] = None,
    type: Annotated[TypeName | None, typer.Option("--type", help="Another type.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="These tags instead; one that is empty: none.")
    ] = None,
    project: Annotated[
        str | None, typer.Option("--project", metavar="NAME", help="Another project; an empty one: none.")
    ] = None,
    importance: Annotated[ImportanceName | None, typer.Option("--importance", help="Another importance.")] = None,
    confidence: Confidence = None,
    ttl: Life = None,
) -> None:
    """Make a new version of an entry and print its id; without an option, in your editor."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    change = given(
        content=piped() if content == "-" else content,
        type=type,
        tags=None if tag is None else [one for one in tag if one.strip()],
        project=project,
        importance=importance,
        confidence=confidence,
    )
    if ttl is not None:
        change["ttl_seconds"] = life(ttl)
    reply = client.change_memory(entry, change or {"content": rewritten(client.memory(entry)["content"], chosen)})
    print_done(reply, chosen, f"This is version {reply['version']}.", result=reply["id"])


@app.command(
    epilog="""
    triforce memory validate k3v confirm
    triforce memory validate k3v reject --reason "moved to another host"
    """
)
def validate(
    ctx: typer.Context,
    entry: EntryArgument,
    verdict: Annotated[Literal["confirm", "reject"], typer.Argument(metavar="VERDICT", help="confirm or reject.")],
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so; without: you.")] = None,
) -> None:
    """Say that an entry is right or wrong, which moves its confidence."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).validate_memory(entry, given(verdict=verdict, reason=reason, by=by))
    print_done(reply, chosen, f"Its confidence is {reply['confidence']:.2f} now.")


@app.command(
    epilog="""
    triforce memory forget k3v
    triforce memory forget --project orion --older-than 90d --dry-run
    """
)
def forget(
    ctx: typer.Context,
    entries: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Ids, or their beginnings.", autocompletion=_suggestions.memory),
    ] = None,
    type: TypeOption = None,
    tag: TagOption = None,
    project: ProjectOption = None,
    older_than: Annotated[
        float | None, typer.Option("--older-than", metavar="DUR", parser=seconds, help="Only what is so old: 30d.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would be.")] = False,
) -> None:
    """Forget entries, with all their versions; for a while they can be brought back."""
    chosen: Globals = ctx.obj
    client = DaemonClient.started(chosen)
    asked = given(ids=entries, type=type, tags=tag, project=project, dry_run=True)
    if older_than is not None:
        asked["older_than_days"] = older_than / 86_400
    reply = client.forget_memory(asked)
    if dry_run or not reply["matched"]:
        print_list({**reply, "next": None}, COLUMNS, chosen, "Nothing fits.")
        return
    require_yes(f"Forget {entries_of(reply['matched'])}?", chosen)
    asked["dry_run"] = False
    done = client.forget_memory(asked)
    print_done(done, chosen, f"Forgot {entries_of(done['deleted'])}. Back again: triforce memory undo {done['change']}")


@app.command()
def undo(
    ctx: typer.Context,
    change: Annotated[str, typer.Argument(metavar="CHANGE", help="What a command named so, with --json or in words.")],
) -> None:
    """Take a change back: of adding, editing, validating, importing or forgetting."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).undo_memory(change)
    print_done(reply, chosen, f"Undone: {entries_of(len(reply['undone']))}.")
    if chosen.talks:
        for kept in reply["kept"]:
            print(f"{kept['id']} stays as it is: {kept['reason']}", file=sys.stderr)


@app.command(
    epilog="""
    triforce memory export > memory.jsonl
    triforce memory export --output memory.jsonl
    """
)
def export(
    ctx: typer.Context,
    output: Annotated[str, typer.Option("--output", metavar="FILE", help="Where to; - is standard output.")] = "-",
) -> None:
    """Write all that is kept, an entry a line, as JSON with every version."""
    chosen: Globals = ctx.obj
    found = carried_out(DaemonClient.started(chosen))
    write_text(output, as_json_lines(found), chosen.environ)
    if output != "-" and chosen.talks:
        print(f"Wrote {entries_of(len(found))} to {output}.", file=sys.stderr)


@app.command("import")
def importentries_of(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="What `export` wrote; or -.")],
) -> None:
    """Add exported entries, under new ids; what is there already is left as it is."""
    chosen: Globals = ctx.obj
    reply = carried_in(DaemonClient.started(chosen), files)
    print_list(reply, COLUMNS, chosen, "Nothing was added.")
    if chosen.talks:
        print(f"Added {entries_of(len(reply['items']))}; {reply['duplicates']:,} were there already.", file=sys.stderr)


@app.command()
def stats(ctx: typer.Context, project: ProjectOption = None) -> None:
    """Show how much is kept, and of what kind."""
    chosen: Globals = ctx.obj
    reply = DaemonClient.started(chosen).memory_stats(project)
    print_object(reply, chosen, lambda paint: summary(reply, paint))
