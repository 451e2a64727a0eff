"""Lets the user write a text in the editor of their choice."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping

from triforce_cli.conversation.attachments import read_text
from triforce_cli.conversation.keyboard import ordinary
from triforce_cli.errors import Failed

_USUAL = "vi"


def edited(text: str, environ: Mapping[str, str]) -> str:
    """What the user makes of `text` in $VISUAL or $EDITOR, without blanks around it. Raises Failed."""
    command = environ.get("VISUAL") or environ.get("EDITOR") or _USUAL
    with tempfile.TemporaryDirectory(prefix="triforce-") as folder:
        path = os.path.join(folder, "message.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        _run(command, path, environ)
        return read_text(path).strip()


def _run(command: str, path: str, environ: Mapping[str, str]) -> None:
    try:
        with ordinary():
            status = subprocess.run([*shlex.split(command), path], env=dict(environ), check=False).returncode
    except (OSError, ValueError) as error:
        raise Failed(f"The editor {command!r} cannot be started: {error}.", "Name another with EDITOR.") from None
    if status:
        raise Failed(f"The editor {command!r} ended with status {status}.", "Nothing was sent.")
