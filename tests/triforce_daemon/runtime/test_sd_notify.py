"""What systemd hears, on a datagram socket as it has one."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Generator

import pytest

from triforce_daemon.runtime.sd_notify import SdNotify


@pytest.fixture(params=["file", "abstract"])
def heard(request: pytest.FixtureRequest, folder: str) -> Generator[tuple[socket.socket, str]]:
    """Where systemd listens, and what it tells the daemon of that place."""
    told = os.path.join(folder, "notify") if request.param == "file" else f"@triforce-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(told if told.startswith("/") else "\0" + told[1:])
        listening.settimeout(5)
        yield listening, told


def words(listening: socket.socket) -> dict[str, str]:
    lines = listening.recv(4_096).decode().split("\n")
    return dict(line.split("=", 1) for line in lines)


def test_it_hears_how_the_daemon_is(heard: tuple[socket.socket, str]) -> None:
    listening, told = heard
    notify = SdNotify.of({"NOTIFY_SOCKET": told})
    before = time.monotonic_ns() // 1_000
    notify.reloading()
    notify.ready("Listens on all ears")
    notify.stopping("Lets open answers end: 3", 45)
    reloading, ready, stopping = (words(listening) for _ in range(3))
    assert reloading["RELOADING"] == "1"
    assert before <= int(reloading["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1_000
    assert ready == {"READY": "1", "STATUS": "Listens on all ears"}
    assert stopping == {
        "STOPPING": "1", "STATUS": "Lets open answers end: 3", "EXTEND_TIMEOUT_USEC": "45000000"
    }  # fmt: skip


async def test_it_hears_that_the_loop_turns(heard: tuple[socket.socket, str]) -> None:
    listening, told = heard
    listening.setblocking(False)
    notify = SdNotify.of({"NOTIFY_SOCKET": told, "WATCHDOG_USEC": "60000", "WATCHDOG_PID": str(os.getpid())})
    beating = asyncio.create_task(notify.keep_alive())
    for _ in range(3):
        assert await asyncio.wait_for(asyncio.get_running_loop().sock_recv(listening, 99), 5) == b"WATCHDOG=1"
    beating.cancel()


@pytest.mark.parametrize(
    "environ",
    [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "5"} | {"WATCHDOG_PID": "1"}, {"NOTIFY_SOCKET": "vsock:2:1"}],
)
async def test_where_nobody_asks_nothing_is_said(environ: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    notify = SdNotify.of(environ)
    notify.ready("x")
    await asyncio.wait_for(notify.keep_alive(), 1)
    assert (notify, caplog.records) == (SdNotify(), [])


def test_that_it_is_gone_is_no_reason_to_end(folder: str, caplog: pytest.LogCaptureFixture) -> None:
    SdNotify.of({"NOTIFY_SOCKET": os.path.join(folder, "gone")}).ready("x")
    assert [(one.levelno, one.message) for one in caplog.records] == [(logging.WARNING, "systemd cannot be told")]
