"""A door to a daemon's stand-in for other machines: takes TLS (or plain TCP) and hands the bytes to its Unix socket."""

import contextlib
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Pair:
    """A certificate for localhost, signed by itself, in files below `folder`."""

    def __init__(self, folder: Path, name: str = "a", begins: int = -1, ends: int = 30) -> None:
        """`begins` and `ends` in days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(who)
            .issuer_name(who)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=begins))
            .not_valid_after(now + timedelta(days=ends))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.certificate = str(folder / f"{name}.pem")
        self.key = str(folder / f"{name}.key")
        self.fingerprint = made.fingerprint(hashes.SHA256()).hex(":").upper()
        Path(self.certificate).write_bytes(made.public_bytes(serialization.Encoding.PEM))
        Path(self.key).write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


class TlsDoor:
    """Use it as a context. `received` counts the bytes that came in, once TLS was taken off."""

    def __init__(self, path: str, pair: Pair | None, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> None:
        """`pair` None: without TLS."""
        self._path = path
        self._newest = newest
        self.received = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.url = f"https://localhost:{self.port}"
        self.pair = pair

    def __enter__(self) -> "TlsDoor":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone would not wake the thread that accepts.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._hand_on, args=(client,), daemon=True).start()

    def _hand_on(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, socket.socket(socket.AF_UNIX) as inside:
            outside = self._taken_off(client)
            with outside:
                inside.connect(self._path)
                back = threading.Thread(target=self._copy, args=(inside, outside), daemon=True)
                back.start()
                self._copy(outside, inside, count=True)
                back.join(5)

    def _taken_off(self, client: socket.socket) -> socket.socket:
        if self.pair is None:
            return client
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pair.certificate, self.pair.key)
        context.maximum_version = self._newest
        return context.wrap_socket(client, server_side=True)

    def _copy(self, source: socket.socket, target: socket.socket, count: bool = False) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(1 << 16):
                self.received += len(piece) if count else 0
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR if count else socket.SHUT_RDWR)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
