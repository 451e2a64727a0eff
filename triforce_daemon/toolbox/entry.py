"""A tool as the catalog has it: the function, bound to what the daemon provides."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import getdoc
from typing import Any

from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import Declaration, ToolFunction, declaration_of
from triforce_daemon.toolbox.requirement import Missing, Requirement
from triforce_daemon.toolbox.signature import Parameters, signature_of

#: Where the daemon's own tools come from.
OWN = "triforce"

#: The part of that type.
Provide = Callable[[type], object]


@dataclass(frozen=True, slots=True)
class Entry:
    """One tool. `server` is where it comes from: `triforce`, or the name of a mounted server."""

    name: str
    category: str
    description: str
    declared: Declaration
    signature: Parameters
    requirements: tuple[Requirement, ...]
    server: str
    #: What serves it: the function by its module and name, or the server's own tool.
    handler: str
    _run: Callable[[dict[str, Any], ToolCall], Awaitable[Any]]
    #: Whether a call is one that was let in before, and comes back with what it was asked.
    goes_on: Callable[[Mapping[str, Any], ToolCall], bool] = lambda arguments, call: False

    @property
    def title(self) -> str:
        """The description's first sentence."""
        return self.description.partition("\n")[0]

    def rehearses(self, arguments: Mapping[str, Any]) -> bool:
        """Whether a call with these arguments only says what it would do. What a mounted server makes of the word is
        its own."""
        return self.server == OWN and arguments.get("dry_run") is True

    def missing(self) -> Missing | None:
        """What keeps it from being called here."""
        return next((lack for one in self.requirements if (lack := one.missing()) is not None), None)

    async def call(self, arguments: dict[str, Any], call: ToolCall) -> Any:
        """Call the function with arguments that were checked. Raises what it raises."""
        return await self._run(arguments, call)


def bind(function: ToolFunction, provide: Provide) -> Entry:
    """The function with what it needs. Raises LookupError where the daemon has no part of a type that it names."""
    declared = declaration_of(function)
    assert declared is not None
    signature = signature_of(function)
    provided: dict[str, object] = {}
    call: str | None = None
    for name, kind in signature.provisions.items():
        if kind is ToolCall:
            call = name
        else:
            provided[name] = _part(function, kind, provide)
    requirements = tuple(_part(function, kind, provide) for kind in declared.requires)
    return Entry(
        name=function.__name__,
        category=category_of(function),
        description=getdoc(function) or "",
        declared=declared,
        signature=signature,
        requirements=requirements,  # pyright: ignore[reportArgumentType] - each says so itself
        server=OWN,
        handler=f"{function.__module__}.{function.__qualname__}",
        _run=partial(_call_function, function, provided, call),
    )


async def _call_function(
    function: ToolFunction, provided: dict[str, object], name: str | None, arguments: dict[str, Any], call: ToolCall
) -> Any:
    """`name`: the parameter that gets the call itself, where there is one."""
    more = {name: call} if name is not None else {}
    return await function(**arguments, **provided, **more)


def category_of(function: ToolFunction) -> str:
    """The file in which it stands, or the folder where a category has several."""
    place = function.__module__.split(".")
    return place[place.index("tools") + 1] if "tools" in place else place[-1]


def _part(function: ToolFunction, kind: type, provide: Provide) -> object:
    try:
        return provide(kind)
    except KeyError:
        raise LookupError(
            f"the tool {function.__name__} needs a {kind.__name__}, which assemble does not build"
        ) from None
