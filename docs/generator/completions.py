"""Completion scripts as files, for the folders that shells load them from."""

from collections.abc import Iterator

from triforce_cli.commands.completion import script


def scripts() -> Iterator[tuple[str, str]]:
    """(file name, text) for each shell; what `triforce completion` prints."""
    yield "triforce.bash", script("bash")
    yield "_triforce", script("zsh")
    yield "triforce.fish", script("fish")
