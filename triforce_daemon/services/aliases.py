"""Names of the user's own, and a few of ours, that stand for several models."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from triforce_daemon.errors import NotFound
from triforce_daemon.runtime.near import near
from triforce_daemon.settings import Alias as Setting
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import AliasChange, Order


@dataclass(frozen=True, slots=True)
class Alias:
    name: str
    #: Ids, patterns over ids, or bare names, in the order in which they are tried.
    models: tuple[str, ...]
    boundary: Boundary = "any"
    order: Order = "priority"
    origin: Literal["setting", "built-in"] = "setting"
    description: str | None = None


#: Writes an alias to the settings, or takes it out of them. Raises InvalidRequest, StorageFailed.
Keep = Callable[[str, AliasChange | None], None]


class Aliases:
    def __init__(self, settings: Mapping[str, Setting], keep: Keep) -> None:
        self._keep = keep
        self.take(settings)
        self._ours = {alias.name: alias for alias in _built_in()}

    def take(self, settings: Mapping[str, Setting]) -> None:
        """The user's own are these from now on."""
        self._own = {name: _alias(name, setting) for name, setting in settings.items()}

    def get(self, name: str) -> Alias | None:
        return self._own.get(name) or self._ours.get(name)

    def all(self) -> list[Alias]:
        """The user's own first; each name once."""
        return [*self._own.values(), *(alias for name, alias in self._ours.items() if name not in self._own)]

    def put(self, name: str, change: AliasChange) -> Alias:
        """Make or change an alias; what is not named stays as it is. Raises InvalidRequest, StorageFailed."""
        before = self.get(name)
        whole = AliasChange(
            models=change.get("models") or list(before.models if before else ()),
            boundary=change.get("boundary") or (before.boundary if before else "any"),
            order=change.get("order") or (before.order if before else "priority"),
        )
        self._keep(name, whole)
        alias = self._own[name] = _alias(name, Setting.model_validate(whole))
        return alias

    def remove(self, name: str) -> None:
        """Forget the user's alias; one of ours by that name holds again. Raises NotFound, StorageFailed."""
        if name not in self._own:
            if name in self._ours:
                raise NotFound(f"`{name}` comes with triforce.", "Set it to something else, or leave it alone.")
            alike = near(name, list(self._own))
            raise NotFound(f"There is no alias `{name}`.", "`triforce models alias` shows them.", near=alike)
        self._keep(name, None)
        del self._own[name]


def _alias(name: str, setting: Setting) -> Alias:
    return Alias(name, tuple(setting.models), setting.boundary, setting.order)


def _built_in() -> Iterator[Alias]:
    text = resources.files("triforce_daemon.services").joinpath("aliases.toml").read_text("utf-8")
    for name, row in tomllib.loads(text).items():
        table: dict[str, Any] = row
        yield Alias(name, tuple(table["models"]), origin="built-in", description=table["description"])
