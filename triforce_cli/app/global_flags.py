"""The flags that every command takes, before or after its verb: declared here once, and grafted onto each command."""

import copy
from collections.abc import Callable, Iterable
from typing import Any

import typer
from typer.core import TyperOption

from triforce_cli.commands._durations import seconds
from triforce_daemon.wire.constants import VERSION


def global_options() -> list[TyperOption]:
    """One option for each field of `Globals` that a flag can set, and `--version`."""
    return [
        _switch("--json", help="Print JSON; errors too, on one line of standard error."),
        _option("--fields", metavar="A,B", convert=_names, help="Print these fields only."),
        _switch("-q", "--quiet", help="Print ids only, and no remarks."),
        _switch("-v", "--verbose", help="Say more about what happens."),
        _switch("--debug", help="Show where an error comes from."),
        _switch("--no-color", help="Print without colours, as NO_COLOR=1 does."),
        _switch("--no-input", help="Never ask; fail where an answer would be needed."),
        _switch("-y", "--yes", help="Answer every question with yes."),
        _option("--context", metavar="NAME", help="The daemon to speak to.  [env var: TRIFORCE_CONTEXT]"),
        _option("--socket", metavar="PATH", help="The daemon's socket.  [env var: TRIFORCE_SOCKET]"),
        _option("--timeout", metavar="DUR", convert=seconds, help="Give up after this long: 500ms, 30s, 2m."),
        _option("--config", metavar="FILE", help="The daemon's configuration.  [env var: TRIFORCE_CONFIG]"),
        _version(),
    ]


def graft(options: Iterable[TyperOption], params: list[Any]) -> list[Any]:
    """A command's own parameters, then the global ones; where both claim a letter, it is the command's."""
    taken = {name for param in params for name in (*param.opts, *param.secondary_opts)}
    return [*params, *(left for option in options if (left := _without(option, taken)) is not None)]


def is_global(param: Any) -> bool:
    """Whether this parameter of a command was grafted onto it."""
    return isinstance(param, _GlobalOption)


class _GlobalOption(TyperOption):
    pass


def _without(option: TyperOption, taken: set[str]) -> TyperOption | None:
    if taken.isdisjoint(option.opts):
        return option
    left = copy.copy(option)
    left.opts = [name for name in option.opts if name not in taken]
    return left if left.opts else None


def _switch(*names: str, help: str) -> TyperOption:
    return _GlobalOption(
        param_decls=list(names), help=help, is_flag=True, is_eager=True, expose_value=False, callback=_keep(None)
    )


def _option(name: str, metavar: str, help: str, convert: Callable[[str], object] | None = None) -> TyperOption:
    return _GlobalOption(
        param_decls=[name], help=help, metavar=metavar, is_eager=True, expose_value=False, callback=_keep(convert)
    )


def _version() -> TyperOption:
    return _GlobalOption(
        param_decls=["-V", "--version"],
        help="Print the version.",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_version,
    )


def _keep(convert: Callable[[str], object] | None) -> Callable[[Any, Any, Any], None]:
    """What a flag does: it sets its field of `ctx.obj`, which a subcommand inherits from its parent."""

    def keep(context: Any, param: Any, value: Any) -> None:
        if value is not None:
            context.obj = context.obj._replace(**{param.name: convert(value) if convert else value})

    return keep


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise typer.BadParameter("name at least one field, like --fields id,title")
    return names


def _print_version(context: Any, _param: Any, value: Any) -> None:
    if value and not context.resilient_parsing:
        print("triforce", VERSION)
        raise typer.Exit
