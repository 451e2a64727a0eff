"""What makes a function a tool: its name, docstring and hints declare it, `@tool` adds what they cannot say."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from triforce_daemon.wire.tokens import Scope
from triforce_daemon.wire.tools import Effect, ToolTier

ToolFunction = Callable[..., Awaitable[Any]]
Function = TypeVar("Function", bound=ToolFunction)

_MARK = "__tool__"

#: What a caller must have been granted for what a tool does, where its declaration names nothing else.
_SCOPES: dict[Effect, Scope] = {
    "read": "tools",
    "write": "tools:write",
    "destroy": "tools:write",
    "exec": "tools:exec",
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What `@tool` was told; `requires` are parts of the daemon that say whether the tool can be called here."""

    tier: ToolTier
    effect: Effect
    scope: Scope
    idempotent: bool
    open_world: bool
    formerly: tuple[str, ...]
    keywords: tuple[str, ...]
    requires: tuple[type, ...]
    approval: bool
    approval_for: Mapping[str, frozenset[object]]
    """The arguments with which it has to be; empty: any."""
    asks: bool
    owners: bool
    each: bool


def tool(
    *,
    tier: ToolTier,
    effect: Effect,
    scope: Scope | None = None,
    idempotent: bool = False,
    open_world: bool = False,
    formerly: Sequence[str] = (),
    keywords: Sequence[str] = (),
    requires: Sequence[type] = (),
    approval: bool | Mapping[str, Sequence[object]] | None = None,
    asks: bool = False,
    owners: bool = False,
    each: bool = False,
) -> Callable[[Function], Function]:
    """Declare a tool. The function is returned unchanged: a test calls it directly.

    Parameters before the star are what the caller sends, those after it are what the daemon provides, by type.
    `keywords`: words of English and German by which people look for it. `approval`: whether each call has to be
    agreed to, as a rule where it may destroy something; or with which arguments. `asks`: whether it asks the program
    at the other end something. `owners`: whether it is for the daemon's owner alone. `each`: whether each call is
    agreed to by itself, and never all of them for a while.
    """
    granted: Scope = scope or ("admin" if tier == "admin" else _SCOPES[effect])

    def mark(function: Function) -> Function:
        declaration = Declaration(
            tier=tier,
            effect=effect,
            scope=granted,
            idempotent=idempotent,
            open_world=open_world,
            formerly=tuple(formerly),
            keywords=tuple(keywords),
            requires=tuple(requires),
            approval=effect == "destroy" if approval is None else bool(approval),
            approval_for=_values(approval) if isinstance(approval, Mapping) else {},
            asks=asks,
            owners=owners,
            each=each,
        )
        setattr(function, _MARK, declaration)
        return function

    return mark


def _values(arguments: Mapping[str, Sequence[object]]) -> Mapping[str, frozenset[object]]:
    return {name: frozenset(values) for name, values in arguments.items()}


def declaration_of(function: object) -> Declaration | None:
    """None where the function is no tool."""
    return getattr(function, _MARK, None)


def tools_of(module: ModuleType) -> list[ToolFunction]:
    """The tools that a module defines, in the order in which they stand there."""
    return [
        value
        for value in vars(module).values()
        if declaration_of(value) is not None and value.__module__ == module.__name__
    ]
