"""What the models accept, by their names: https://ai.google.dev/gemini-api/docs/thinking"""

import re
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.dialects.canonical import Effort

_NAME = re.compile(r"gemini-(?P<major>\d{1,2})(?:\.(?P<minor>\d{1,2}))?(?!\d)")
_LEVELS: tuple[Effort, ...] = ("minimal", "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Abilities:
    #: How it is told how much to think: by a level, by a budget of tokens, or not at all.
    thinking: Literal["level", "budget"] | None = "level"
    levels: tuple[Effort, ...] = ("low", "medium", "high")
    #: The least and the most of a budget; and whether there may be none.
    budget: tuple[int, int] = (0, 24_576)
    can_rest: bool = True
    #: Calls without a signature are refused.
    signed_calls: bool = True
    #: Pictures inside the results of calls.
    media_in_results: bool = True
    #: presencePenalty, frequencyPenalty.
    penalties: bool = False


def abilities(model: str) -> Abilities:
    """What to expect of `model`; of a name without a version, as of the newest."""
    found = _NAME.search(model)
    if found is None:
        return Abilities() if "gemini" in model else _EARLY
    version = (int(found["major"]), int(found["minor"] or 0))
    if version >= (3, 0):
        return Abilities(levels=_levels(model, version))
    if version < (2, 5):
        return _FIRST if version == (2, 0) else _EARLY
    if "pro" in model:
        budget, can_rest = (128, 32_768), False
    else:
        budget, can_rest = (512 if "lite" in model else 1, 24_576), True
    return Abilities(thinking="budget", budget=budget, can_rest=can_rest, signed_calls=False, media_in_results=False)


def _levels(model: str, version: tuple[int, int]) -> tuple[Effort, ...]:
    if version == (3, 0) and "pro" in model:
        return ("low", "high")
    return _LEVELS if "flash" in model and version < (3, 7) else _LEVELS[1:]


_EARLY = Abilities(thinking=None, signed_calls=False, media_in_results=False)
_FIRST = Abilities(thinking=None, signed_calls=False, media_in_results=False, penalties=True)
