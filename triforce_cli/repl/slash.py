"""What makes a function a slash command, and how a line finds its command."""

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import Any, NamedTuple

from triforce_cli.errors import WrongUsage

SLASH = "/"


class SlashCommand(NamedTuple):
    name: str
    summary: str
    parameter: str | None
    required: bool
    function: Callable[..., None]

    @property
    def usage(self) -> str:
        """How it is typed: `/model [MODEL]`."""
        if self.parameter is None:
            return f"/{self.name}"
        word = self.parameter.upper()
        return f"/{self.name} {word if self.required else f'[{word}]'}"

    def run(self, talk: Any, rest: str) -> None:
        """Do it; `rest` is what stands behind the name. Raises WrongUsage, and what the command raises."""
        if rest and self.parameter is None:
            raise WrongUsage(f"/{self.name} stands alone.", f"To send it as a message: //{self.name} {rest}")
        if self.required and not rest:
            raise WrongUsage(f"/{self.name} needs something behind it.", f"It is used so: {self.usage}")
        self.function(talk, *([rest] if rest else []))


def commands_of(module: ModuleType) -> dict[str, SlashCommand]:
    """The commands that a module declares: its public functions, in the order in which they stand there."""
    functions = (thing for thing in vars(module).values() if inspect.isfunction(thing))
    own = (function for function in functions if function.__module__ == module.__name__)
    made = (_command(function) for function in own if not function.__name__.startswith("_"))
    return {command.name: command for command in made}


def is_command(line: str) -> bool:
    """Whether a message is a command: one slash, for two are sent as one."""
    return line.startswith(SLASH) and not line.startswith(SLASH * 2)


def run_line(line: str, commands: Mapping[str, SlashCommand], talk: Any) -> None:
    """Run the command that a line names. Raises WrongUsage where there is none, and what the command raises."""
    name, _, rest = line.removeprefix(SLASH).partition(" ")
    command = commands.get(name.lower())
    if command is None:
        near = get_close_matches(name.lower(), commands)
        meant = f"Did you mean /{near[0]}? " if near else "/help lists them. "
        raise WrongUsage(f"There is no command /{name}.", f"{meant}To send it as a message: /{line}")
    command.run(talk, rest.strip())


def _command(function: Callable[..., None]) -> SlashCommand:
    parameters = [*inspect.signature(function).parameters.values()][1:]
    return SlashCommand(
        # Some names are words of the language, and carry an underscore.
        name=function.__name__.rstrip("_"),
        summary=(inspect.getdoc(function) or "").splitlines()[0],
        parameter=parameters[0].name if parameters else None,
        required=bool(parameters) and parameters[0].default is inspect.Parameter.empty,
        function=function,
    )
