"""A model that calls tools on somebody's behalf: what it may do there, and what that has used so far."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from triforce_daemon.wire.tokens import Scope
from triforce_daemon.wire.usage import Usage


def _nothing() -> Usage:
    return Usage(input_tokens=0, output_tokens=0, estimated=False)


@dataclass(slots=True, eq=False)
class Acting:
    """Of one turn. It is never the person himself: it answers no approval, and may do what `scopes` say."""

    #: Under which it asks for approvals, like `chat/k3v9x2m7q4ab`.
    name: str
    scopes: frozenset[Scope]
    #: By all questions to models that belong to it, its tools' own as well.
    usage: Usage = field(default_factory=_nothing)
    cost: Decimal = Decimal(0)
    #: Whether there was one of which nobody knows what it cost.
    unpriced: bool = False

    def used(self, usage: Usage, cost: str | None) -> None:
        """Add what one question has used; `cost` as decimal text, None where nobody knows it."""
        self.usage = Usage(
            input_tokens=self.usage["input_tokens"] + usage["input_tokens"],
            output_tokens=self.usage["output_tokens"] + usage["output_tokens"],
            estimated=self.usage["estimated"] or usage["estimated"],
        )
        if cost is None:
            self.unpriced = True
        else:
            self.cost += Decimal(cost)

    def copy(self) -> "Acting":
        """The same, to add to without changing this one."""
        return replace(self)

    @property
    def spent(self) -> str | None:
        """The cost as decimal text; None where nobody knows all of it."""
        return None if self.unpriced else f"{self.cost.normalize():f}"
