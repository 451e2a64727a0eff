"""What the http listener answers to: its own names, and those that its owner adds."""

import pytest

from triforce_daemon.access.host_check import HostCheck, OriginCheck
from triforce_daemon.errors import Forbidden


def passes(check: HostCheck | OriginCheck, value: str) -> bool:
    try:
        check.check([value.encode()])
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
    for local in (True, False):
        check = OriginCheck("https", ["https://app.example"], local=local)
        assert passes(check, "https://APP.example")
        assert not passes(check, "https://app.example:8443")
        assert not passes(check, "http://app.example")
        assert passes(check, "http://localhost:3000") is local
        check.check([])


def test_only_pages_that_the_owner_adds_get_to_read() -> None:
    check = OriginCheck("http", ["https://app.example"], local=True)
    assert check.shares_any
    assert check.shares_with(b"https://app.example")
    assert not check.shares_with(b"http://localhost:3000")
    assert not OriginCheck("http", local=True).shares_any


def test_the_setting_that_helps_is_named() -> None:
    with pytest.raises(Forbidden) as raised:
        OriginCheck("https").check([b"null"])
    assert "https.origins" in str(raised.value.hint)
