"""Looks at what protects the daemon before it starts: a secret that everybody knows protects nothing."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from triforce_daemon.assemble.places import Places
from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.settings import Section, Settings
from triforce_daemon.stores.signing_key import CREDENTIAL as SIGNING_CREDENTIAL
from triforce_daemon.stores.signing_key import KEY_FILE as SIGNING
from triforce_daemon.stores.vault.holders import CREDENTIAL
from triforce_daemon.stores.vault.holders import KEY_FILE as VAULT
from triforce_daemon.wire.known_secrets import why_known

log = logging.getLogger(__name__)

#: A server behind such an address asks for a password, or lets everybody in.
_ASKING = ("redis", "rediss", "postgres", "postgresql")
_RENEW = "Choose one of chance: `openssl rand -base64 32`. `triforced run --dev` starts all the same, for trials."


class Problem(NamedTuple):
    where: str
    why: str


def refuse_known(settings: Settings, places: Places, environ: Mapping[str, str], *, dev: bool = False) -> None:
    """Raises ConfigurationInvalid for the first that is missing, known or of an example; with `dev` says so alone."""
    for problem in _problems(settings, places, environ):
        if not dev:
            raise ConfigurationInvalid(f"The secret of {problem.where} {problem.why}.", _RENEW)
        log.warning("a secret protects nothing", extra={"secret": problem.where, "reason": problem.why})


def _problems(settings: Settings, places: Places, environ: Mapping[str, str]) -> Iterator[Problem]:
    for where, address in _addresses(settings):
        files = {"redis.url": settings.redis.password_file, "database.url": settings.database.password_file}
        has_file = bool(files.get(where))
        if (why := _why_open(address, has_file=has_file)) is not None:
            yield Problem(where, why)
    for file in _files(settings, places, environ):
        with suppress(OSError), open(file, "rb") as content:
            if (why := why_known(content.read(1 << 12).decode("latin-1"))) is not None:
                yield Problem(file, why)


def _addresses(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every setting of a fixed name that is an address, by its key."""
    for section in Settings.model_fields:
        holder = getattr(settings, section)
        if isinstance(holder, Section):
            for field in type(holder).model_fields:
                value = getattr(holder, field)
                if isinstance(value, str) and "://" in value:
                    yield f"{section}.{field}", value


def _why_open(address: str, *, has_file: bool) -> str | None:
    parts = urlsplit(address)
    if parts.password is not None:
        return why_known(unquote(parts.password))
    asks = parts.scheme.partition("+")[0] in _ASKING
    return "is missing, and that is another machine" if asks and not has_file and not _is_here(parts.hostname) else None


def _is_here(host: str | None) -> bool:
    """Whether it leads to this machine: by loopback, or by a socket's path."""
    if not host or host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def _files(settings: Settings, places: Places, environ: Mapping[str, str]) -> Iterator[str]:
    yield os.path.join(places.logins, SIGNING)
    yield os.path.join(places.vault, VAULT)
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        yield from (os.path.join(folder, name) for name in (CREDENTIAL, SIGNING_CREDENTIAL))
    given = (settings.users.signing_key, settings.database.password_file, settings.redis.password_file)
    yield from filter(None, given)
