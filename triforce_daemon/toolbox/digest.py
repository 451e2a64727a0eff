"""A fingerprint of a call's arguments: what an approval is bound to, and all that the audit keeps of them."""

import hashlib
from typing import Any

import orjson

from triforce_daemon.errors import InvalidArguments


def digest_of(arguments: dict[str, Any]) -> str:
    """SHA-256 of the arguments as canonical JSON, in hexadecimal.

    Raises InvalidArguments for what could be read and cannot be written: nested too deeply, half a character, a number
    that is no JSON.
    """
    try:
        canonical = orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError as error:
        raise InvalidArguments(f"The arguments cannot be written down: {error}.", "Send plainer JSON.") from None
    return hashlib.sha256(canonical).hexdigest()
