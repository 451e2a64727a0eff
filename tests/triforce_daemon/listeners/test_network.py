"""The ports that the settings ask for."""

import os

import pytest

from tests.triforce_daemon.pairs import make_pair
from triforce_daemon.listeners.network import Network, pair
from triforce_daemon.settings import Settings
from triforce_daemon.startup_errors import CertificateRefused


def network(folder: str, **sections: object) -> Network:
    return Network.of(Settings.model_validate(sections), os.path.join(folder, ".local/state/triforce/tls"), {})


def test_without_a_word_there_is_none(folder: str) -> None:
    found = network(folder)
    assert (found.ports, found.urls, found.health()) == ([], [], ())
    found.look()


def test_both_with_their_limits(folder: str) -> None:
    make_pair(folder)
    https = {"enabled": True, "host": "127.0.0.1", "port": 0, "connections": 7, "connections_per_address": 3}
    found = network(folder, http={"enabled": True, "port": 0, "connections": 5}, https=https)
    assert [url.split(":")[0] for url in found.urls] == ["http", "https"]
    assert found.http is not None
    assert found.https is not None
    assert (found.http.limits.connections, found.http.limits.per_address) == (5, 0)
    assert (found.https.limits.connections, found.https.limits.per_address) == (7, 3)
    assert (found.http.context is None, found.https.context is None) == (True, False)
    assert found.health() == []


def test_https_needs_a_certificate(folder: str) -> None:
    with pytest.raises(CertificateRefused):
        network(folder, https={"enabled": True})


def test_what_the_settings_leave_open_is_where_one_is_made() -> None:
    assert pair("", "", "/state/tls") == ("/state/tls/certificate.pem", "/state/tls/key.pem")
    assert pair("/a.pem", "/b.pem", "/state/tls") == ("/a.pem", "/b.pem")
