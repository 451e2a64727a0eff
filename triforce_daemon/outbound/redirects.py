"""What a redirect asks for (RFC 9110, 15.4)."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urljoin

from triforce_daemon.outbound import target
from triforce_daemon.outbound.reply import Reply

#: What tells who is asking: for the ears of the host that it was written for, and of no other.
_PERSONAL = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key", "x-goog-api-key", "api-key"})


class Asked(NamedTuple):
    """One request, as it may have to be sent to another place."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


def redirected(asked: Asked, reply: Reply) -> Asked | None:
    """The request that the answer asks for instead; None: it is the answer. Raises UpstreamFailed for a bad address."""
    place = reply.headers.get("location")
    if reply.status not in (301, 302, 303, 307, 308) or place is None:
        return None
    url = urljoin(asked.url, place)
    here, there = target.parse(asked.url), target.parse(url)
    headers = asked.headers
    if (here.secure, here.host, here.port) != (there.secure, there.host, there.port):
        headers = {name: value for name, value in headers.items() if name.lower() not in _PERSONAL}
    if reply.status in (307, 308) or asked.method == "GET":
        return Asked(asked.method, url, headers, asked.body)
    return Asked("GET", url, {name: value for name, value in headers.items() if name.lower() != "content-type"}, None)
