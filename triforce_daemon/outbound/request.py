"""A request as it stands on the wire."""

import re

from triforce_daemon.outbound.target import Target
from triforce_daemon.wire.constants import VERSION

_AGENT = f"triforce/{VERSION}"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN = re.compile(r"[\r\n\0]")

#: Names and values, in the order in which they are written.
Headers = tuple[tuple[str, str], ...]
#: What closes the head of a request without a body, and of one with so many bytes.
END = b"\r\n"
CONTENT_LENGTH = b"Content-Length: %d\r\n\r\n"


def write_head(method: str, target: Target, headers: Headers, proxy: Target | None = None) -> bytes:
    """Request line and headers, but for what closes them. `proxy`: the one that passes the request on unseen.

    Raises ValueError for what would not be one request any more.
    """
    path = f"http://{target.netloc}{target.path}" if proxy is not None else target.path
    lines = [f"{method} {path} HTTP/1.1", f"Host: {target.netloc}", "Accept-Encoding: identity"]
    named: set[str] = set()
    for name, value in headers:
        if not _NAME.fullmatch(name) or _FORBIDDEN.search(value):
            raise ValueError("a header holds what no header may hold")
        named.add(name.lower())
        lines.append(f"{name}: {value}")
    if "user-agent" not in named:
        lines.append(f"User-Agent: {_AGENT}")
    if target.login is not None and "authorization" not in named:
        lines.append(f"Authorization: {target.login}")
    if proxy is not None and proxy.login is not None:
        lines.append(f"Proxy-Authorization: {proxy.login}")
    return _encoded(lines)


def write_connect(target: Target, proxy: Target) -> bytes:
    """The request for a tunnel through a proxy."""
    place = f"{target.netloc}" if target.netloc.endswith(f":{target.port}") else f"{target.netloc}:{target.port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", f"User-Agent: {_AGENT}"]
    if proxy.login is not None:
        lines.append(f"Proxy-Authorization: {proxy.login}")
    return _encoded(lines) + END


def _encoded(lines: list[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode("latin-1")
