"""The machine's own Redis, by TLS on one port and without on another: the one of `tests.valkey` has no TLS."""

import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.issuer import Pair

PASSWORD = "open sesame"


@dataclass
class Ports:
    tls: int
    plain: int


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@contextmanager
def redis_by_tls(folder: str, pair: Pair, trusted: str, *, clients: str = "no") -> Generator[Ports]:
    """`clients`: whether they need a certificate that `trusted` has issued. Skips where no server has TLS."""
    server = shutil.which("redis-server") or shutil.which("valkey-server")
    if server is None:
        pytest.skip("there is no redis-server on this machine")
    ports = Ports(_free(), _free())
    flags = {
        "port": ports.plain, "tls-port": ports.tls, "tls-cert-file": pair.certificate, "tls-key-file": pair.key,
        "tls-ca-cert-file": trusted, "tls-auth-clients": clients, "bind": "127.0.0.1", "save": "", "dir": folder,
        "requirepass": PASSWORD,
    }  # fmt: skip
    words = [word for name, value in flags.items() for word in (f"--{name}", str(value))]
    with subprocess.Popen([server, *words], stdout=subprocess.PIPE) as process:
        try:
            _wait(process, ports.tls)
            yield ports
        finally:
            process.terminate()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    process.terminate()
    assert process.stdout is not None
    pytest.skip(f"this redis-server has no TLS: {process.stdout.read()[-300:].decode()}")
