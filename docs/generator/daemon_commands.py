"""The command tree of `triforced`, read from its argparse parser."""

import argparse
from collections.abc import Iterator
from typing import Any, cast

from docs.generator.commands import Argument, Command, Option


def read(parser: argparse.ArgumentParser) -> Command:
    """The tree below `parser`; what every action takes is the root's."""
    return _read((parser.prog,), parser, parser.description or "", frozenset())


def _read(path: tuple[str, ...], parser: Any, help: str, everywhere: frozenset[tuple[str, ...]]) -> Command:
    actions: list[Any] = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    options = [_option(action) for action in actions if action.option_strings]
    everywhere_below = everywhere | {option.names for option in options}
    return Command(
        path,
        _sentence(help),
        tuple(Argument(it.dest.upper(), True, False, it.help or "") for it in actions if _is_argument(it)),
        tuple(option for option in options if option.names not in everywhere),
        (),
        tuple(_read((*path, name), it, help, everywhere_below) for name, it, help in _below(actions)),
    )


def _is_argument(action: Any) -> bool:
    return not action.option_strings and not isinstance(action.choices, dict)


def _below(actions: list[Any]) -> Iterator[tuple[str, Any, str]]:
    """(name, parser, help) of each sub-command."""
    for action in actions:
        if not action.option_strings and isinstance(action.choices, dict):
            words = {choice.dest: choice.help or "" for choice in action._choices_actions}
            parsers = cast("dict[str, Any]", action.choices)
            yield from ((name, parser, words.get(name, "")) for name, parser in parsers.items())


def _option(action: Any) -> Option:
    takes = action.metavar or ("|".join(action.choices) if action.choices else action.dest.upper())
    return Option(
        tuple(action.option_strings), None if action.nargs == 0 else takes, _sentence(action.help), None, None
    )


def _sentence(text: str | None) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}." if text else ""
