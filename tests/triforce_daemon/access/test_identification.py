"""Who calls: by the kernel's word on the socket, by what a request brings elsewhere."""

import os

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller, Stranger
from triforce_daemon.access.identification import Identification
from triforce_daemon.errors import Forbidden


async def test_by_the_kernels_word(served: ServedDaemon) -> None:
    known = served.parts.get(Identification)
    caller = known.by_peer((5, os.getuid(), 0), 0)
    assert isinstance(caller, Caller)
    assert caller.is_owner
    assert isinstance(known.by_peer((5, 65_534, 65_534), 0), Stranger)
    assert isinstance(known.by_peer(None, 0), Stranger)


async def test_by_what_it_brings(served: ServedDaemon) -> None:
    known, token = served.parts.get(Identification), (await served.token("read")).encode()
    entrance = known.entrances["http"]
    host = (b"host", f"127.0.0.1:{served.http.port}".encode())
    caller = known.by_headers(entrance, [host, (b"x-api-key", token)], b"", 0)
    assert isinstance(caller, Caller)
    assert (caller.kind, caller.scopes) == ("token", frozenset({"read"}))
    assert isinstance(known.by_headers(entrance, [host], b"", 0), Stranger)
    with pytest.raises(Forbidden, match="that name"):
        known.by_headers(entrance, [(b"x-api-key", token)], b"", 0)
