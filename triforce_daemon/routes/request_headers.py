"""What a client may say of a request beside its body, in headers of our own."""

from typing import get_args

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.constants import BOUNDARY_HEADER, CACHE_HEADER, CONTINUE_HEADER, DRY_RUN_HEADER

#: An answer that is older is never used again, in seconds.
LONGEST_KEPT = 86_400

_BOUNDARIES: dict[bytes, Boundary] = {boundary.encode(): boundary for boundary in get_args(Boundary)}
_BOUNDARY = BOUNDARY_HEADER.encode()
_CACHE = CACHE_HEADER.encode()
_DRY_RUN = DRY_RUN_HEADER.encode()
_CONTINUE = CONTINUE_HEADER.encode()


def boundary_of(exchange: Exchange) -> Boundary:
    """How far the client lets this prompt travel. Raises InvalidRequest."""
    told = exchange.header(_BOUNDARY)
    if told is None:
        return "any"
    if told not in _BOUNDARIES:
        known = ", ".join(get_args(Boundary))
        raise InvalidRequest(f"{BOUNDARY_HEADER} is none of {known}.", "Leave it out for `any`.")
    return _BOUNDARIES[told]


def seconds_to_keep(exchange: Exchange) -> int | None:
    """How old an answer may be that the client takes again; None: it did not say. Raises InvalidRequest."""
    told = exchange.header(_CACHE)
    if told is None:
        return None
    if not told.isdigit() or len(told) > 5 or int(told) > LONGEST_KEPT:
        raise InvalidRequest(
            f"{CACHE_HEADER} is not a number of seconds from 0 to {LONGEST_KEPT:,}.",
            "Leave it out, and nothing is kept; 0 only joins what is under way.",
        )
    return int(told)


def only_plans(exchange: Exchange) -> bool:
    """Whether the client only wants to know where its request would go. Raises InvalidRequest."""
    return _said_yes(exchange, _DRY_RUN, "Leave it out, and the request is sent.")


def goes_on(exchange: Exchange) -> bool:
    """Whether another one may go on where a stream is cut. Raises InvalidRequest."""
    return _said_yes(exchange, _CONTINUE, "Leave it out, and a stream that is cut ends with an error.")


def _said_yes(exchange: Exchange, name: bytes, hint: str) -> bool:
    told = exchange.header(name)
    if told is None or told == b"0":
        return False
    if told != b"1":
        raise InvalidRequest(f"{name.decode()} is neither 0 nor 1.", hint)
    return True
