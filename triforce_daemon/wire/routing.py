"""Where a request would go: what `triforce chat --dry-run` shows, and the answer to the header x-triforce-dry-run."""

from typing_extensions import TypedDict

from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import State


class PlannedCandidate(TypedDict):
    model: str
    provider: str
    boundary: Boundary
    """Where the prompt would go."""
    state: State
    refusal: str | None
    """Why it is not asked; null where it may be."""
    expected_ms: int | None
    """To the first token, by the answers that were measured, with load and failures counted in; null: none yet."""


class PlannedCost(TypedDict):
    """Of the first candidate, in decimal text; null where its price, or the answer's length, is not known."""

    input: str | None
    most: str | None
    """With an answer of the greatest length that was asked for."""
    currency: str


class RoutePlan(TypedDict):
    schema: str
    asked: str
    """A model's id or an alias."""
    alias: str | None
    order: str
    """How the next one is chosen where the first fails: priority, scored or weighted."""
    boundary: Boundary
    """How far this prompt may travel."""
    candidates: list[PlannedCandidate]
    """In the order in which they would be asked; those that would not be asked come last."""
    prompt_tokens: int
    """A rough estimate: a token has about four characters."""
    answer_tokens: int | None
    """The most that was asked for."""
    cost: PlannedCost | None
