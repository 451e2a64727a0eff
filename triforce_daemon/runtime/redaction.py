"""Keeps secrets out of everything that is written for people: known ones by value, others by their look."""

import json
import re
from urllib.parse import quote

MASK = "[redacted]"

#: What is shorter would be found in half of all words.
SHORTEST = 6

#: Texts whose look is remembered, and how long they may be.
_MOST_JUDGED = 1_024
_LONGEST_JUDGED = 512

#: What each finds is replaced, but for its `lead`. A digit tells a key from a word that begins like one.
_LOOKS = (
    re.compile(r"(?P<lead>://[^/\s:@\"']*:)[^\s/\"']+(?=@)"),
    re.compile(r"(?P<lead>\b(?i:bearer|basic)\s+)(?=[^\s\"',;]*[0-9A-Z_=])[^\s\"',;]{6,}"),
    re.compile(
        r"""(?P<lead>(?i:api[_-]?key|token|secret|password|authorization)["']?\s*[=:]\s*)"""
        r"""(?:"[^"\n]+"|'[^'\n]+'|(?:(?i:bearer|basic)\s+)?[^\s"'&,;]{6,})"""
    ),
    re.compile(r"(?P<lead>\b)(?i:sk|pk|gsk|tf|ghp|gho|csk|xai|hf)[-_](?=[A-Za-z_\-]*[0-9])[A-Za-z0-9_\-]{12,}"),
    re.compile(r"(?P<lead>\b)AIza[A-Za-z0-9_\-]{20,}"),
)


class Redactor:
    """Replaces secrets in text. `add` makes one known for as long as the daemon runs."""

    def __init__(self) -> None:
        self._known: list[str] = []
        self._judged: dict[str, bool] = {}

    def add(self, secret: str) -> None:
        """Make `secret` known, also as it stands within JSON, within a URL and in a traceback (`KeyError('…')`)."""
        quoted = (repr(secret), json.dumps(secret), json.dumps(secret, ensure_ascii=False))
        forms = [secret, quote(secret, safe="", errors="surrogatepass"), *(form[1:-1] for form in quoted)]
        known = {*self._known, *(form for form in forms if len(form) >= SHORTEST)}
        # The longest first: one that begins like another must not leave its end behind.
        self._known = sorted(known, key=len, reverse=True)
        self._judged = {}

    def suspects(self, text: str) -> bool:
        """Whether `clean` would change it. Remembered: most lines of a log say what others have said before."""
        judged = self._judged
        known = judged.get(text)
        if known is None:
            known = any(secret in text for secret in self._known) or any(look.search(text) for look in _LOOKS)
            if len(judged) >= _MOST_JUDGED:
                judged.clear()
            if len(text) <= _LONGEST_JUDGED:
                judged[text] = known
        return known

    def clean(self, text: str) -> str:
        for secret in self._known:
            if secret in text:
                text = text.replace(secret, MASK)
        for look in _LOOKS:
            text = look.sub(rf"\g<lead>{MASK}", text)
        return text

    def clean_value(self, name: str, value: str) -> str:
        """`value`, masked also where its name says that it is a secret."""
        return self.clean(f"{name}={value}").removeprefix(f"{name}=")
