"""How long a model may go on calling tools: rounds, money and time."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from triforce_daemon.access.acting import Acting
from triforce_daemon.errors import InvalidRequest, TurnLimitReached
from triforce_daemon.wire.sessions import ToolLimits, ToolStep

USUAL_ROUNDS, MOST_ROUNDS = 16, 100
USUAL_SECONDS, MOST_SECONDS = 900.0, 7_200.0

#: All that its calls and their results may hold: each of the next questions does, and the turn that is kept.
_MOST_CHARACTERS = 8_000_000

_FURTHER = "Say what to do next in the same conversation, or raise the limit."


@dataclass(frozen=True, slots=True)
class Limits:
    """In a round it calls one tool or several; after the last it has to answer. `cost` is in dollars; None: any."""

    rounds: int = USUAL_ROUNDS
    seconds: float = USUAL_SECONDS
    cost: Decimal | None = None

    @classmethod
    def of(cls, wanted: ToolLimits) -> "Limits":
        """Raises InvalidRequest for what is out of range."""
        rounds, seconds = wanted.get("rounds", USUAL_ROUNDS), wanted.get("seconds", USUAL_SECONDS)
        if not 1 <= rounds <= MOST_ROUNDS:
            raise InvalidRequest(f"`rounds` is {rounds}.", f"It goes from 1 to {MOST_ROUNDS}.")
        if not 1 <= seconds <= MOST_SECONDS:
            raise InvalidRequest(f"`seconds` is {seconds:g}.", f"It goes from 1 to {MOST_SECONDS:g}.")
        return cls(rounds, seconds, _dollars(wanted["cost"]) if "cost" in wanted else None)

    def check(self, acting: Acting) -> None:
        """Whether there is money for another question. Raises TurnLimitReached."""
        if self.cost is None:
            return
        if acting.unpriced:
            raise TurnLimitReached(
                "The cost is limited, and nobody knows what this model costs.", "Ask a model with a known price."
            )
        if acting.cost >= self.cost:
            raise TurnLimitReached(f"It has cost {acting.spent} dollars; {self.cost} was the limit.", _FURTHER)

    def check_size(self, steps: Iterable[ToolStep]) -> None:
        """Whether what was called can be said once more. Raises TurnLimitReached."""
        size = sum(len(step["said"]) + len(step["arguments"]) + len(step["result"]) for step in steps)
        if size > _MOST_CHARACTERS:
            raise TurnLimitReached(f"The calls and their results have {size:,} characters.", _FURTHER)

    def too_many(self, rounds: int) -> TurnLimitReached:
        """It still calls in its last round, which came after so many."""
        said = "1 round" if rounds == 1 else f"{rounds} rounds"
        return TurnLimitReached(f"The model was still calling tools after {said}, where it had to answer.", _FURTHER)

    def too_late(self) -> TurnLimitReached:
        return TurnLimitReached(f"The model was still at it after {self.seconds:g} s.", _FURTHER)


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise InvalidRequest(f"`cost` is {text!r}, which is no amount of dollars.", "Write it like 0.25.")
    return amount
