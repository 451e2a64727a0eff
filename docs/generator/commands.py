"""The command tree as plain values, read from Typer: what manual pages and reference pages are made of."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Option:
    """An option; `value` names what it takes and is None for a flag."""

    names: tuple[str, ...]
    value: str | None
    help: str
    default: str | None
    environment: str | None


@dataclass(frozen=True)
class Argument:
    name: str
    required: bool
    many: bool
    help: str

    @property
    def usage(self) -> str:
        word = self.name + ("..." if self.many else "")
        return word if self.required else f"[{word}]"


@dataclass(frozen=True)
class Command:
    """A command, or a group of commands; `path` begins with the program's name."""

    path: tuple[str, ...]
    help: str
    arguments: tuple[Argument, ...]
    options: tuple[Option, ...]
    """Its own; those that every command takes are the root's."""
    examples: tuple[str, ...]
    """Command lines, with or without a remark behind them."""
    commands: tuple["Command", ...]

    @property
    def title(self) -> str:
        return " ".join(self.path)

    @property
    def paragraphs(self) -> list[str]:
        return [part for part in inspect.cleandoc(self.help).split("\n\n") if part.strip()]

    @property
    def summary(self) -> str:
        """The first paragraph of the help on one line, without its period."""
        return " ".join("".join(self.paragraphs[:1]).split()).removesuffix(".")

    @property
    def usage(self) -> str:
        """The words after the title."""
        words = [argument.usage for argument in self.arguments]
        if self.commands:
            words += ["COMMAND"]
        return " ".join(["[OPTIONS]", *words])

    def walk(self) -> Iterator["Command"]:
        """This command and all below it, in the order of the help."""
        yield self
        for command in self.commands:
            yield from command.walk()


def read(program: str, root: Any) -> Command:
    """The tree below `root`, a group of Typer's (whose own classes are private to it)."""
    context = _context(root, program)
    tree = _read((program,), root, context)
    # What the root takes, its help option among it, every command takes.
    return replace(tree, options=tuple(_options(root.get_params(context), context)))


def _read(path: tuple[str, ...], command: Any, context: Any) -> Command:
    names: list[str] = command.list_commands(context) if hasattr(command, "list_commands") else []
    below = [(name, command.get_command(context, name)) for name in names]
    return Command(
        path,
        command.help or command.short_help or "",
        tuple(_argument(param) for param in command.params if param.param_type_name == "argument" and not param.hidden),
        tuple(_options(command.params, context)),
        tuple(line.strip() for line in (command.epilog or "").splitlines() if line.strip()),
        tuple(_read((*path, name), it, _context(it, name, context)) for name, it in below if not it.hidden),
    )


def _context(command: Any, name: str, parent: Any = None) -> Any:
    settings = command.context_settings
    return command.context_class(command, info_name=name, parent=parent, resilient_parsing=True, **settings)


def _options(params: list[Any], context: Any) -> Iterator[Option]:
    for param in params:
        if param.param_type_name == "option" and not param.hidden:
            yield _option(param, context)


def _option(param: Any, context: Any) -> Option:
    is_flag = param.is_flag or param.count
    environment = [param.envvar] if isinstance(param.envvar, str) else param.envvar or []
    shown = param.show_default and not is_flag and param.default is not None and not callable(param.default)
    return Option(
        names=tuple(sorted([*param.opts, *param.secondary_opts], key=lambda name: (name.startswith("--"), name))),
        value=None if is_flag else param.make_metavar(context),
        help=" ".join((param.help or "").split()),
        default=str(param.default) if shown else None,
        environment=environment[0] if environment else None,
    )


def _argument(param: Any) -> Argument:
    name = re.sub(r"[\[\].]", "", param.metavar or param.name or "").upper()
    return Argument(name, param.required, param.nargs != 1, " ".join((param.help or "").split()))
