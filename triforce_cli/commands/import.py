"""`triforce import`: takes over what the original, the server of the architecture page, kept in its files."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from triforce_cli.commands._files import read_text
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import Failed, InputInvalid
from triforce_cli.exit_codes import DONE, FAILED
from triforce_cli.imports import env_file, nodes_file, users_file
from triforce_cli.imports.entry import Entry
from triforce_cli.imports.taking import compared, taken
from triforce_cli.output.as_table import print_list
from triforce_cli.output.columns import Column

app = typer.Typer(add_completion=False)

_NO_MESH = "There is no mesh yet in this version: nodes are read and checked, and nothing of them is kept."


@app.command(
    name="import",
    epilog="""
    triforce import users.json --dry-run
    triforce import triforce.env
    triforce import federation_nodes.json --dry-run
    """,
)
def import_file(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="users.json, triforce.env or federation_nodes.json.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be taken over.")] = False,
) -> int:
    """Take over users, keys and nodes from the files of the original.

    Accounts come without their passwords, keys go into the vault and are not shown, and what everybody knows (the
    defaults and examples of the original) is refused. What is here already stays as it is.
    """
    chosen: Globals = ctx.obj
    entries = _read(file)
    if not dry_run and any(entry.kind == "node" for entry in entries):
        raise Failed(_NO_MESH, "See what it says with --dry-run.")
    if any(entry.state == "new" for entry in entries):
        daemon = DaemonClient.started(chosen)
        entries = compared(entries, daemon)
        if not dry_run:
            entries = list(taken(entries, daemon))
    reply = {
        "schema": "triforce.import/1",
        "file": file,
        "dry_run": dry_run,
        "counts": dict(Counter(entry.state for entry in entries)),
        "items": [entry.item() for entry in entries],
        "next": None,
    }
    print_list(reply, COLUMNS, chosen, "There is nothing in it that has a place here.")
    return FAILED if any(entry.state == "failed" for entry in entries) else DONE


def _read(file: str) -> Sequence[Entry]:
    text = read_text(file)
    if os.path.basename(file).endswith(".env"):
        return env_file.read(text)
    try:
        content: Any = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        hint = "Files that are known: users.json, federation_nodes.json, and triforce.env."
        raise InputInvalid(f"{file} is no JSON: {error}.", hint) from None
    is_nodes = isinstance(content, dict) and "nodes" in content
    return nodes_file.read(content) if is_nodes else users_file.read(content)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


COLUMNS = (
    Column("KIND", "kind"),
    Column("IN THE FILE", "source", flexible=True),
    Column("HERE", "name", flexible=True),
    Column("STATE", "state"),
    Column("NOTE", "note", flexible=True),
)
