"""Completion scripts for bash, zsh and fish, as files that a shell loads by itself."""

from collections.abc import Iterator

from typer.completion import get_completion_script  # pyright: ignore[reportPrivateImportUsage]: its documented place

PROGRAM = "triforce"
VARIABLE = "_TRIFORCE_COMPLETE"

# zsh loads the file as the function `_triforce` at the first Tab: that call has to complete as well, not only define.
FIRST_TAB = 'if [ "$funcstack[1]" = "_triforce" ]; then\n  _triforce_completion "$@"\nfi'


def scripts() -> Iterator[tuple[str, str]]:
    """(file name, text) for each shell, as Typer writes it."""
    yield "triforce.bash", _script("bash")
    # `#compdef` counts on the first line only.
    yield "_triforce", f"{_script('zsh')}\n{FIRST_TAB}\n"
    yield "triforce.fish", _script("fish")


def _script(shell: str) -> str:
    text = get_completion_script(prog_name=PROGRAM, complete_var=VARIABLE, shell=shell)
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"
