"""Files that a person names on the command line; `-` is standard input or output."""

import os
import sys
from collections.abc import Mapping

from triforce_cli.errors import InputInvalid, OutputFailed, UnreadableFile
from triforce_cli.output.pager import show
from triforce_cli.output.paint import is_terminal
from triforce_cli.output.sanitise import sanitise


def read_text(path: str) -> str:
    """The text of a file. Raises UnreadableFile, and InputInvalid where it is no text."""
    try:
        content = sys.stdin.buffer.read() if path == "-" else _content(path)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.", "Is the name right?") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputInvalid(f"{path} is no UTF-8 text: byte {error.start} is wrong.") from None


def write_text(path: str, text: str, environ: Mapping[str, str]) -> None:
    """Write a file that only its owner can read, or standard output. Raises OutputFailed."""
    if path == "-":
        _to_standard_output(text, environ)
        return
    draft = f"{path}.{os.getpid()}.part"
    try:
        # A file that is replaced in one step is never half an export.
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(_encoded(text))
        os.replace(draft, path)
    except OSError as error:
        raise OutputFailed(f"{path} cannot be written: {error.strerror}.") from None


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _to_standard_output(text: str, environ: Mapping[str, str]) -> None:
    if is_terminal(sys.stdout):
        show(sanitise(text).rstrip("\n"), environ)
    else:
        # What is kept is UTF-8, whatever the locale says.
        sys.stdout.flush()
        sys.stdout.buffer.write(_encoded(text))
        sys.stdout.buffer.flush()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")
