"""docs/reference/commands.md: every command, its arguments and options."""

from collections.abc import Iterable, Iterator

from docs.generator.commands import Command, Option
from docs.generator.manual import described
from docs.generator.markdown import page, table

INTRODUCTION = """\
Each command prints its own help with `-h`. The same stands in the manual: `man triforce`, `man triforce-chat`."""


def text(tree: Command) -> str:
    return page("Commands", _parts(tree))


def _parts(tree: Command) -> Iterator[str]:
    yield INTRODUCTION
    yield "## Options that every command takes\n\nThey may stand before or after the command's name."
    yield _options(tree.options)
    for command in tree.walk():
        if command is not tree:
            yield f"{'#' * len(command.path)} {command.title}"
            yield from command.paragraphs
            yield from _usage(command)


def _usage(command: Command) -> Iterator[str]:
    if not command.commands:
        yield f"```text\n{command.title} {command.usage}\n```"
    if explained := [one for one in command.arguments if one.help]:
        yield table(("argument", "meaning"), ((f"`{one.usage}`", one.help) for one in explained))
    if command.options:
        yield _options(command.options)
    if command.examples:
        yield "```sh\n" + "\n".join(command.examples) + "\n```"


def _options(options: Iterable[Option]) -> str:
    def shown(option: Option) -> str:
        return "`" + ", ".join(option.names) + (f" {option.value}" if option.value else "") + "`"

    return table(("option", "meaning"), ((shown(option), described(option)) for option in options))
