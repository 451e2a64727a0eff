"""Keys that come with the daemon's start: from systemd's credentials and from the environment."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from triforce_daemon.errors import KeyMalformed
from triforce_daemon.providers.credential import Credential, Origin
from triforce_daemon.providers.secret_form import checked_secret


class Refused(NamedTuple):
    """Something that should hold a key and does not; never what it holds instead."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """What one place has for one provider."""

    origin: Origin
    #: Where a person would look.
    place: str
    credentials: tuple[Credential, ...] = ()
    refused: tuple[Refused, ...] = ()


def from_environment(names: Sequence[str], environ: Mapping[str, str]) -> Source:
    """`GROQ_API_KEY`, then `GROQ_API_KEY_2` and so on, for each of `names`. A value is one key, whatever is in it."""
    found = [(variable, environ[variable]) for name in names for variable in _numbered(name, "_", environ)]
    return _source("environment", ", ".join(names), found)


def from_credentials(provider: str, folder: str | None) -> Source:
    """The credentials `<provider>-api-key`, `<provider>-api-key-2` and so on; none where systemd gave no `folder`."""
    name = f"{provider}-api-key"
    place = f"{folder or '$CREDENTIALS_DIRECTORY'}/{name}"
    if folder is None:
        return Source("credential", place)
    try:
        files = _numbered(name, "-", os.listdir(folder))
        found = [(file, _content(os.path.join(folder, file))) for file in files]
    except OSError as error:
        return Source("credential", place, refused=(Refused(name, f"{error.filename}: {error.strerror}"),))
    return _source("credential", place, found)


def _source(origin: Origin, place: str, found: Iterable[tuple[str, str]]) -> Source:
    credentials: dict[str, Credential] = {}
    refused: list[Refused] = []
    for name, text in found:
        try:
            secret = checked_secret(text)
        except KeyMalformed as error:
            refused.append(Refused(name, error.message))
            continue
        # Two names for one key are one key.
        credentials.setdefault(secret, Credential(name, secret, origin))
    return Source(origin, place, tuple(credentials.values()), tuple(refused))


def _numbered(name: str, between: str, there: Iterable[str]) -> list[str]:
    """Of what is `there`: `name`, then those with a number behind it, from 2 on."""
    pattern = re.compile(rf"{re.escape(name)}(?:{between}([2-9]|[1-9][0-9]+))?")
    found = [(int(match[1] or 1), match[0]) for one in there if (match := pattern.fullmatch(one))]
    return [one for _, one in sorted(found)]


def _content(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
