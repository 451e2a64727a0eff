"""What a request asks for and the upstream's dialect cannot say: dropped, and said."""

from collections.abc import Iterable, Mapping
from typing import Any

from triforce_daemon.dialects.canonical import DialectName, Request


class Losses:
    """Names of fields, each once, in the order in which they were lost."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def add(self, *names: str) -> None:
        for name in names:
            self._names[name] = None

    def where(self, **fields: Any) -> None:
        """Add the fields that were said: that are neither None nor empty."""
        self.add(*(name for name, value in fields.items() if value is not None and value != []))

    def extras(self, described: Any, own: DialectName) -> dict[str, Any]:
        """What `described` carries for the dialect `own`; what it carries for others is lost."""
        extras: dict[str, dict[str, Any]] | None = described.get("extras")
        if not extras:
            return {}
        for dialect, fields in extras.items():
            if dialect != own:
                self.add(*fields)
        return extras.get(own, {})

    def of_request(self, request: Request, own: DialectName) -> dict[str, Any]:
        return self.extras({"extras": request.extras}, own)

    def names(self) -> list[str]:
        return list(self._names)


def spelled(names: Iterable[str], spelling: Mapping[str, str], kept: Iterable[str] = ()) -> list[str]:
    """The vocabulary's names as the client wrote the fields: `spelling` has what is called otherwise in its dialect.

    `kept`: names that are the client's own already.
    """
    own = set(kept)
    return list(dict.fromkeys(name if name in own else _spelled(name, spelling) for name in names))


def _spelled(name: str, spelling: Mapping[str, str]) -> str:
    """By its longest beginning that is known: `output.schema.pattern` lies in `output.schema`."""
    outer, rest = name, ""
    while outer:
        if outer in spelling:
            return spelling[outer] + rest
        outer, dot, last = outer.rpartition(".")
        rest = dot + last + rest
    return name
