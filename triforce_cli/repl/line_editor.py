"""The line in which a message is typed: its keys, its history, and the bar below it."""

import os
from collections.abc import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input.ansi_escape_sequences import ANSI_SEQUENCES
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from triforce_cli.contexts import Globals
from triforce_cli.repl.completion import SlashCompleter
from triforce_cli.repl.slash import is_command
from triforce_daemon.wire.paths import state_folder

PROMPT = "> "
_MORE = "… "
_QUOTES = '"""'
_FENCE = "```"
_STYLE = {"bottom-toolbar": "noreverse", "bottom-toolbar.text": "ansibrightblack", "prompt": "bold"}


def line_editor(
    completer: SlashCompleter, bar: Callable[[], str], chosen: Globals, history: History
) -> PromptSession[str]:
    """The line editor; `bar` says what stands below the line."""
    # Shift+Enter, of terminals that tell it from Enter (kitty's protocol), is Alt+Enter.
    ANSI_SEQUENCES.setdefault("\x1b[13;2u", (Keys.Escape, Keys.ControlM))
    toolbar: Callable[[], StyleAndTextTuples] = lambda: [("class:bottom-toolbar.text", bar())]  # noqa: E731
    plain = chosen.no_color or bool(chosen.environ.get("NO_COLOR"))
    return PromptSession(
        [("class:prompt", PROMPT)],
        multiline=True,
        prompt_continuation=_MORE,
        key_bindings=_keys(),
        completer=completer,
        complete_while_typing=Condition(lambda: is_command(get_app().current_buffer.text)),
        history=history,
        bottom_toolbar=toolbar,
        style=Style.from_dict(_STYLE),
        color_depth=ColorDepth.DEPTH_1_BIT if plain else None,
        enable_open_in_editor=True,
        enable_suspend=True,
        tempfile_suffix=".md",
    )


def history_of(chosen: Globals, *, keep: bool) -> History:
    """What was typed before, from a file that only its owner can read. Where it cannot be, or must not: of this run."""
    path = os.path.join(state_folder(chosen.environ), "chat_history")
    try:
        if keep:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
            return FileHistory(path)
    except OSError:
        # A home that cannot be written is no reason not to talk.
        pass
    return InMemoryHistory()


def unquoted(text: str) -> str:
    """A message without the quotes that held its lines together."""
    text = text.strip()
    if text.startswith(_QUOTES):
        text = text.removeprefix(_QUOTES).removesuffix(_QUOTES).strip("\n")
    return text


def is_open(text: str) -> bool:
    """Whether a block that was begun still waits for its end."""
    text = text.strip()
    if text.startswith(_QUOTES):
        return text == _QUOTES or not text.endswith(_QUOTES)
    return sum(line.lstrip().startswith(_FENCE) for line in text.splitlines()) % 2 == 1


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_open(buffer.text):
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("c-j")
    @keys.add("escape", "enter")
    def begin_a_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def give_up(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    return keys
