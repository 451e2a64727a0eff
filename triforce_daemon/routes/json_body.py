"""Reads JSON from whoever sends it: strictly, and no more of it than can be held."""

import json
from collections import Counter

import orjson

from triforce_daemon.errors import InvalidJson, PayloadTooLarge

#: Numbers, texts, objects and whatever else one request may be made of; 16 MB of brackets would fill half a gigabyte.
#: OpenAI takes 300,000 tokens in one request for embeddings, each a number.
MOST_VALUES = 320_000

#: A value takes two bytes at least: what is shorter need not be counted.
_FEW_BYTES = 2 * MOST_VALUES

#: All but what opens or separates values, and what bounds texts.
_BETWEEN = bytes(byte for byte in range(256) if byte not in b'",[{')
_PIECE = 64 << 10
_BLANKS = b" \t\r\n"


def read_json(body: bytes) -> object:
    """The value. Raises InvalidJson, also where a name stands twice in an object, and PayloadTooLarge."""
    refuse_too_many(body)
    try:
        value: object = orjson.loads(body)
        written = orjson.dumps(value)
    except orjson.JSONDecodeError as error:
        raise InvalidJson(f"The request is not JSON: {error}.", "Send one JSON object.") from None
    except orjson.JSONEncodeError as error:
        # It reads brackets within brackets to a depth of 1,024, and writes them to one of 254.
        raise InvalidJson(f"The request cannot be passed on: {error}.", "Nest it less deeply.") from None
    # Most programs write JSON as this does, but for blanks: then it says all that was sent, and each name once. Blanks
    # within a text do not matter, for a name is no less one without them.
    if written != body and written.translate(None, _BLANKS) != body.translate(None, _BLANKS):
        _refuse_twins(body)
    return value


def refuse_too_many(body: bytes) -> None:
    """Raises PayloadTooLarge for JSON, whoever is to read it, that is made of more values than can be held."""
    if len(body) > _FEW_BYTES and _bounds(body) > MOST_VALUES and _values(body) > MOST_VALUES:
        raise PayloadTooLarge(f"The request is made of more than {MOST_VALUES:,} values.", "Send less at once.")


def _refuse_twins(body: bytes) -> None:
    """Raises InvalidJson where a name stands twice in an object: of two readers, each might believe another one."""
    _LISTENER.decode(body.decode())


def _note(pairs: list[tuple[str, object]]) -> None:
    """An object as it is read, with all that it says; nothing of it is kept."""
    if len(dict(pairs)) != len(pairs):
        twin = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise InvalidJson(f"The name {twin[:64]!r} stands twice in one object.", "Send each once.")


#: Numbers are left as they stand: some have more digits than anybody reads.
_LISTENER = json.JSONDecoder(object_pairs_hook=_note, parse_int=str, parse_float=str)


def _bounds(body: bytes) -> int:
    """As many values as there may be at most; what stands in texts is counted too."""
    return body.count(b"{") + body.count(b"[") + body.count(b",")


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
