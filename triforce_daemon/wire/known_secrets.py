"""Secrets that everybody knows: defaults, examples, and what people type where they want none."""

import re

#: As they stand, in small letters: of examples and of programs that bring one along.
_KNOWN = frozenset(
    {
        *("admin", "administrator", "change-me", "change-this-password", "change_me", "changeit", "changeme"),
        *("default", "dev", "development", "dummy", "example", "foobared", "guest", "letmein", "master", "mysecret"),
        *("pass", "passw0rd", "password", "password1", "postgres", "qwerty", "redis", "root", "secret", "secretkey"),
        *("test", "testing", "token", "triforce", "user", "123456", "1234567890", "12345678", "0123456789abcdef"),
        # The original's, which stand in its source.
        *("ailinux-default-key-change-me", "ailinux-federation-2025", "ailinux-webhook-secret-change-me"),
    }
)
#: How examples say what they are: `your-groq-key`, `sk-ant-your-key-here`, `__GENERATE_SECRET_32__`, `<…>`, `${X}`.
_EXAMPLE = re.compile(
    r"your[-_ ]|[-_]here$|change[-_ ]?(?:me|this)|generate[-_ ]|__[a-z_0-9]+__|^<.*>$|^\$\{.*\}$|^(?:\.{3}|x{4,}|\*+)$|"
    r"^[a-z]{2,4}[-_]your|placeholder|example|replace[-_ ]?(?:me|this)|^todo$|insert[-_ ]"
)
_FEW = 4


def why_known(secret: str) -> str | None:
    """Why this protects nothing, as the end of a sentence that begins with "It"; None where it may."""
    text = secret.strip().casefold()
    if not text:
        return "is empty"
    if text in _KNOWN:
        return "is known to everybody"
    if _EXAMPLE.search(text):
        return "is an example's"
    if len(set(text)) < _FEW:
        return "is the same few characters again and again"
    return None
