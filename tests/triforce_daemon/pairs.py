"""Certificates for tests, and a daemon that has one."""

import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.listeners.network import pair
from triforce_daemon.listeners.self_signed import make
from triforce_daemon.wire.paths import state_folder


def make_pair(home: str, *names: str, replace: bool = False) -> Mapping[str, object]:
    """A pair where a daemon with that home looks for one."""
    folder = os.path.join(state_folder({"HOME": home}), "tls")
    return make(names or ("127.0.0.1", "localhost"), *pair("", "", folder), replace=replace)


def trusting(certificate: str) -> ssl.SSLContext:
    """What a client uses that trusts one certificate alone."""
    context = ssl.create_default_context(cafile=certificate)
    # It is the issuer of itself, which strictly makes no issuer.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


@asynccontextmanager
async def serve_https(
    folder: str, limits: Mapping[str, float] = MappingProxyType({}), **flags: str
) -> AsyncIterator[tuple[ServedDaemon, int, ssl.SSLContext]]:
    """A daemon that listens by TLS too, its port, and what trusts it."""
    made = make_pair(folder)
    on = {"https__enabled": "true", "https__port": "0", "https__host": "127.0.0.1"}
    async with serve(folder, limits=limits, **on, **flags) as served:
        assert served.network.https is not None
        yield served, served.network.https.place.port, trusting(str(made["certificate"]))
