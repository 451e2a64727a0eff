"""This machine is only what says so itself."""

import pytest

from triforce_daemon.outbound.loopback import is_loopback


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0.0.0.0",
        "::",
        "192.168.1.5",
        "localhost.example",
        "a.localhost",
        "fe80::1",
    ],
)
def test_everything_else_may_be_anywhere(host: str) -> None:
    assert not is_loopback(host)
