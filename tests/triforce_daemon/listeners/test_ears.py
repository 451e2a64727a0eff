"""The places to listen on: all or none, and given back."""

import os
import socket

import pytest

from triforce_daemon.listeners.ears import Port, ears
from triforce_daemon.listeners.limits import Limits
from triforce_daemon.listeners.protocols import PeerProtocol
from triforce_daemon.listeners.tcp_port import TcpPort
from triforce_daemon.listeners.tcp_protocol import TcpProtocol
from triforce_daemon.listeners.unix_socket import SocketListener
from triforce_daemon.startup_errors import PortRefused


@pytest.fixture
def path(folder: str) -> str:
    return os.path.join(folder, "run", "triforced.sock")


def test_both_are_taken_and_given_back(path: str) -> None:
    http = TcpPort("http", "127.0.0.1", 0)
    with ears(SocketListener(path), Port(http, Limits())) as taken:
        assert [ear.protocol for ear in taken] == [PeerProtocol, TcpProtocol]
        assert os.path.exists(path)
    assert not os.path.exists(path)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", http.port), 5)


def test_without_a_port_there_is_the_socket_alone(path: str) -> None:
    with ears(SocketListener(path)) as taken:
        assert [ear.protocol for ear in taken] == [PeerProtocol]


def test_where_the_port_cannot_be_had_the_socket_is_not_kept(path: str) -> None:
    with TcpPort("http", "127.0.0.1", 0).bind() as other:
        taken = Port(TcpPort("http", "127.0.0.1", other.getsockname()[1]), Limits())
        with pytest.raises(PortRefused), ears(SocketListener(path), taken):
            raise AssertionError("it was had twice")
        assert not os.path.exists(path)
        with ears(SocketListener(path)):
            pass
