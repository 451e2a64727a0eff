"""Which tools the model may call on the way to its answer, and how far it may go with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from triforce_cli.errors import WrongUsage

if TYPE_CHECKING:
    from triforce_daemon.wire.sessions import Approve, ToolLimits

LIMITS = ("rounds", "seconds", "cost")


class Tooling(NamedTuple):
    """Nothing: the model calls no tools."""

    names: Sequence[str] = ()
    sets: Sequence[str] = ()
    approve: Approve = "never"
    limits: ToolLimits | None = None

    @property
    def wanted(self) -> bool:
        return bool(self.names or self.sets)

    def words(self) -> dict[str, Any]:
        """As a turn is asked for with them."""
        if not self.wanted:
            return {}
        return {
            "tools": [*self.names] or None,
            "toolset": ",".join(self.sets) or None,
            "approve": self.approve,
            "limits": self.limits or None,
        }


NO_TOOLS = Tooling()


def tooling(
    names: Sequence[str] | None, toolset: str | None, approve: Approve | None, limits: Iterable[str], *, asks: bool
) -> Tooling:
    """As it stood on the command line. `asks`: whether somebody is there who can be asked. Raises WrongUsage."""
    limited = tool_limits(limits)
    if not names and not toolset:
        if approve or limited:
            raise WrongUsage(
                "--approve and --tool-limit are for tools, and none is named.", "Add -T NAME or --toolset."
            )
        return NO_TOOLS
    sets = [name for name in (toolset or "").split(",") if name]
    return Tooling(tuple(names or ()), sets, approve or ("ask" if asks else "never"), limited)


def tool_limits(given: Iterable[str]) -> ToolLimits:
    """`NAME=VALUE` as they stood on the command line. Raises WrongUsage."""
    limits: dict[str, Any] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or name not in LIMITS:
            raise WrongUsage(f"--tool-limit {pair} is none of them.", f"There are: {', '.join(LIMITS)}; like rounds=5.")
        try:
            limits[name] = int(value) if name == "rounds" else float(value)
        except ValueError:
            raise WrongUsage(f"--tool-limit {pair}: {value!r} is no number.", None) from None
        if name == "cost":
            # Money travels as it was written: a float would be another amount.
            limits[name] = value
    return cast("ToolLimits", limits)
