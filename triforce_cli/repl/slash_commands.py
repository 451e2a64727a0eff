"""The commands of a conversation. Each is a function: its name, its parameter and its docstring are all there is to it.

The parameter's name says what is completed in its place; without a default, it must be given.
"""

import base64
import os
import shlex
import sys

from triforce_cli.conversation.attachments import attachment
from triforce_cli.conversation.editor import edited
from triforce_cli.conversation.message import text_or_file
from triforce_cli.conversation.remarks import usage_line
from triforce_cli.conversation.steps import can_ask
from triforce_cli.conversation.tooling import NO_TOOLS, Tooling
from triforce_cli.errors import NotFound, OutputFailed, WrongUsage
from triforce_cli.output.markdown_blocks import code_blocks
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.session_files import as_json
from triforce_cli.output.transcript import as_markdown
from triforce_cli.output.words import ago, count, thousands
from triforce_cli.repl.slash import commands_of
from triforce_cli.repl.talk import Talk
from triforce_daemon.wire.constants import NEW_SESSION

_NOTHING = "none"
_RECENT = 10
_KEYS = (
    "Enter sends. Ctrl+J or Alt+Enter begins a new line.",
    "Three quotes or backticks begin a block, and end it.",
    "Ctrl+C stops an answer. Ctrl+D ends.",
    "A message that begins with a slash is sent with two.",
)


def help(talk: Talk) -> None:
    """List the commands and the keys."""
    commands = commands_of(sys.modules[__name__]).values()
    width = max(len(command.usage) for command in commands)
    for command in commands:
        print(f"{command.usage.ljust(width)}  {command.summary}", file=sys.stderr)
    for line in _KEYS:
        talk.remark(line)


def model(talk: Talk, model: str = "") -> None:
    """Say who answers, or let another model go on."""
    if model:
        talk.conversation.model = talk.client().model(model)["id"]
    talk.remark(f"Model: {talk.conversation.model or talk.client().default_model()['model']}")


def system(talk: Talk, text: str = "") -> None:
    """Show the instructions, or set them: text, @FILE or none."""
    if text:
        talk.conversation.system = "" if text == _NOTHING else text_or_file(text)
    talk.remark(f"Instructions: {talk.conversation.system or _NOTHING}")


def file(talk: Talk, files: str) -> None:
    """Add text files to the next message; none: no files."""
    if files == _NOTHING:
        talk.attached.clear()
    else:
        talk.attached += [attachment(path) for path in _words(files)]
    lines = sum(block.count("\n") for block in talk.attached)
    talk.remark(f"The next message brings {count(len(talk.attached), 'file')}, {count(lines, 'line')}.")


def tools(talk: Talk, tools: str = "") -> None:
    """Say which tools it may call, or choose tools and sets."""
    if tools == _NOTHING:
        talk.conversation.tooling = NO_TOOLS
    elif tools:
        names = tools.replace(",", " ").split()
        sets = {one["name"] for one in talk.client().toolsets()["items"]}
        # A name that is neither is said to be none at once, not when something is asked.
        single = tuple(talk.client().tool(name)["name"] for name in names if name not in sets)
        approve = "ask" if can_ask(talk.chosen) else "never"
        limits = talk.conversation.tooling.limits
        talk.conversation.tooling = Tooling(single, [name for name in names if name in sets], approve, limits)
    chosen = talk.conversation.tooling
    talk.remark(f"Tools: {', '.join([*chosen.sets, *chosen.names]) or _NOTHING}")


def retry(talk: Talk) -> None:
    """Have the last message answered again."""
    if talk.said is None and not talk.conversation.begun:
        raise WrongUsage("Nothing was asked yet.")
    talk.send_again()


def continue_(talk: Talk) -> None:
    """Ask the model to go on where its answer ended."""
    if not talk.conversation.begun:
        raise WrongUsage("There is no answer to go on with.")
    talk.send("Go on exactly where you stopped.")


def copy(talk: Talk, what: str = "") -> None:
    """Copy the last answer; /copy code: its last block of code."""
    if talk.answer is None or not talk.answer.pieces:
        raise WrongUsage("There is no answer to copy.")
    text = talk.answer.text
    if what:
        blocks = code_blocks(text)
        if what != "code" or not blocks:
            raise WrongUsage("There is no block of code in the answer.", "The whole answer: /copy")
        text = blocks[-1]
    # The terminal, which may be on another machine, puts it there; it does not say whether it did.
    print(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07", end="", flush=True)
    talk.remark(f"Copied {count(len(text), 'character')}, if the terminal allows it.")


def edit(talk: Talk) -> None:
    """Write a message in your editor, beginning with the last."""
    text = edited(talk.said or "", talk.chosen.environ)
    if not text:
        talk.remark("Nothing was sent.")
        return
    talk.send(text)


def usage(talk: Talk) -> None:
    """Say what the last answer and the conversation took."""
    if talk.answer is not None and talk.answer.done is not None:
        talk.remark(f"Last answer: {usage_line(talk.answer.done)}")
    if talk.conversation.begun:
        kept = talk.client().session(talk.conversation.session)
        tokens = f"{thousands(kept['tokens_in'])} tokens in, {thousands(kept['tokens_out'])} out"
        talk.remark(f"Conversation: {count(kept['turns'], 'turn')}, {tokens}")
    else:
        talk.remark(f"Conversation: {count(talk.tokens, 'token')}")


def resume(talk: Talk, session: str = "") -> None:
    """List the latest conversations, or go on with one of them."""
    if session:
        found = talk.client().session(session)
        talk.goes_on_with(found)
        talk.remark(f"Going on with {found['title']} ({count(found['turns'], 'turn')}).")
        return
    for item in talk.client().sessions(limit=_RECENT)["items"]:
        print(f"{item['id']}  {one_line(item['title'])}  ({ago(item['updated'])})", file=sys.stderr)


def fork(talk: Talk, turn: str = "") -> None:
    """Go on with a copy, up to a turn; the original stays."""
    _must_have_begun(talk)
    if turn and not turn.isdecimal():
        raise WrongUsage(f"{turn!r} is no number of a turn.", "The first question and its answer are turn 1.")
    copied = talk.client().fork(talk.conversation.session, {"upto": int(turn)} if turn else {})
    talk.goes_on_with(copied)
    talk.remark(f"This is a copy with {count(copied['turns'], 'turn')}: {copied['id']}")


def export(talk: Talk, file: str) -> None:
    """Write it to a file: JSON if its name says so, or Markdown."""
    _must_have_begun(talk)
    detail = talk.client().session(talk.conversation.session)
    text = as_json([detail]) if file.endswith(".json") else as_markdown(detail)
    path = os.path.expanduser(file)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as output:
            output.write(text)
    except OSError as error:
        raise OutputFailed(f"{path} cannot be written: {error.strerror}.", "Name another file.") from None
    talk.remark(f"Wrote {count(detail['turns'], 'turn')} to {path}")


def new(talk: Talk) -> None:
    """Begin another conversation."""
    talk.conversation.session, talk.conversation.title = NEW_SESSION, None
    talk.said, talk.answer, talk.tokens = None, None, 0
    talk.remark("This is a new conversation.")


def clear(_talk: Talk) -> None:
    """Clear the screen."""
    print("\x1b[H\x1b[2J", end="", flush=True)


def title(talk: Talk, title: str = "") -> None:
    """Say what this is called, or call it something else."""
    if title and talk.conversation.begun:
        title = talk.client().change_session(talk.conversation.session, {"title": title})["title"]
    talk.conversation.title = title or talk.conversation.title
    talk.remark(f"Title: {talk.conversation.title or _NOTHING}")


def quit(talk: Talk) -> None:
    """End; the conversation can be taken up again."""
    talk.ended = True


def exit(talk: Talk) -> None:
    """The same as /quit."""
    quit(talk)


def _must_have_begun(talk: Talk) -> None:
    if not talk.conversation.begun:
        raise NotFound("Nothing of this conversation is kept yet.", "Ask something first.")


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise WrongUsage(f"{text}: {error}.", "Look at the quotes.") from None
