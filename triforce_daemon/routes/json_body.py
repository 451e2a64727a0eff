"""Reads JSON from whoever sends it: strictly, and no more of it than can be held."""

import orjson

from triforce_daemon.errors import InvalidJson, PayloadTooLarge

#: Numbers, texts, objects and whatever else one request may be made of; 16 MB of brackets would fill half a gigabyte.
#: OpenAI takes 300,000 tokens in one request for embeddings, each a number.
MOST_VALUES = 320_000

#: A request with fewer brackets cannot nest too deeply to be written again.
_WRITABLE_DEPTH = 250

#: All but what opens or separates values, and what bounds texts.
_BETWEEN = bytes(byte for byte in range(256) if byte not in b'",[{')
_PIECE = 64 << 10


def read_json(body: bytes) -> object:
    """The value. Of a name that comes twice the last one counts, here and for whomever it is passed on to.

    Raises InvalidJson, PayloadTooLarge.
    """
    brackets = body.count(b"{") + body.count(b"[")
    if brackets + body.count(b",") > MOST_VALUES and _values(body) > MOST_VALUES:
        raise PayloadTooLarge(f"The request is made of more than {MOST_VALUES:,} values.", "Send less at once.")
    try:
        value: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidJson(f"The request is not JSON: {error}.", "Send one JSON object.") from None
    if brackets > _WRITABLE_DEPTH:
        _check_depth(value)
    return value


def _values(body: bytes) -> int:
    """How many there are, give or take the first, or that there are too many. What stands in texts is none."""
    plain = body.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, _BETWEEN)
    # An end and a beginning with nothing in between bound nothing, and a text without commas is such a pair too.
    bounds = plain.replace(b'""', b"")
    values, within = 0, 0
    for begin in range(0, len(bounds), _PIECE):
        parts = bounds[begin : begin + _PIECE].split(b'"')
        values += sum(map(len, parts[within::2]))
        within ^= (len(parts) - 1) & 1
        if values > MOST_VALUES:
            break
    return values


def _check_depth(value: object) -> None:
    """orjson reads brackets within brackets to a depth of 1,024, and writes them to one of 254."""
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise InvalidJson(f"The request cannot be passed on: {error}.", "Nest it less deeply.") from None
