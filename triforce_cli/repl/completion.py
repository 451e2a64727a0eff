"""What is offered while a slash command is typed: commands, models, sessions, files."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import TriforceCliError
from triforce_cli.output.sanitise import one_line
from triforce_cli.repl.slash import SLASH, SlashCommand, is_command

#: Nobody waits longer than this for a suggestion.
_PATIENCE_SECONDS = 0.5

Suggestions = Iterable[tuple[str, str]]


class SlashCompleter(Completer):
    """Completes commands, and what stands behind them; other text is left alone."""

    def __init__(self, commands: Mapping[str, SlashCommand], chosen: Globals) -> None:
        self._commands = commands
        self._chosen = chosen
        self._files = PathCompleter(expanduser=True)
        self._known: dict[str, list[tuple[str, str]]] = {}

    def forget(self) -> None:
        """Ask the daemon anew when its names are needed next."""
        self._known.clear()

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        line = document.text_before_cursor
        if not is_command(line) or "\n" in line:
            return
        name, space, rest = line.removeprefix(SLASH).partition(" ")
        if not space:
            yield from _fitting(name, ((f"{one.name}", one.summary) for one in self._commands.values()))
        elif name in self._commands:
            yield from self._completions_of(self._commands[name].parameter or "", rest, complete_event)

    def _completions_of(self, parameter: str, typed: str, event: CompleteEvent) -> Iterator[Completion]:
        if parameter in ("file", "files"):
            yield from self._files.get_completions(Document(typed.rpartition(" ")[2]), event)
        elif parameter in _OF_THE_DAEMON:
            yield from _fitting(typed, self._names(parameter))

    def _names(self, parameter: str) -> Suggestions:
        if parameter not in self._known:
            self._known[parameter] = []
            # Without a daemon there are no names to offer; the command itself says what is wrong.
            with suppress(TriforceCliError):
                client = DaemonClient.of(self._chosen._replace(timeout=_PATIENCE_SECONDS))
                self._known[parameter] = list(_OF_THE_DAEMON[parameter](client))
        return self._known[parameter]


def _models(client: DaemonClient) -> Suggestions:
    return [(model["id"], model["state"]) for model in client.models()["items"]]


def _sessions(client: DaemonClient) -> Suggestions:
    return [(session["id"], session["title"]) for session in client.sessions(limit=50)["items"]]


_OF_THE_DAEMON: Mapping[str, Callable[[DaemonClient], Suggestions]] = {"model": _models, "session": _sessions}


def _fitting(typed: str, suggestions: Suggestions) -> Iterator[Completion]:
    for text, about in suggestions:
        if text.startswith(typed):
            yield Completion(text, start_position=-len(typed), display_meta=one_line(about))
