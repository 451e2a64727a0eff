"""What is refused of a request's head: whatever two programs on its way might read in two ways, and too much of it."""

import re
from collections.abc import Sequence

from triforce_daemon.errors import HeadTooLarge, InvalidRequest
from triforce_daemon.listeners.limits import Limits

Headers = Sequence[tuple[bytes, bytes]]

_HOST = re.compile(rb"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

_ONE_HOST = "Send one header Host, with the name by which the daemon was called."


def check_head(url: bytes, headers: Headers, version: str, limits: Limits) -> None:
    """Raises InvalidRequest and HeadTooLarge. What is no HTTP at all, the parser has refused before."""
    if len(headers) > limits.headers:
        raise HeadTooLarge(f"The request has more than {limits.headers} headers.", "Send fewer.")
    hosts: list[bytes] = []
    codings: list[bytes] = []
    size = len(url)
    for name, value in headers:
        size += len(name) + len(value)
        if name == b"host":
            hosts.append(value)
        elif name == b"transfer-encoding":
            codings.append(value)
    if size > limits.head_bytes:
        raise head_too_large(limits)
    if codings and (len(codings) > 1 or codings[0].lower() != b"chunked"):
        raise InvalidRequest("The request's body comes in a coding that is not read.", "Send it plain or chunked.")
    _check_host(url, hosts, version)


def head_too_large(limits: Limits) -> HeadTooLarge:
    return HeadTooLarge(
        f"The head of the request is larger than {limits.head_bytes:,} bytes.", "Send what is long in its body."
    )


def _check_host(url: bytes, hosts: list[bytes], version: str) -> None:
    if len(hosts) > 1 or (not hosts and version != "1.0"):
        raise InvalidRequest(f"The request has {len(hosts)} headers Host.", _ONE_HOST)
    if hosts and not _HOST.fullmatch(hosts[0]):
        raise InvalidRequest("The request's header Host is no name.", _ONE_HOST)
    if url.startswith(b"/") or url == b"*":
        return
    # The form that proxies get: its own host counts for more than the header, for whoever reads it so.
    authority = url.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0]
    if not hosts or authority.lower() != hosts[0].lower():
        raise InvalidRequest("The request's address and its header Host name two hosts.", "Send the path alone.")
