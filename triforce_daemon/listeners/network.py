"""The ports that the settings ask for."""

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triforce_daemon.listeners.certificate import Certificate
from triforce_daemon.listeners.ears import Port
from triforce_daemon.listeners.limits import Limits
from triforce_daemon.listeners.tcp_port import TcpPort
from triforce_daemon.settings import Settings
from triforce_daemon.wire.status import Health


@dataclass(frozen=True, slots=True)
class Network:
    """None stands for a listener that is switched off."""

    http: Port | None = None
    https: Port | None = None
    certificate: Certificate | None = None

    @classmethod
    def of(cls, settings: Settings, tls_folder: str, given: Mapping[str, socket.socket]) -> "Network":
        """`tls_folder`: where the pair is that the daemon itself makes; `given`: bound already, by listener.

        Raises CertificateRefused.
        """
        http = https = certificate = None
        # A chunk of one byte travels as six; more than that is no body but noise.
        noise = 6 * settings.daemon.max_body_bytes
        if (wanted := settings.http).enabled:
            place = TcpPort("http", wanted.host, wanted.port, given.get("http"))
            http = Port(place, Limits(connections=wanted.connections, body_bytes=noise))
        if (wanted := settings.https).enabled:
            certificate = Certificate(*pair(wanted.certificate, wanted.key, tls_folder))
            place = TcpPort("https", wanted.host, wanted.port, given.get("https"))
            limits = Limits(
                connections=wanted.connections, per_address=wanted.connections_per_address, body_bytes=noise
            )
            https = Port(place, limits, certificate.context)
        return cls(http, https, certificate)

    @property
    def ports(self) -> Sequence[Port]:
        return [port for port in (self.http, self.https) if port is not None]

    @property
    def urls(self) -> Sequence[str]:
        return [port.place.url for port in self.ports]

    def look(self) -> None:
        """Take in at once what has changed."""
        if self.certificate is not None:
            self.certificate.look()

    def health(self) -> Sequence[Health]:
        return () if self.certificate is None else self.certificate.health()


def pair(certificate: str, key: str, folder: str) -> tuple[str, str]:
    """The paths of both files; of those that the settings leave open, where `triforced cert` writes them."""
    return certificate or os.path.join(folder, "certificate.pem"), key or os.path.join(folder, "key.pem")
