"""A fingerprint of a call's arguments: what an approval is bound to, and all that the audit keeps of them."""

import hashlib
from typing import Any

import orjson


def digest_of(arguments: dict[str, Any]) -> str:
    """SHA-256 of the arguments as canonical JSON, in hexadecimal."""
    return hashlib.sha256(orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)).hexdigest()
