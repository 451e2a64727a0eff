"""What each listener asks of a request before it asks who sent it."""

import os

import pytest

from tests.triforce_daemon.pairs import make_pair
from triforce_daemon.access.identification import Entrance
from triforce_daemon.assemble.door import entrances
from triforce_daemon.errors import Forbidden
from triforce_daemon.listeners.network import Network
from triforce_daemon.settings import Settings


def found(folder: str, **sections: object) -> dict[str, Entrance]:
    settings = Settings.model_validate(sections)
    return dict(entrances(Network.of(settings, os.path.join(folder, ".local/state/triforce/tls"), {}), settings))


def passes(entrance: Entrance, host: bytes, *origins: bytes) -> bool:
    try:
        entrance.check([host], list(origins))
    except Forbidden:
        return False
    return True


def test_where_nothing_listens_there_is_no_entrance(folder: str) -> None:
    assert found(folder) == {}


def test_the_port_of_this_machine_answers_to_its_names(folder: str) -> None:
    http = found(
        folder, http={"enabled": True, "port": 9000, "hosts": ["tri.example"], "origins": ["https://a.example"]}
    )
    assert passes(http["http"], b"tri.example", b"https://a.example")
    assert passes(http["http"], b"localhost:9000", b"http://localhost:1")
    assert not passes(http["http"], b"evil.example")
    assert not passes(http["http"], b"tri.example", b"https://evil.example")


def test_nobody_in_front_is_believed_unless_the_owner_says_so(folder: str) -> None:
    assert found(folder, http={"enabled": True})["http"].proxy is None
    proxy = found(folder, http={"enabled": True, "behind_proxy": True, "trusted_hops": 2})["http"].proxy
    assert proxy is not None
    assert proxy.client([(b"x-forwarded-for", b"9.9.9.9, 192.0.2.1, 192.0.2.2")]) == "192.0.2.1"


def test_https_answers_to_any_name_and_believes_nobody(folder: str) -> None:
    make_pair(folder)
    https = found(folder, https={"enabled": True, "origins": ["https://a.example"]})["https"]
    assert passes(https, b"evil.example", b"https://a.example")
    assert not passes(https, b"tri.example", b"http://localhost")
    assert https.proxy is None


@pytest.mark.parametrize("listener", ["http", "https"])
def test_each_has_its_own(folder: str, listener: str) -> None:
    make_pair(folder)
    assert list(found(folder, **{listener: {"enabled": True, "port": 0}})) == [listener]
