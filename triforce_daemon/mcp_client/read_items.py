"""What a mounted server has beside tools, as it said it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Items = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Reading:
    resources: Items = ()
    templates: Items = ()
    prompts: Items = ()


NOTHING = Reading()
