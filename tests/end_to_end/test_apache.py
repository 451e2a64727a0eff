"""The configuration of docs/operations/apache.md in a real Apache, in front of a real listener."""

import asyncio
import json
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
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.pairs import make_pair, trusting
from tests.triforce_daemon.raw import exchange
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.routes.identify import Door

APACHE = shutil.which("apache2") or shutil.which("httpd") or "/usr/sbin/apache2"
MODULES = next(
    (Path(path) for path in ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules") if os.path.isdir(path)), None
)
PAGE = Path(__file__).parent.parent.parent / "docs" / "operations" / "apache.md"

pytestmark = pytest.mark.skipif(not os.path.exists(APACHE) or MODULES is None, reason="Apache is not here")

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


@pytest.fixture
async def front(folder: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Front]:
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


async def test_a_stream_comes_piece_by_piece(front: Front) -> None:
    token = await front.served.token("inference")
    front.served.upstream.enqueue(say("one", " two", " three", " four"), "every=150ms")
    body = json.dumps({"model": "scripted/small", "stream": True, "messages": [{"role": "user", "content": "x"}]})
    reader, writer = await asyncio.open_connection("127.0.0.1", front.port, ssl=front.context)
    writer.write(
        asking(
            "POST",
            "/v1/chat/completions",
            f"Authorization: Bearer {token}",
            "Accept-Encoding: gzip",
            body=body.encode(),
        )
    )
    came: list[float] = []
    while b"[DONE]" not in (line := await asyncio.wait_for(reader.readline(), 10)):
        if b'"content"' in line:
            came.append(time.monotonic())
    writer.close()
    gaps = [after - before for before, after in pairwise(came)]
    assert len([gap for gap in gaps if gap > 0.05]) >= 3, gaps


async def test_it_speaks_http_2_and_tls_1_3_alone(front: Front) -> None:
    context = front.context
    context.set_alpn_protocols(["h2", "http/1.1"])
    _, writer = await asyncio.open_connection("127.0.0.1", front.port, ssl=context)
    spoken = writer.get_extra_info("ssl_object")
    assert (spoken.version(), spoken.selected_alpn_protocol()) == ("TLSv1.3", "h2")
    writer.close()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", front.port, ssl=context)


SPOOFS = (
    "X-Forwarded-For: 9.9.9.9",
    "X-Forwarded-For: 9.9.9.9, 8.8.8.8\r\nX-Forwarded-For: 7.7.7.7",
    "Forwarded: for=9.9.9.9\r\nX-Real-IP: 9.9.9.9\r\nCF-Connecting-IP: 9.9.9.9\r\nX-User-ID: root",
    "X-Forwarded-Proto: unix\r\nRemote-User: root",
    "X-Forwarded-User: root\r\nX-Forwarded-Port: 9000\r\nX-Forwarded-Host: localhost\r\nTrue-Client-IP: 9.9.9.9",
)


async def test_what_a_client_says_of_itself_is_gone(front: Front) -> None:
    for spoof in SPOOFS:
        got = await front.send(asking("GET", "/v1/health", "Connection: close", spoof))
        assert got.startswith(b"HTTP/1.1 200"), spoof
        assert (await front.send(asking("GET", "/v1/tokens", "Connection: close", spoof))).startswith(b"HTTP/1.1 401")
    assert {client for _, client in front.seen} == {"127.0.0.1"}
    got = await front.send(asking("GET", "/v1/health", "X_Forwarded_For: 9.9.9.9"))
    assert got.startswith(b"HTTP/1.1 400")


HIDDEN = b"GET /v1/hidden HTTP/1.1\r\nHost: tri.example\r\n\r\n"
CHUNKED = b"0\r\n\r\n" + HIDDEN

#: Requests of which two programs may see different ends.
SMUGGLED = {
    "CL.TE": asking("POST", "/v1/models", "Transfer-Encoding: chunked", body=CHUNKED),
    "TE.CL": asking("POST", "/v1/models", "Content-Length: 4", "Transfer-Encoding: chunked")
    + b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN),
    "TE.TE": asking("POST", "/v1/models", "Transfer-Encoding: chunked", "Transfer-Encoding: x", body=CHUNKED),
    "TE.TE in one": asking("POST", "/v1/models", "Transfer-Encoding: x, chunked", body=CHUNKED),
    "a space before the colon": asking("POST", "/v1/models", "Transfer-Encoding : chunked", body=CHUNKED),
    "a tab behind it": asking("POST", "/v1/models", "Transfer-Encoding:\tchunked", body=CHUNKED),
    "a vertical tab": asking("POST", "/v1/models", "Transfer-Encoding: \x0bchunked", body=CHUNKED),
    "an underscore": asking("POST", "/v1/models", "Transfer_Encoding: chunked", body=CHUNKED),
    "a folded line": asking("POST", "/v1/models", "X: y\r\n Transfer-Encoding: chunked", body=CHUNKED),
    "a bare line feed": asking("POST", "/v1/models", "X: y\nTransfer-Encoding: chunked", body=CHUNKED),
    "a bare carriage return": asking("POST", "/v1/models", "X: y\rTransfer-Encoding: chunked", body=CHUNKED),
    "two lengths": asking("POST", "/v1/models", "Content-Length: 0", body=HIDDEN),
    "a signed length": asking("POST", "/v1/models", "Content-Length: +0") + HIDDEN,
    "a length in a GET": asking("GET", "/v1/models", body=HIDDEN),
    "a chunk's long extension": asking("POST", "/v1/models", "Transfer-Encoding: chunked")
    + b"1;" + b"x" * 20_000 + b"\r\nx\r\n" + CHUNKED[:5],
    "a line feed in an extension": asking("POST", "/v1/models", "Transfer-Encoding: chunked") + b"2;\nxx\r\n" + HIDDEN,
    "a chunk that is too large": asking("POST", "/v1/models", "Transfer-Encoding: chunked") + b"F" * 17 + b"\r\n",
}  # fmt: skip


#: Of these Apache sees the second request, as this daemon would: it is nobody's secret, and has an answer of its own.
PLAIN = ("CL.TE", "a tab behind it")


async def test_no_request_hides_in_another(front: Front) -> None:
    """Nor does an answer go to somebody else: the next clients get their own."""
    for name, request in SMUGGLED.items():
        front.seen.clear()
        got = await front.send(request)
        hidden = [path for path, _ in front.seen if path == "/v1/hidden"]
        assert len(hidden) <= got.count(b"/v1/hidden") <= int(name in PLAIN), (name, got)
        for _ in range(3):
            answer = await front.send(asking("GET", "/v1/health", "Connection: close"))
            assert answer.startswith(b"HTTP/1.1 200"), (name, answer)
            assert b'"ready"' in answer


async def test_an_encoded_slash_arrives_as_it_was_sent(front: Front) -> None:
    token = await front.served.token("inference")
    got = await front.send(asking("GET", "/v1/models/scripted%2Fsmall", f"Authorization: Bearer {token}"))
    assert got.startswith(b"HTTP/1.1 200"), got


async def test_another_name_is_not_answered_to(front: Front) -> None:
    got = await front.send(b"GET /v1/health HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 403")
