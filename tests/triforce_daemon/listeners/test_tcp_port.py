"""The port of the http listener: this machine's alone, and a clear word where it cannot be had."""

import os
import socket

import pytest

from triforce_daemon.listeners.tcp_port import TcpPort
from triforce_daemon.startup_errors import PortRefused


def test_a_free_port_is_found_and_told() -> None:
    listener = TcpPort("http", "localhost", 0)
    with listener.bind() as bound:
        assert bound.getsockname() == ("127.0.0.1", listener.port)
        assert listener.url == f"http://127.0.0.1:{listener.port}"
        with socket.create_connection(("127.0.0.1", listener.port), 5):
            pass


@pytest.mark.skipif(not os.path.exists("/proc/net/if_inet6"), reason="this machine has no IPv6")
def test_the_sixth_version_is_written_in_brackets() -> None:
    listener = TcpPort("http", "::1", 0)
    with listener.bind():
        assert listener.url == f"http://[::1]:{listener.port}"
        with socket.create_connection(("::1", listener.port), 5):
            pass


def test_a_port_that_is_taken_is_a_clear_error_and_port_0_the_way_out() -> None:
    with TcpPort("http", "127.0.0.1", 0).bind() as first:
        second = TcpPort("http", "127.0.0.1", first.getsockname()[1])
        with pytest.raises(PortRefused, match="Address already in use") as raised:
            second.bind()
        assert second.url in raised.value.message
        assert "http.port" in str(raised.value.hint)


def test_a_port_that_was_just_left_can_be_taken_at_once() -> None:
    listener = TcpPort("http", "127.0.0.1", 0)
    with listener.bind() as bound:
        bound.setblocking(True)
        with socket.create_connection(("127.0.0.1", listener.port), 5) as client:
            connection, _ = bound.accept()
            # The side that closes first keeps the port in TIME_WAIT.
            connection.close()
            client.recv(1)
    with listener.bind():
        pass


@pytest.mark.skipif(os.getuid() == 0, reason="root may have any port")
def test_a_port_for_root_is_refused_to_others() -> None:
    with pytest.raises(PortRefused, match="Permission denied"):
        TcpPort("http", "127.0.0.1", 1).bind()
