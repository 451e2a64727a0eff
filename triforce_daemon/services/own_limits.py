"""Limits that are set for one account or one token alone: as they are asked for, kept, and shown."""

import re
from typing import Literal

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.stores.users import UserChange, UserRow
from triforce_daemon.wire.spend import spend_cap
from triforce_daemon.wire.users import OwnLimits, OwnLimitsPatch

_NUMBERS: tuple[Literal["requests_per_minute", "parallel", "tokens_per_day"], ...] = (
    "requests_per_minute",
    "parallel",
    "tokens_per_day",
)
_MOST = 10**12
_PATTERN = re.compile(r"[^\s\x00-\x1f]{1,256}")
_PATTERNS_LIMIT = 64


def checked(patch: OwnLimitsPatch) -> UserChange:
    """What of an account's row changes. Raises InvalidRequest."""
    change = UserChange()
    for name in _NUMBERS:
        if name in patch:
            change[name] = checked_number(name, patch.get(name))
    if "spend" in patch:
        change["spend"] = checked_cap(patch["spend"])
    if "models" in patch:
        change["models"] = checked_patterns(patch["models"])
    return change


def checked_number(name: str, value: int | None) -> int | None:
    """Raises InvalidRequest."""
    if value is not None and not 0 <= value <= _MOST:
        raise InvalidRequest(f"`{name}` cannot be {value}.", "A number; 0 is no limit, null is as the tier has it.")
    return value


def checked_cap(text: str | None) -> str | None:
    """A spend cap. Raises InvalidRequest."""
    try:
        if text is not None:
            spend_cap(text)
    except ValueError as error:
        raise InvalidRequest(f"{text!r} is no spend cap: {error}.", "For none leave it out, or send null.") from None
    return text


def checked_patterns(patterns: list[str]) -> list[str]:
    """Patterns of models. Raises InvalidRequest."""
    if len(patterns) > _PATTERNS_LIMIT or not all(_PATTERN.fullmatch(pattern) for pattern in patterns):
        raise InvalidRequest(
            "The patterns of models are too many or too long, or hold blanks.", "Write them like `groq/*`."
        )
    return patterns


def of_row(row: UserRow) -> OwnLimits:
    """What is set for an account."""
    return OwnLimits(
        requests_per_minute=row["requests_per_minute"],
        parallel=row["parallel"],
        tokens_per_day=row["tokens_per_day"],
        spend=row["spend"],
        models=row["models"],
    )
