"""What somebody may hand on: as much as he has himself, and nothing more."""

from collections.abc import Sequence
from typing import TypedDict

from triforce_daemon.access.boundary import narrower
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.tokens import Scope

#: What has a meaning in a pattern besides a star at its end.
_WILD = frozenset("*?[")


class Rights(TypedDict):
    scopes: Sequence[Scope]
    models: Sequence[str]
    boundary: Boundary
    #: In ms.
    expires: int | None


def handed_on(creator: Caller, wanted: Rights) -> Rights:
    """`wanted`, where `creator` has all of it; what was left open is filled with what he has. Raises Forbidden."""
    if creator.budget is not None:
        # What each of them uses would count for itself.
        raise Forbidden("A token with limits of its own makes no other tokens.", "Log in and make it then.")
    more = sorted(scope for scope in wanted["scopes"] if not creator.may(scope))
    if more:
        raise _too_much(f"the scope {more[0]}")
    for pattern in wanted["models"]:
        if creator.models and not any(covers(own, pattern) for own in creator.models):
            raise _too_much(f"models like {pattern}")
    if narrower(wanted["boundary"], creator.boundary) != wanted["boundary"]:
        raise _too_much(f"the boundary {wanted['boundary']}")
    if creator.expires is not None and (wanted["expires"] or creator.expires) > creator.expires:
        raise _too_much("a later end")
    return Rights(
        scopes=wanted["scopes"],
        models=wanted["models"] or creator.models,
        boundary=wanted["boundary"],
        expires=wanted["expires"] if wanted["expires"] is not None else creator.expires,
    )


def covers(pattern: str, other: str) -> bool:
    """Whether every model that fits `other` fits `pattern`. Where that is hard to tell it says no."""
    stem = pattern[:-1]
    return pattern == other or (pattern.endswith("*") and not _WILD & set(stem) and other.startswith(stem))


def _too_much(what: str) -> Forbidden:
    return Forbidden(
        f"A token cannot hand on {what}: it does not have that itself.", "Ask for less, or log in and make it then."
    )
