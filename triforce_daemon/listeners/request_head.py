"""What is refused of a request's head: whatever two programs on its way might read in two ways, and too much of it."""

import re
from collections.abc import Sequence
from itertools import chain
from operator import itemgetter

from triforce_daemon.errors import HeadTooLarge, InvalidRequest
from triforce_daemon.listeners.limits import Limits

Headers = Sequence[tuple[bytes, bytes]]

_HOST = re.compile(rb"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

_name = itemgetter(0)

_ONE_HOST = "Send one header Host, with the name by which the daemon was called."


def check_head(url: bytes, headers: Headers, version: str, limits: Limits) -> None:
    """Raises InvalidRequest and HeadTooLarge. What is no HTTP at all, the parser has refused before."""
    if len(headers) > limits.headers:
        raise HeadTooLarge(f"The request has more than {limits.headers} headers.", "Send fewer.")
    if len(url) + sum(map(len, chain.from_iterable(headers))) > limits.head_bytes:
        raise head_too_large(limits)
    names, said = list(map(_name, headers)), dict(headers)
    codings = names.count(b"transfer-encoding")
    if codings and (codings > 1 or said[b"transfer-encoding"].lower() != b"chunked"):
        raise InvalidRequest("The request's body comes in a coding that is not read.", "Send it plain or chunked.")
    hosts = names.count(b"host")
    if hosts > 1 or (not hosts and version != "1.0"):
        raise InvalidRequest(f"The request has {hosts} headers Host.", _ONE_HOST)
    _check_host(url, said.get(b"host"))


def head_too_large(limits: Limits) -> HeadTooLarge:
    return HeadTooLarge(
        f"The head of the request is larger than {limits.head_bytes:,} bytes.", "Send what is long in its body."
    )


def _check_host(url: bytes, host: bytes | None) -> None:
    if host is not None and not _HOST.fullmatch(host):
        raise InvalidRequest("The request's header Host is no name.", _ONE_HOST)
    if url.startswith(b"/") or url == b"*":
        return
    # The form that proxies get: its own host counts for more than the header, for whoever reads it so.
    authority = url.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0]
    if host is None or authority.lower() != host.lower():
        raise InvalidRequest("The request's address and its header Host name two hosts.", "Send the path alone.")
