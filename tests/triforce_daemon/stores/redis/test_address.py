from pathlib import Path

import pytest

from triforce_daemon.stores.redis.address import Address


def test_an_address_tells_where_and_as_whom() -> None:
    address = Address.of("redis://me:s%40cret@redis.example:7000/3")
    assert (address.host, address.port, address.path) == ("redis.example", 7000, None)
    assert address.greeting() == [("AUTH", "me", "s@cret"), ("SELECT", "3"), ("PING",)]


def test_a_socket_has_a_path_and_no_host() -> None:
    address = Address.of("unix:///run/redis/redis.sock?db=2")
    assert address.path == str(address) == "/run/redis/redis.sock"
    assert address.greeting() == [("SELECT", "2"), ("PING",)]


def test_a_password_of_a_file_counts_where_the_address_holds_none() -> None:
    assert Address.of("redis://redis.example", "kept").greeting()[0] == ("AUTH", "kept")
    assert Address.of("redis://:said@redis.example", "kept").greeting()[0] == ("AUTH", "said")


def test_a_password_is_not_shown() -> None:
    address = Address.of("redis://me:secret@redis.example")
    assert "secret" not in repr(address) + str(address)


def test_by_tls_whoever_answers_is_checked() -> None:
    address = Address.of("rediss://redis.example")
    assert address.tls is not None
    assert address.tls.check_hostname
    assert Address.of("redis://redis.example").tls is None


def test_a_file_of_certificates_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ssl_ca_certs=.*none.pem: No such file"):
        Address.of(f"rediss://redis.example?ssl_ca_certs={tmp_path / 'none.pem'}")
    with pytest.raises(ValueError, match=r"ssl_certfile=.*none.pem, ssl_keyfile=k: No such file"):
        Address.of(f"rediss://redis.example?ssl_certfile={tmp_path / 'none.pem'}&ssl_keyfile=k")


def test_a_file_of_certificates_has_to_hold_some(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing\n")
    with pytest.raises(ValueError, match=r"empty.pem: it holds no certificate"):
        Address.of(f"rediss://redis.example?ssl_ca_certs={tmp_path / 'empty.pem'}")
    with pytest.raises(ValueError, match=r"empty.pem: they are no certificate with its key"):
        Address.of(f"rediss://redis.example?ssl_certfile={tmp_path / 'empty.pem'}")
