"""`users.json` of the original: an object of e-mail addresses, each with a name, a tier and an unsalted SHA-256."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from triforce_cli.errors import InputInvalid
from triforce_cli.imports.entry import Entry

#: What the original's tiers are called here.
TIERS = {
    "guest": "guest",
    "free": "free",
    "registered": "free",
    "pro": "pro",
    "enterprise": "unlimited",
    "unlimited": "unlimited",
}
_EXAMPLE = re.compile(r"@(?:[a-z0-9-]+\.)*example\.(?:com|net|org)$")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BCRYPT = re.compile(r"\$2[abxy]\$")
#: Hashes without a salt can be looked up; of these, by anybody in no time.
_LOOKED_UP = {
    hashlib.sha256(word.encode()).hexdigest()
    for word in ("admin", "change-this-password", "changeme", "password", "secret", "test", "12345678", "123456")
}


def read(content: Any) -> list[Entry]:
    """The users of the file. Raises InputInvalid."""
    if not isinstance(content, dict):
        raise InputInvalid("This is no users.json: an object of e-mail addresses was expected.")
    taken: set[str] = set()
    return list(_entries(cast("dict[str, Any]", content), taken))


def _entries(content: Mapping[str, Any], taken: set[str]) -> Iterator[Entry]:
    for address in content:
        record = content[address]
        name = _name(address)
        if not isinstance(record, dict):
            yield Entry("user", address, None, "refused", "Its record is no object.")
        elif _EXAMPLE.search(address.casefold()):
            yield Entry("user", address, None, "refused", "It is the example that the original ships.")
        elif not name:
            yield Entry("user", address, None, "refused", "No name of an account can be made of it.")
        elif name in taken:
            yield Entry("user", address, None, "refused", f"Another one of the file is {name}; make it by hand.")
        else:
            taken.add(name)
            yield _user(address, name, cast("dict[str, Any]", record))


def _user(address: str, name: str, record: Mapping[str, Any]) -> Entry:
    tier = TIERS.get(str(record.get("tier", "free")).casefold())
    if tier is None:
        return Entry("user", address, None, "refused", f"There is no tier {str(record.get('tier'))[:32]!r} here.")
    note = f"tier {tier}; {_of_password(record.get('password_hash'))} Then: triforce users password {name}"
    return Entry("user", address, name, "new", note, {"name": name, "tier": tier})


def _of_password(kept: object) -> str:
    """What is said of the hash, which is never taken: whoever had the file could have tried passwords on it."""
    text = kept if isinstance(kept, str) else ""
    if text in _LOOKED_UP:
        return "its password is known to everybody, and not taken."
    if _SHA256.fullmatch(text):
        return "its password is kept as SHA-256 without a salt, which is not taken."
    if _BCRYPT.match(text):
        return "its password is kept as bcrypt, which is not taken."
    return "no password is taken."


def _name(address: str) -> str:
    """The name before the @, in the letters that names have here."""
    local = address.partition("@")[0].casefold()
    return re.sub(r"[^a-z0-9._-]+", "-", local).strip("._-")[:32]
