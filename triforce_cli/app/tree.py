"""The tree of commands: one file of `triforce_cli.commands` each, loaded when that command runs."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from triforce_cli import commands
from triforce_cli.app.global_flags import global_options, graft, is_global
from triforce_cli.commands._welcome import welcome
from triforce_cli.contexts import Globals
from triforce_cli.errors import WrongUsage

PROGRAM = "triforce"
COMPLETE_VARIABLE = "_TRIFORCE_COMPLETE"

#: What fingers type; not shown anywhere.
_ALIASES = {"ls": ("list",), "rm": ("delete", "remove")}

# Typer carries its own copy of Click, whose names are private: hence `Any` where a context or a formatter is meant.


class Command(TyperCommand):
    """A verb: Typer's command, with the global flags and a plain help page."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.rich_markup_mode = None

    def get_params(self, ctx: Any) -> list[Any]:
        return graft(_global_options_of(ctx), super().get_params(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        _write_params(self, ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The examples stand above the global flags, and are written there."""


class Group(TyperGroup):
    """A noun: its verbs, the global flags, and a guess at what was meant where a verb does not exist."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.rich_markup_mode = None

    def get_params(self, ctx: Any) -> list[Any]:
        return graft(_global_options_of(ctx), super().get_params(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        names = (cmd_name, *_ALIASES.get(cmd_name, ()))
        return next((command for name in names if (command := super(Group, self).get_command(ctx, name))), None)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            raise _no_such_command(ctx, args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        self.format_commands(ctx, formatter)
        _write_params(self, ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The examples stand above the global flags, and are written there."""


class Root(Group):
    """`triforce` itself. Its commands are the files of `triforce_cli.commands`, and nothing of them is loaded early."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(
            name=PROGRAM,
            help="Language models, tools and machines behind one local daemon.",
            invoke_without_command=True,
            callback=_greet,
            context_settings={
                "obj": Globals(environ),
                "help_option_names": ["-h", "--help"],
                "max_content_width": 100,
                "color": False if environ.get("NO_COLOR") else None,
            },
        )
        self.global_options = global_options()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        ctx.params["context"] = ctx
        return rest

    def list_commands(self, ctx: Any) -> list[str]:
        files = os.listdir(commands.__path__[0])
        return sorted(name[:-3] for name in files if name.endswith(".py") and not name.startswith("_"))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.list_commands(ctx):
            return None
        return _built(import_module(f"triforce_cli.commands.{cmd_name}").app, cmd_name)


def _greet(context: Any) -> None:
    if context.invoked_subcommand is None:
        welcome(context.obj)


def _built(app: typer.Typer, name: str) -> Any:
    """The command or the group that a module declares, made of the classes above."""
    _dress(app)
    command = get_command(app)
    command.name = name
    return command


def _dress(app: typer.Typer) -> None:
    app.info.cls = Group
    for info in app.registered_commands:
        info.cls = Command
    for nested in app.registered_groups:
        nested.cls = Group
        if nested.typer_instance is not None:
            _dress(nested.typer_instance)


def _global_options_of(context: Any) -> Any:
    return getattr(context.find_root().command, "global_options", ())


def _no_such_command(context: Any, name: str, known: list[str]) -> WrongUsage:
    near = get_close_matches(name, known)
    if near:
        hint = f"Did you mean: {' or '.join(f'{context.command_path} {word}' for word in near)}"
    elif " " in name:
        hint = f'To ask a model: {PROGRAM} chat "{name}"'
    else:
        hint = f"See what there is: {context.command_path} --help"
    return WrongUsage(f"There is no command {name!r} in `{context.command_path}`.", hint)


def _write_params(command: Any, context: Any, formatter: Any) -> None:
    params = command.get_params(context)
    _write_section("Arguments", [param for param in params if param.param_type_name == "argument"], context, formatter)
    own = [param for param in params if param.param_type_name == "option" and not is_global(param)]
    _write_section("Options", own, context, formatter)
    if command.epilog:
        # As they stand: wrapping would break them.
        with formatter.section("Examples"):
            formatter.write("".join(f"  {line.strip()}\n" for line in command.epilog.strip().splitlines()))
    _write_section("Global options", list(filter(is_global, params)), context, formatter)


def _write_section(title: str, params: list[Any], context: Any, formatter: Any) -> None:
    rows = [row for param in params if (row := param.get_help_record(context)) is not None]
    if rows:
        with formatter.section(title):
            formatter.write_dl(rows)
