"""`cli.toml`: the contexts, and which one is current."""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from triforce_cli.errors import ContextNotFound, ContextsInvalid, TriforceCliError
from triforce_cli.remotes.context import LOCAL, Context
from triforce_daemon.wire.paths import config_folder

FIELDS = ("url", "fingerprint", "ca", "user", "store")


class Contexts(NamedTuple):
    """What the file says."""

    path: str
    current: str
    items: Mapping[str, Context]

    def named(self, name: str) -> Context | None:
        """The context of this name; None for the daemon of this machine. Raises ContextNotFound."""
        if name == LOCAL:
            return None
        try:
            return self.items[name]
        except KeyError:
            raise ContextNotFound(
                f"There is no context {name!r}.", f"There is: {', '.join([LOCAL, *self.items])}."
            ) from None


def path_of(environ: Mapping[str, str]) -> str:
    return os.path.join(config_folder(environ), "cli.toml")


def read(environ: Mapping[str, str]) -> Contexts:
    """The contexts; where there is no file, none but `local`. Raises ContextsInvalid."""
    path = path_of(environ)
    if not os.path.exists(path):
        return Contexts(path, LOCAL, {})
    import tomllib

    try:
        with open(path, "rb") as file:
            content = tomllib.load(file)
    except (OSError, ValueError) as error:
        raise _invalid(path, str(error)) from None
    tables = content.get("contexts", {})
    if not isinstance(tables, dict):
        raise _invalid(path, "`contexts` is no table")
    items = {name: _context(path, name, table) for name, table in cast("dict[str, Any]", tables).items()}
    return Contexts(path, str(content.get("current", LOCAL)), items)


def _context(path: str, name: str, table: Any) -> Context:
    fields = cast("dict[str, Any]", table) if isinstance(table, dict) else {}
    if not isinstance(fields.get("url"), str) or not all(isinstance(value, str) for value in fields.values()):
        raise _invalid(path, f"`contexts.{name}` needs a url, and text for the rest")
    return Context(name, **{field: fields[field] for field in FIELDS if field in fields})


def _invalid(path: str, why: str) -> TriforceCliError:
    return ContextsInvalid(f"{path} cannot be read: {why}.", "Correct it, or move it away.")
