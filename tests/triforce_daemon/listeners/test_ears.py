"""The places to listen on: all or none, and given back."""

import os
import socket

import pytest

from triforce_daemon.errors import PortRefused
from triforce_daemon.listeners.ears import ears
from triforce_daemon.listeners.protocols import PeerProtocol, TcpProtocol
from triforce_daemon.listeners.tcp_port import HttpListener
from triforce_daemon.listeners.unix_socket import SocketListener


@pytest.fixture
def path(folder: str) -> str:
    return os.path.join(folder, "run", "triforced.sock")


def test_both_are_taken_and_given_back(path: str) -> None:
    http = HttpListener("127.0.0.1", 0)
    with ears(SocketListener(path), http) as taken:
        assert [ear.protocol for ear in taken] == [PeerProtocol, TcpProtocol]
        assert os.path.exists(path)
    assert not os.path.exists(path)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", http.port), 5)


def test_without_a_port_there_is_the_socket_alone(path: str) -> None:
    with ears(SocketListener(path), None) as taken:
        assert [ear.protocol for ear in taken] == [PeerProtocol]


def test_where_the_port_cannot_be_had_the_socket_is_not_kept(path: str) -> None:
    with HttpListener("127.0.0.1", 0).bind() as other:
        with pytest.raises(PortRefused), ears(SocketListener(path), HttpListener("127.0.0.1", other.getsockname()[1])):
            raise AssertionError("it was had twice")
        assert not os.path.exists(path)
        with ears(SocketListener(path), None):
            pass
