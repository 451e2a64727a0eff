"""`triforce completion`: what a shell needs to complete commands at the touch of Tab."""

import os
from collections.abc import Mapping
from typing import Annotated, Literal

import typer
from typer.completion import get_completion_script  # pyright: ignore[reportPrivateImportUsage]: where it is documented

from triforce_cli.commands._files import write_text
from triforce_cli.contexts import Globals
from triforce_cli.errors import WrongUsage
from triforce_cli.output.as_table import print_done

app = typer.Typer(add_completion=False, help="Completion for bash, zsh and fish.")

Shell = Literal["bash", "zsh", "fish"]

_VARIABLE = "_TRIFORCE_COMPLETE"

# zsh runs the file as the function `_triforce` at the first Tab: that call has to complete, not only to define.
_FIRST_TAB = """
if [ "$funcstack[1]" = "_triforce" ]; then
  _triforce_completion "$@"
fi
"""


@app.command()
def bash() -> None:
    """Print the script for bash: eval "$(triforce completion bash)"."""
    print(script("bash"), end="")


@app.command()
def zsh() -> None:
    """Print the script for zsh, for a file `_triforce` in a folder of $fpath."""
    print(script("zsh"), end="")


@app.command()
def fish() -> None:
    """Print the script for fish: triforce completion fish | source."""
    print(script("fish"), end="")


@app.command()
def install(
    ctx: typer.Context,
    shell: Annotated[Shell | None, typer.Argument(metavar="[SHELL]", help="bash, zsh or fish; else yours.")] = None,
) -> None:
    """Write the script to where your shell looks for it, and say what else it needs. Changes no other file."""
    chosen: Globals = ctx.obj
    wanted = shell or _own_shell(chosen.environ)
    path, remark = _place(wanted, chosen.environ)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    write_text(path, script(wanted), chosen.environ)
    print_done({"schema": "triforce.completion.install/1", "shell": wanted, "path": path}, chosen, remark, result=path)


def script(shell: Shell) -> str:
    """The script that Typer makes for `shell`, as a file that the shell loads by itself."""
    # For zsh, `#compdef` counts on the very first line only.
    text = get_completion_script(prog_name="triforce", complete_var=_VARIABLE, shell=shell).strip()
    return f"{text}\n{_FIRST_TAB}" if shell == "zsh" else f"{text}\n"


def _own_shell(environ: Mapping[str, str]) -> Shell:
    name = os.path.basename(environ.get("SHELL", ""))
    if name in ("bash", "zsh", "fish"):
        return name
    raise WrongUsage("Which shell is it for?", "Name it: triforce completion install bash, zsh or fish")


def _place(shell: Shell, environ: Mapping[str, str]) -> tuple[str, str]:
    """The file that `shell` reads, and what to do for it to be read."""
    home = environ.get("HOME") or os.path.expanduser("~")
    data = environ.get("XDG_DATA_HOME") or os.path.join(home, ".local/share")
    config = environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    places: dict[Shell, tuple[str, str]] = {
        "bash": (
            os.path.join(data, "bash-completion/completions/triforce"),
            "New shells use it, where the package bash-completion is installed.",
        ),
        "zsh": (
            os.path.join(home, ".zfunc/_triforce"),
            "Put this line into ~/.zshrc, unless it is there: fpath+=~/.zfunc; autoload -Uz compinit; compinit",
        ),
        "fish": (os.path.join(config, "fish/completions/triforce.fish"), "New shells use it."),
    }
    return places[shell]
