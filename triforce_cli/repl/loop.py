"""The conversation in a terminal: read a line, do what it says, and again until the end."""

import sys
from collections.abc import Sequence

from prompt_toolkit import PromptSession

from triforce_cli.contexts import Globals
from triforce_cli.conversation.conversation import Conversation
from triforce_cli.conversation.keyboard import hushed
from triforce_cli.errors import DaemonNotRunning, DaemonWentAway, TriforceCliError
from triforce_cli.output.as_words import in_words
from triforce_cli.output.paint import paint_for
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import count
from triforce_cli.repl import slash_commands
from triforce_cli.repl.completion import SlashCompleter
from triforce_cli.repl.line_editor import history_of, line_editor, unquoted
from triforce_cli.repl.slash import SLASH, SlashCommand, commands_of, is_command, run_line
from triforce_cli.repl.talk import Talk

_TITLE_WIDTH = 40


def talk(
    conversation: Conversation, attached: Sequence[str], chosen: Globals, *, raw: bool = False, usage: bool = False
) -> None:
    """Talk until the user ends it. Errors are told, and the conversation goes on."""
    state = Talk(conversation, chosen, raw, usage, [*attached])
    commands = commands_of(slash_commands)
    completer = SlashCompleter(commands, chosen)
    editor = line_editor(completer, lambda: _bar(state), chosen, history_of(chosen, keep=conversation.keep))
    _greet(state)
    with hushed():
        while not state.ended:
            completer.forget()
            _take_turn(editor, state, commands)
    if conversation.begun:
        state.remark(f"To go on: triforce chat -c, or later: triforce chat -r {conversation.session}")


def _take_turn(editor: PromptSession[str], state: Talk, commands: dict[str, SlashCommand]) -> None:
    try:
        text = editor.prompt()
    except KeyboardInterrupt:
        state.remark("To end: Ctrl+D or /quit.")
    except EOFError:
        state.ended = True
    else:
        if message := unquoted(text):
            _react(message, state, commands)
            print(flush=True)


def _react(text: str, state: Talk, commands: dict[str, SlashCommand]) -> None:
    try:
        if is_command(text):
            run_line(text, commands, state)
        else:
            state.send(text.removeprefix(SLASH) if text.startswith(SLASH) else text)
    except KeyboardInterrupt:
        state.remark("Stopped.")
    except (DaemonNotRunning, DaemonWentAway) as error:
        error.hint = "The next message starts it again."
        _tell(error, state.chosen)
    except TriforceCliError as error:
        _tell(error, state.chosen)


def _tell(error: TriforceCliError, chosen: Globals) -> None:
    paint = paint_for(sys.stderr, chosen.environ, chosen.no_color)
    print(in_words(error, paint, verbose=chosen.verbose), file=sys.stderr)


def _greet(state: Talk) -> None:
    conversation = state.conversation
    if conversation.begun:
        state.remembers(state.client().session(conversation.session))
        state.remark(f"Going on with: {conversation.title}")
    if conversation.model is None:
        conversation.model = state.client().default_model()["model"]
    state.remark(f"{conversation.model}. /help lists the commands, Ctrl+D ends.")
    if not conversation.keep:
        state.remark("Nothing of this is kept, so each message stands alone: the model does not know the last one.")


def _bar(state: Talk) -> str:
    """What stands below the line: who answers, what it is about, and what it took so far."""
    title = one_line(state.conversation.title or "new conversation")
    if len(title) > _TITLE_WIDTH:
        title = title[: _TITLE_WIDTH - 1] + "…"
    parts = [one_line(state.conversation.model or ""), title, count(state.tokens, "token")]
    if state.attached:
        parts.append(f"with {count(len(state.attached), 'file')}")
    return " · ".join(parts)
