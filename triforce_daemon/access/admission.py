"""Which models a caller may ask."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from triforce_daemon.errors import Forbidden


class _Model(Protocol):
    @property
    def id(self) -> str: ...


Model = TypeVar("Model", bound=_Model)


def admitted(patterns: Sequence[str], names: Sequence[str], candidates: Sequence[Model]) -> tuple[Model, ...]:
    """Those of `candidates` that the patterns allow; without patterns all.

    `names` is what they were asked for as. Where a pattern allows that, an alias for one, it allows all behind it.
    Raises Forbidden where nobody is left.
    """
    if not patterns or any(allows(patterns, name) for name in names):
        return tuple(candidates)
    left = tuple(candidate for candidate in candidates if allows(patterns, candidate.id))
    if not left:
        told = ", ".join(patterns)
        raise Forbidden(f"This token may not ask {names[-1]}.", f"It is for: {told}. `triforce auth token list`")
    return left


def allows(patterns: Sequence[str], model: str) -> bool:
    """Whether a pattern fits the model's id; one without a slash fits the name that the provider gave it as well."""
    if not patterns:
        return True
    bare = model.partition("/")[2]
    return any(
        fnmatchcase(model, pattern) or ("/" not in pattern and bool(bare) and fnmatchcase(bare, pattern))
        for pattern in patterns
    )
