"""Changing `cli.toml`."""

from pathlib import Path

import pytest

from triforce_cli.errors import ContextNotFound
from triforce_cli.remotes import context_changes, context_file
from triforce_cli.remotes.context import Context


def test_contexts_come_change_and_go_and_remarks_stay(home: Path) -> None:
    environ = {"HOME": str(home)}
    path = home / ".config/triforce/cli.toml"
    path.parent.mkdir(parents=True)
    path.write_text("# mine\n")
    prod = Context("prod", "https://prod", fingerprint="AB", user="anna", store="file")
    context_changes.keep(prod, environ)
    context_changes.keep(Context("nas.lan", "https://nas"), environ)
    context_changes.use("prod", environ)
    contexts = context_file.read(environ)
    assert (contexts.current, contexts.named("prod"), set(contexts.items)) == ("prod", prod, {"prod", "nas.lan"})
    context_changes.keep(prod._replace(user=None, store=None), environ)
    assert context_file.read(environ).named("prod") == Context("prod", "https://prod", fingerprint="AB")
    context_changes.remove("prod", environ)
    assert context_file.read(environ).current == "local"
    assert path.read_text().startswith("# mine\n")
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_not_there_can_neither_be_used_nor_removed(home: Path) -> None:
    for change in (context_changes.use, context_changes.remove):
        with pytest.raises(ContextNotFound):
            change("prod", {"HOME": str(home)})
