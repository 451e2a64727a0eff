"""The upstreams that triforce knows, and those that the settings add, as values."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from triforce_daemon.dialects.canonical import DialectName
from triforce_daemon.outbound.loopback import is_loopback
from triforce_daemon.providers.ollama_host import base_url_of
from triforce_daemon.settings import Provider as ProviderSettings
from triforce_daemon.wire.boundary import Boundary

_FILE = os.path.join(os.path.dirname(__file__), "catalog.toml")
_ACCOUNT = "{account}"
#: The table of what is known of hosts; all others are providers.
_HOSTS = "hosts"


@dataclass(frozen=True, slots=True)
class ModelList:
    """Where a list of models is, and in which shape of `listings` it comes."""

    path: str
    shape: str


@dataclass(frozen=True, slots=True)
class Retired:
    since: str
    replacement: str


@dataclass(frozen=True, slots=True)
class Messages:
    """What a provider does not take in a message of a conversation."""

    refuses: Sequence[str] = ()
    renames: Mapping[str, str] = field(default_factory=dict[str, str])
    roles: Mapping[str, str] = field(default_factory=dict[str, str])
    #: What has to be said of an answer that is to be gone on with, which stands last.
    begun: Mapping[str, bool] = field(default_factory=dict[str, bool])


@dataclass(frozen=True, slots=True)
class Row:
    """One upstream: where it is, how it is spoken to, and what is known of it. The fields: see catalog.toml."""

    name: str
    title: str
    base_url: str
    dialect: DialectName
    models: ModelList
    auth: str = "bearer"
    key: str = "required"
    environment: Sequence[str] = ()
    account: str | None = None
    address: str | None = None
    check: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    max_tools: int | None = None
    tools_of: Mapping[str, int] = field(default_factory=dict[str, int])
    refuses: Sequence[str] = ()
    renames: Mapping[str, str] = field(default_factory=dict[str, str])
    messages: Messages = Messages()
    tool_ids: str | None = None
    retired: Retired | None = None
    #: By the settings.
    enabled: bool = True
    refresh_seconds: float = 3_600
    #: What is wrong with where it is said to be, in words.
    problem: str | None = None

    @property
    def needs_key(self) -> bool:
        return self.key == "required"

    @property
    def lacks_account(self) -> bool:
        return _ACCOUNT in self.base_url

    @property
    def boundary(self) -> Boundary:
        """Where a prompt goes. A machine in the same network is another machine, and nobody knows whose.

        Who cannot be asked without a key is elsewhere: what stands for him on this machine only passes prompts on.
        """
        return "machine" if is_loopback(self._host) and not self.needs_key else "any"

    @property
    def warning(self) -> str | None:
        """What a person should know of the way there."""
        if self.base_url.startswith("http://") and not is_loopback(self._host):
            return f"Keys and prompts travel unencrypted to {self._host}."
        return None

    def url(self, path: str) -> str:
        """The address of `path` below the base URL; each `../` climbs."""
        parts = urlsplit(self.base_url)
        base = parts.path
        while path.startswith("../"):
            path, base = path[3:], base.rpartition("/")[0]
        return f"{parts.scheme}://{parts.netloc}{base}/{path.lstrip('/')}"

    def tools_for(self, model: str) -> int | None:
        """How many tools one request to `model` may offer; None: nothing is known of a limit."""
        found = [most for beginning, most in self.tools_of.items() if model.startswith(beginning)]
        return min((most for most in (*found, self.max_tools) if most is not None), default=None)

    def headers_with(self, secret: str) -> dict[str, str]:
        """The headers of a request with that key; without one where it is empty."""
        if not secret:
            return dict(self.headers)
        if self.auth == "bearer":
            return {**self.headers, "authorization": f"Bearer {secret}"}
        return {**self.headers, self.auth: secret}

    @property
    def _host(self) -> str:
        return urlsplit(self.base_url).hostname or ""


@cache
def catalog() -> Mapping[str, Row]:
    """The catalogue as it is written down, before any setting."""
    return {name: _row(name, table) for name, table in _tables().items() if name != _HOSTS}


@cache
def _tables() -> dict[str, dict[str, Any]]:
    with open(_FILE, "rb") as file:
        return tomllib.load(file)


def rows(settings: Mapping[str, ProviderSettings], environ: Mapping[str, str]) -> list[Row]:
    """The catalogue's providers as settings and environment change them, then the user's own; disabled ones too."""
    usual = ProviderSettings()
    known = [row_of(name, settings.get(name, usual), environ) for name in catalog()]
    return [*known, *(row_of(name, wanted, environ) for name, wanted in settings.items() if name not in catalog())]


def row_of(name: str, settings: ProviderSettings, environ: Mapping[str, str]) -> Row:
    """One provider by its settings; of one that the catalogue does not know, all comes from there."""
    row = catalog().get(name) or _own(name, settings)
    row = _placed(row, settings, environ)
    return replace(
        row,
        dialect=settings.dialect or row.dialect,
        environment=(settings.key_environment,) if settings.key_environment else row.environment,
        max_tools=settings.max_tools or row.max_tools,
        enabled=settings.enabled,
        refresh_seconds=settings.refresh_seconds,
    )


def _placed(row: Row, settings: ProviderSettings, environ: Mapping[str, str]) -> Row:
    """At the address that the settings give, else the environment, else the catalogue."""
    if settings.base_url:
        # Whoever is asked there instead is not the one who has retired.
        row = replace(row, base_url=settings.base_url, retired=None)
    elif row.address and environ.get(row.address):
        try:
            row = replace(row, base_url=base_url_of(environ[row.address]))
        except ValueError as error:
            row = replace(row, problem=f"{row.address} is no address: {error}")
    account = settings.account or environ.get(row.account or "", "")
    if row.lacks_account and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", account):
        row = replace(row, base_url=row.base_url.replace(_ACCOUNT, account))
    return row


def _row(name: str, table: dict[str, Any]) -> Row:
    parts: dict[str, type[Any]] = {"models": ModelList, "messages": Messages, "retired": Retired}
    made: dict[str, Any] = {key: parts[key](**value) if key in parts else value for key, value in table.items()}
    return Row(name=name, **made)


#: What a provider of the user's own is like, by its dialect: as the one that the dialect comes from.
_LIKE = {"gemini": "gemini", "anthropic": "anthropic", "ollama": "ollama"}


def _own(name: str, settings: ProviderSettings) -> Row:
    like = catalog().get(_LIKE.get(settings.dialect, ""))
    known: dict[str, Any] = _tables()[_HOSTS].get(urlsplit(settings.base_url).hostname or "", {})
    return Row(
        name=name,
        title=name,
        base_url=settings.base_url,
        dialect=settings.dialect or "openai_chat",
        models=like.models if like else ModelList("/models", "openai"),
        auth=like.auth if like else "bearer",
        key="optional",
        environment=(f"{name}_API_KEY".upper().replace("-", "_"),),
        headers=like.headers if like else {},
        **known,
    )
