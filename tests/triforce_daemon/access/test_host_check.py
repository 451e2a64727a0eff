"""What the http listener answers to: its own names, and those that its owner adds."""

import pytest

from triforce_daemon.access.host_check import HostCheck
from triforce_daemon.errors import Forbidden


def passes(check: HostCheck, host: str, origin: str | None = None) -> bool:
    try:
        check.check([host.encode()], [origin.encode()] if origin is not None else [])
    except Forbidden:
        return False
    return True


def test_names_that_the_owner_adds_are_taken_as_written_and_with_the_port() -> None:
    check = HostCheck("127.0.0.1", 9000, ["Tri.example", "other.example:444"])
    assert passes(check, "tri.example")
    assert passes(check, "TRI.example:9000")
    assert passes(check, "other.example:444")
    assert not passes(check, "other.example")
    assert not passes(check, "tri.example:9001")
    assert passes(check, "localhost:9000")


def test_without_a_port_only_the_usual_one_is_meant() -> None:
    assert passes(HostCheck("127.0.0.1", 80), "localhost")
    assert not passes(HostCheck("127.0.0.1", 9000), "localhost")


@pytest.mark.parametrize("host", ["::1", "127.0.0.1"])
def test_its_own_address_is_a_name_of_it(host: str) -> None:
    assert passes(HostCheck(host, 9000), f"[{host}]:9000" if ":" in host else f"{host}:9000")


def test_origins_that_the_owner_adds_are_taken() -> None:
    check = HostCheck("127.0.0.1", 9000, origins=["https://app.example"])
    assert passes(check, "localhost:9000", "https://APP.example")
    assert not passes(check, "localhost:9000", "https://app.example:8443")
    assert not passes(check, "localhost:9000", "http://app.example")
