"""What a listener notes of its connections."""

import json
import os

import pytest

from tests.triforce_daemon.served_process import serving


@pytest.fixture
def path(folder: str) -> str:
    return os.path.join(folder, "run", "triforced.sock")


def test_the_kernel_vouches_for_the_caller(path: str) -> None:
    with serving(path) as server, server.get("/who") as answer:
        who = json.loads(answer.read())
        assert who == {"peer": [os.getpid(), os.getuid(), os.getgid()], "listener": "socket"}


def test_of_a_caller_on_the_port_nothing_is_known_and_headers_say_nothing(path: str) -> None:
    with serving(path) as server, server.get("/who", tcp=True) as answer:
        assert json.loads(answer.read()) == {"peer": None, "listener": "http"}
