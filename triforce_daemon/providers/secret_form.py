"""What a provider's key looks like, and what was pasted instead of one. No message repeats what was given."""

import re

from triforce_daemon.errors import KeyMalformed
from triforce_daemon.runtime.redaction import SHORTEST

LONGEST = 4_096

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
#: `abc==` is a key that ends like that: behind an assignment's sign something else follows.
_ASSIGNED = re.compile(r"(?:export\s+|set\s+|\$env:)|[A-Za-z_]\w*=(?!=|$)", re.IGNORECASE)
_HEADER = re.compile(r"(?:authorization\s*:|x-[\w-]+\s*:|bearer\s)", re.IGNORECASE)
_QUOTES = "\"'`\u201c\u201d\u2018\u2019"


def checked_secret(text: str) -> str:
    """`text` without the line's end behind it. Raises KeyMalformed where it cannot be a key."""
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret.strip():
        raise KeyMalformed("The key is empty.", "Paste the key itself.")
    if _ASSIGNED.match(secret):
        raise KeyMalformed("That is a line of a shell's, not a key.", "Paste only what stands behind the `=`.")
    if _HEADER.match(secret):
        raise KeyMalformed("That is a header, not a key.", "Paste only the key, without `Bearer` and the like.")
    if secret[0] in _QUOTES or secret[-1] in _QUOTES:
        raise KeyMalformed("The key stands in quotes.", "Paste it without them.")
    if any(character.isspace() for character in secret):
        raise KeyMalformed("The key has a space or a line's end in it.", "Paste one key, from its begin to its end.")
    if not (secret.isascii() and secret.isprintable()):
        raise KeyMalformed("The key has characters that no header can carry.", "Copy it again from the provider.")
    if not SHORTEST <= len(secret) <= LONGEST:
        raise KeyMalformed(
            f"The key has {len(secret)} characters; triforce keeps those of {SHORTEST} to {LONGEST}.",
            "A shorter one could not be kept out of logs, for it would be found in other words.",
        )
    return secret


def checked_name(name: str, secret: str) -> str:
    """`name`, fit to be shown. Raises KeyMalformed."""
    if not _NAME.fullmatch(name):
        raise KeyMalformed("The name of a key is of letters, digits, `.`, `_` and `-`.", "Call it `work`, for example.")
    if len(name) >= SHORTEST and name in secret:
        raise KeyMalformed("The name is a part of the key, and names are shown.", "Call it `work`, for example.")
    return name
