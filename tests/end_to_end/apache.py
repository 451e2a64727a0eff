"""A real Apache with the configuration of docs/operations/apache.md, in front of a real listener."""

import asyncio
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_daemon.pairs import make_pair, trusting
from tests.triforce_daemon.raw import exchange
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.routes.identify import Door

APACHE = shutil.which("apache2") or shutil.which("httpd") or "/usr/sbin/apache2"
MODULES = next(
    (Path(path) for path in ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules") if os.path.isdir(path)), None
)
PAGE = Path(__file__).parent.parent.parent / "docs" / "operations" / "apache.md"

NEEDED = pytest.mark.skipif(not os.path.exists(APACHE) or MODULES is None, reason="Apache is not here")

#: What Debian loads without being asked, and what the page asks for.
LOADED = (
    "mpm_event",
    "authz_core",
    "env",
    "filter",
    "deflate",
    "reqtimeout",
    "ssl",
    "socache_shmcb",
    "http2",
    "headers",
    "proxy",
    "proxy_http",
)
FRAME = """
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
ServerName localhost
Listen 127.0.0.1:{port}
{user}
{modules}
AddOutputFilterByType DEFLATE application/json text/event-stream
"""


@dataclass
class Front:
    """Apache before a daemon, and what came through."""

    served: ServedDaemon
    port: int
    context: ssl.SSLContext
    seen: list[tuple[str, str | None]] = field(default_factory=list[Any])

    async def send(self, *pieces: bytes, pause: float = 0.0) -> bytes:
        return await exchange(self.port, *pieces, pause=pause, context=self.context)


def configuration(
    folder: str, port: int, daemon: int, certificate: str, key: str, page: Path = PAGE, loaded: Sequence[str] = LOADED
) -> str:
    """What stands on the page, with the places of this test."""
    (site,) = re.findall(r"^```apache\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    changed = {
        "*:443": f"127.0.0.1:{port}",
        "/etc/letsencrypt/live/tri.example/fullchain.pem": certificate,
        "/etc/letsencrypt/live/tri.example/privkey.pem": key,
        "127.0.0.1:9000": f"127.0.0.1:{daemon}",
    }
    for ours, theirs in changed.items():
        assert site.count(ours) == 1
        site = site.replace(ours, theirs)
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in loaded)
    user = "User www-data\nGroup www-data" if os.getuid() == 0 else ""
    return FRAME.format(folder=folder, port=port, user=user, modules=modules) + site


@asynccontextmanager
async def before_a_daemon(folder: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Front]:
    """Everything of the page, in `folder`."""
    seen: list[tuple[str, str | None]] = []
    identified = Door.__call__

    async def watched(self: Door, scope: Any, receive: Any, send: Any) -> None:
        try:
            await identified(self, scope, receive, send)
        finally:
            seen.append((scope["path"], scope["client"][0] if scope["client"] else None))

    monkeypatch.setattr(Door, "__call__", watched)
    made = make_pair(folder, "tri.example", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    hosts = f"tri.example,tri.example:{port}"
    async with serve(folder, http__behind_proxy="true", http__hosts=hosts) as served:
        text = configuration(folder, port, served.http.port, str(made["certificate"]), str(made["key"]))
        async with running(folder, text, port):
            yield Front(served, port, trusting(str(made["certificate"])), seen)


@asynccontextmanager
async def running(folder: str, text: str, port: int) -> AsyncIterator[None]:
    Path(folder, "apache.conf").write_text(text)
    process = subprocess.Popen([APACHE, "-f", f"{folder}/apache.conf", "-D", "FOREGROUND"])
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, Path(folder, "apache.log").read_text()
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def asking(method: str, path: str, *more: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: tri.example", *more]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
