"""What a client may say of a request beside its body, in headers of our own."""

from typing import NamedTuple, get_args

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
_ALL = frozenset((_BOUNDARY, _CACHE, _DRY_RUN, _CONTINUE))


class Wishes(NamedTuple):
    """What the client says of a request for an answer."""

    #: How far it lets the prompt travel.
    boundary: Boundary = "any"
    #: It only wants to know where its request would go.
    only_plans: bool = False
    #: Another one may go on where its stream is cut.
    goes_on: bool = False
    #: How old a whole answer may be that it takes again, in seconds; None: it did not say.
    seconds_to_keep: int | None = None


#: Of nearly everybody.
_NO_WISHES = Wishes()


def wishes_of(exchange: Exchange, *, stream: bool) -> Wishes:
    """What is said of a stream, or of a whole answer; the rest is not looked at. Raises InvalidRequest."""
    if exchange.has_none_of(_ALL):
        return _NO_WISHES
    boundary = boundary_of(exchange)
    goes_on = stream and _said_yes(exchange, _CONTINUE, "Leave it out, and a stream that is cut ends with an error.")
    only_plans = _said_yes(exchange, _DRY_RUN, "Leave it out, and the request is sent.")
    return Wishes(boundary, only_plans, goes_on, None if stream or only_plans else _seconds_to_keep(exchange))


def boundary_of(exchange: Exchange) -> Boundary:
    """How far the client lets this prompt travel. Raises InvalidRequest."""
    told = exchange.header(_BOUNDARY)
    if told is None:
        return "any"
    if told not in _BOUNDARIES:
        known = ", ".join(get_args(Boundary))
        raise InvalidRequest(f"{BOUNDARY_HEADER} is none of {known}.", "Leave it out for `any`.")
    return _BOUNDARIES[told]


def _seconds_to_keep(exchange: Exchange) -> int | None:
    told = exchange.header(_CACHE)
    if told is None:
        return None
    if not told.isdigit() or len(told) > 5 or int(told) > LONGEST_KEPT:
        raise InvalidRequest(
            f"{CACHE_HEADER} is not a number of seconds from 0 to {LONGEST_KEPT:,}.",
            "Leave it out, and nothing is kept; 0 only joins what is under way.",
        )
    return int(told)


def _said_yes(exchange: Exchange, name: bytes, hint: str) -> bool:
    told = exchange.header(name)
    if told is None or told == b"0":
        return False
    if told != b"1":
        raise InvalidRequest(f"{name.decode()} is neither 0 nor 1.", hint)
    return True
