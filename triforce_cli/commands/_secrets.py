"""How a secret comes in: typed unseen, from standard input or from a file; never as a word of the command line."""

import sys
import warnings
from getpass import GetPassWarning, getpass

from triforce_cli.commands._files import read_text
from triforce_cli.contexts import Globals
from triforce_cli.errors import WrongUsage
from triforce_cli.output.paint import is_terminal


def read_secret(source: str | None, question: str, chosen: Globals, noun: str = "key") -> str:
    """The secret from `@FILE`, from standard input (`-`, or where nobody types), or as an answer to `question`.

    What comes from there is returned as it is, with its line's end. Raises WrongUsage, UnreadableFile, InputInvalid.
    """
    if source is not None and source.startswith("@"):
        return read_text(source[1:])
    if source not in (None, "-"):
        raise WrongUsage(
            f"A {noun} is never given on the command line: every user of this machine may see it there.",
            "Leave it out and answer when asked. The one that was given is in the shell's history now: renew it.",
        )
    if not is_terminal(sys.stdin):
        return read_text("-")
    if chosen.no_input:
        raise WrongUsage(f"Nobody may be asked for the {noun}.", "Give it on standard input, or as @FILE.")
    return _typed(question, noun)


def _typed(question: str, noun: str) -> str:
    with warnings.catch_warnings():
        # Where the terminal cannot be kept from showing what is typed, nothing is to be typed.
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(question, stream=sys.stderr)
        except GetPassWarning:
            raise WrongUsage(
                f"This terminal would show the {noun}.", "Give it on standard input, or as @FILE."
            ) from None
