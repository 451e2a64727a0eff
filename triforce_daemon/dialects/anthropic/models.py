"""What the models accept, by their names: https://platform.claude.com/docs/en/about-claude/models/overview

Each generation refuses, with status 400, some of what the one before it understood. A name that is not Claude's belongs
to one of the many servers that speak this dialect as it was first.
"""

import re
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.dialects.canonical import Effort

_NAME = re.compile(
    r"claude-(?:(?P<family>[a-z]+)-)?(?P<major>\d{1,2})(?:[-.](?P<minor>\d{1,2}))?(?!\d)(?:-(?P<after>[a-z]+))?"
)
_ALWAYS_THINKING = ("fable", "mythos")


@dataclass(frozen=True, slots=True)
class Abilities:
    #: temperature, top_p and top_k; and whether the first two may come together.
    sampling: bool = True
    sampling_together: bool = False
    #: Thinking by a budget of tokens; thinking as the model sees fit, to the depth of an effort.
    budget: bool = True
    adaptive: bool = False
    #: What `thinking.type` turns it off.
    off: Literal["disabled", "between_tools"] | None = "disabled"
    efforts: tuple[Effort, ...] = ()
    #: tool_choice `any` and `tool`.
    forced_tools: bool = True
    #: Messages of the role `system` after a user's.
    system_midway: bool = False
    #: output_config.format, and strict tools.
    structured: bool = True
    #: What to ask for where the client names no limit: this dialect must.
    max_tokens: int = 32_000


_FIRST = Abilities(sampling_together=True, max_tokens=8_192)


def abilities(model: str) -> Abilities:
    """What to expect of `model`."""
    found = _NAME.search(model)
    if found is None:
        return _NEWEST if "claude-mythos" in model else _FIRST
    family = found["family"] or found["after"] or ""
    version = (int(found["major"]), int(found["minor"] or 0))
    if family in _ALWAYS_THINKING or version >= (4, 7):
        return _of_new(family, version)
    if version >= (4, 6):
        return Abilities(adaptive=True, efforts=("low", "medium", "high", "max"))
    if version >= (4, 5):
        return Abilities()
    limit = 32_000 if version >= (4, 0) else 8_192 if version >= (3, 5) else 4_096
    return Abilities(structured=False, max_tokens=limit)


def _of_new(family: str, version: tuple[int, int]) -> Abilities:
    """From 4.7 on: no sampling parameters, and thinking by effort alone."""
    late = version >= (5, 5)
    off: Literal["disabled", "between_tools"] | None = "disabled"
    if family in _ALWAYS_THINKING or (family == "opus" and late):
        off = None
    elif family == "sonnet" and late:
        off = "between_tools"
    return Abilities(
        sampling=False,
        budget=False,
        adaptive=True,
        off=off,
        efforts=("low", "medium", "high", "xhigh", "max"),
        forced_tools=off == "disabled",
        system_midway=late or family in _ALWAYS_THINKING or (family == "opus" and version >= (4, 8)),
    )


_NEWEST = _of_new("mythos", (5, 0))
