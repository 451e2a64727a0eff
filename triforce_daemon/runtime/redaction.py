"""Keeps secrets out of everything that is written for people: known ones by value, others by their look."""

import re

MASK = "[redacted]"

_LOOKS = re.compile(
    r"""
    (?P<lead>(?:bearer|basic)\s+|://[^/\s:@"]*:|(?:api[_-]?key|token|secret|password|authorization)["']?\s*[=:]\s*["']?)
    (?P<value>[^\s"'&,;@]{6,})
    | \b(?:sk|pk|gsk|tf|ghp|gho|csk|xai|hf)[-_][A-Za-z0-9_\-]{12,}
    | \bAIza[A-Za-z0-9_\-]{20,}
    """,
    re.IGNORECASE | re.VERBOSE,
)


class Redactor:
    """Replaces secrets in text. `add` makes one known for as long as the daemon runs."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def add(self, secret: str) -> None:
        if len(secret) >= 6:
            self._known.add(secret)

    def clean(self, text: str) -> str:
        for secret in self._known:
            if secret in text:
                text = text.replace(secret, MASK)
        return _LOOKS.sub(lambda match: (match.group("lead") or "") + MASK, text)
