"""What the routes need of the daemon, handed over by `assemble` and found by type."""

from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Request
from starlette.types import Scope

from triforce_daemon.access.caller import Caller

Kind = TypeVar("Kind")


class Parts:
    """One value of each type; a route that asks for one that is missing fails when the app is built."""

    def __init__(self, *parts: object, max_body_bytes: int) -> None:
        self._parts: dict[type[Any], Any] = {type(part): part for part in parts}
        self.max_body_bytes = max_body_bytes

    def get(self, kind: type[Kind]) -> Kind:
        return self._parts[kind]

    def __contains__(self, kind: type) -> bool:
        return kind in self._parts


class Needs:
    """A FastAPI dependency that yields the daemon's part of one type."""

    def __init__(self, kind: type[object]) -> None:
        self.kind = kind

    def __call__(self, request: Request) -> object:
        return cast(Parts, request.state.parts).get(self.kind)


def _caller(request: Request) -> Caller:
    return request.state.caller


def address_of(scope: Scope) -> str | None:
    """From where a request comes; None over the Unix socket."""
    client = scope.get("client")
    return client[0] or None if client else None


def _address(request: Request) -> str | None:
    return address_of(request.scope)


Who = Annotated[Caller, Depends(_caller)]
Address = Annotated[str | None, Depends(_address)]
