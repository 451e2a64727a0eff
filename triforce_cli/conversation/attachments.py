"""Text from files and from other programs, as parts of a message."""

import os
import re
import sys
from typing import BinaryIO

from triforce_cli.errors import InputInvalid, NotFound, UnreadableFile, WrongUsage
from triforce_cli.output.paint import is_terminal
from triforce_cli.output.sanitise import one_line

#: More than this fits into no request that a daemon takes as it is set up, nor into any model.
LIMIT_BYTES = 16 << 20

STDIN = "-"


def attachment(path: str) -> str:
    """The text of a file as a block of Markdown under its name; of `-`, what is piped in, as it is.

    Raises NotFound, WrongUsage (a folder), UnreadableFile, InputInvalid (no text, or too much of it).
    """
    if path == STDIN:
        if is_terminal(sys.stdin):
            raise WrongUsage(
                "-f - stands for what is piped in, and nothing is.", "Like this: git diff | triforce chat -f -"
            )
        return piped()
    return fenced(os.path.basename(os.path.abspath(path)), read_text(path))


def fenced(name: str, text: str) -> str:
    """A block of Markdown that nothing in the text can end early."""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    language = os.path.splitext(name)[1][1:]
    end = "" if text.endswith("\n") or not text else "\n"
    return f"File `{one_line(name)}`:\n\n{fence}{one_line(language)}\n{text}{end}{fence}"


def read_text(path: str) -> str:
    """The text of a file. Raises as `attachment` does."""
    path = os.path.expanduser(path)
    try:
        with open(path, "rb") as file:
            return _text(file, path)
    except FileNotFoundError:
        raise NotFound(f"There is no file {one_line(path)}.", "Is it spelled rightly?") from None
    except IsADirectoryError:
        raise WrongUsage(
            f"{one_line(path)} is a folder.", "Name its files one by one: -f FILE, as often as there are files."
        ) from None
    except OSError as error:
        raise UnreadableFile(f"{one_line(path)} cannot be read: {error.strerror}.") from None


def piped() -> str:
    """What another program writes into this one; nothing where nobody does. Raises InputInvalid, UnreadableFile."""
    if is_terminal(sys.stdin):
        return ""
    try:
        return _text(sys.stdin.buffer, "standard input")
    except OSError as error:
        raise UnreadableFile(f"Standard input cannot be read: {error.strerror}.") from None


def _text(file: BinaryIO, name: str) -> str:
    content = file.read(LIMIT_BYTES + 1)
    name = one_line(name)
    if len(content) > LIMIT_BYTES:
        raise InputInvalid(
            f"There is too much in {name}: more than {LIMIT_BYTES >> 20} MiB.", "Pick out the part that matters."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(name, f"byte {error.start} is 0x{content[error.start]:02x}") from None
    if "\0" in text:
        raise _no_text(name, f"byte {content.index(0)} is zero")
    return text


def _no_text(name: str, why: str) -> InputInvalid:
    return InputInvalid(
        f"{name[0].upper()}{name[1:]} is no text in UTF-8: {why}.",
        "Only text can be read; other encodings can be converted with iconv.",
    )
