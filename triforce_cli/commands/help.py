"""`triforce help`: the help of a command, or a page about what concerns them all."""

from typing import Annotated, Any

import typer

from triforce_cli.contexts import Globals
from triforce_cli.exit_codes import MEANINGS, RETRYABLE
from triforce_cli.output.as_json import print_json
from triforce_cli.output.pager import show

app = typer.Typer(add_completion=False)


@app.command(
    "help",
    epilog="""
    triforce help sessions export
    triforce help exit-codes
    """,
)
def help_about(
    ctx: typer.Context,
    topic: Annotated[list[str] | None, typer.Argument(metavar="[TOPIC]...", help="A command, or: exit-codes.")] = None,
) -> Any:
    """Show the help of a command, or of a topic: exit-codes."""
    chosen: Globals = ctx.obj
    root: Any = ctx.find_root()
    words = topic or []
    if words == ["exit-codes"]:
        return _exit_codes(chosen)
    # The command itself knows best, also what to say where there is none.
    with root.command.make_context(root.info_name, [*words, "--help"], obj=chosen) as context:
        return root.command.invoke(context)


def _exit_codes(chosen: Globals) -> None:
    if chosen.json:
        items = [{"code": code, "meaning": words, "retryable": code in RETRYABLE} for code, words in MEANINGS.items()]
        print_json({"schema": "triforce.help.exit-codes/1", "items": items, "next": None}, chosen.fields)
        return
    lines = [f"{code:>3}  {words}{' (try again)' if code in RETRYABLE else ''}" for code, words in MEANINGS.items()]
    show("\n".join(lines), chosen.environ)
