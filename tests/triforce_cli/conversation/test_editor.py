"""The editor of the user's choice."""

from pathlib import Path

import pytest

from triforce_cli.conversation.editor import edited
from triforce_cli.errors import Failed


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An editor that writes its arguments before what it finds."""
    editor = tmp_path / "my editor"
    editor.write_text(
        '#!/bin/sh\nfor last; do :; done\n{ echo "$1"; cat "$last"; echo; } > "$last.new"\nmv "$last.new" "$last"\n'
    )
    editor.chmod(0o755)
    return {"PATH": "/usr/bin:/bin", "VISUAL": f"'{editor}' --wait", "EDITOR": "false"}


def test_what_is_written_comes_back_without_blanks_around_it(environ: dict[str, str]) -> None:
    assert edited("begun", environ) == "--wait\nbegun"


@pytest.mark.parametrize(
    ("editor", "says"),
    [("false", "ended with status 1"), ("/no/such/editor", "cannot be started"), ("'", "cannot be started")],
)
def test_an_editor_that_fails_is_told(editor: str, says: str) -> None:
    with pytest.raises(Failed, match=says):
        edited("", {"PATH": "/usr/bin:/bin", "EDITOR": editor})
