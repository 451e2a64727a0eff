"""What a person is told; what leads there is tried in test_remote.py."""

import ssl

from triforce_cli.errors import DaemonUnreachable, ProtocolMismatch
from triforce_cli.transport.remote_place import RemotePlace
from triforce_cli.transport.trust import Remote

PLACE = RemotePlace(Remote("prod", "https://prod.example:9100"))


def test_an_error_of_the_network_keeps_its_words() -> None:
    error = PLACE.not_connected(OSError(113, "No route to host"))
    assert isinstance(error, DaemonUnreachable)
    assert "No route to host" in error.message


def test_what_no_tls_came_of_is_named() -> None:
    assert "WRONG" in PLACE.not_connected(ssl.SSLError(1, "WRONG_VERSION_NUMBER")).message
    old = ssl.SSLError(1, "x")
    old.reason = "TLSV1_ALERT_PROTOCOL_VERSION"
    error = PLACE.not_connected(old)
    assert isinstance(error, ProtocolMismatch)
    assert "TLS 1.3" in error.message
