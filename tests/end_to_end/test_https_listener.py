"""The https listener of the real daemon: reached, given new certificates, bound by systemd, stopped under load."""

import asyncio
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.end_to_end.processes import Daemon, running, triforce
from tests.scriptable_upstream.process import run_upstream
from tests.triforce_daemon.pairs import make_pair, trusting

NO_MODEL = ("--set", "builtin.enabled=false")
ON = (*NO_MODEL, "--set", "https.enabled=true", "--set", "https.port=0", "--set", "https.host=127.0.0.1")


def port_of(daemon: Daemon, scheme: str = "https") -> int:
    _, status = daemon.call("GET", "/v1/status")
    (found,) = [url for url in status["daemon"]["listen"] if url.startswith(f"{scheme}://")]
    return int(found.rpartition(":")[2])


def get(port: int, path: str, context: ssl.SSLContext, token: str = "") -> int:
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    connection.request("GET", path, headers={"authorization": f"Bearer {token}"} if token else {})
    status = connection.getresponse().status
    connection.close()
    return status


def certificate(environ: Mapping[str, str], *words: str) -> ssl.SSLContext:
    made = triforce(environ, "daemon", "cert", "--host", "127.0.0.1", "--json", *words)
    return trusting(json.loads(made.stdout)["certificate"])


def test_a_person_switches_it_on_and_a_token_opens_it(home: dict[str, str]) -> None:
    trusted = certificate(home)
    with running(home, *ON) as daemon:
        port = port_of(daemon)
        assert f"https://127.0.0.1:{port}" in triforce(home, "status").stdout.decode()
        token = triforce(home, "auth", "token", "create", "laptop").stdout.decode().strip()
        assert [get(port, "/v1/models", trusted, one) for one in (token, "", "tf_no")] == [200, 401, 401]
        with pytest.raises(ssl.SSLCertVerificationError):
            get(port, "/v1/health", ssl.create_default_context())


def test_a_new_certificate_is_taken_on_sighup_and_a_bad_one_is_told(home: dict[str, str]) -> None:
    first = certificate(home)
    with running(home, *ON) as daemon:
        assert daemon.process is not None
        port = port_of(daemon)
        second = certificate(home, "--yes")
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: reaches(port, second))
        assert not reaches(port, first)
        key = Path(home["HOME"], ".local/state/triforce/tls/key.pem")
        key.chmod(0o644)
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "cannot be used" in triforce(home, "status").stdout.decode())
        assert reaches(port, second)
        assert f"chmod 600 {key}" in triforce(home, "status", "--json").stdout.decode()


def test_it_has_descriptors_for_its_connections(home: dict[str, str]) -> None:
    with running(home, *NO_MODEL) as daemon:
        assert daemon.process is not None
        limits = Path(f"/proc/{daemon.process.pid}/limits").read_text()
        (line,) = [line for line in limits.splitlines() if line.startswith("Max open files")]
        soft, hard = line.split()[3:5]
        assert soft in ("unlimited", hard) or int(soft) >= 65_536


def test_without_https_sighup_ends_nothing(home: dict[str, str]) -> None:
    with running(home, *NO_MODEL) as daemon:
        assert daemon.process is not None
        daemon.process.send_signal(signal.SIGHUP)
        assert daemon.call("GET", "/v1/health")[0] == 200


def reaches(port: int, context: ssl.SSLContext) -> bool:
    try:
        return get(port, "/v1/health", context) == 200
    except ssl.SSLError:
        return False


def wait_until(true: object, seconds: float = 10) -> None:
    assert callable(true)
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_certificates_change_under_load_and_no_request_fails(home: dict[str, str], in_full: bool) -> None:
    """Each of the clients trusts every certificate that there was, so that only the exchange itself can fail."""
    made = make_pair(home["HOME"])
    changes, known = (1_000 if in_full else 25), str(made["certificate"])
    with running(home, *ON) as daemon:
        assert daemon.process is not None
        port, process = port_of(daemon), daemon.process
        found = asyncio.run(changing(home["HOME"], port, known, changes, lambda: process.send_signal(signal.SIGHUP)))
        assert found["failed"] == []
        assert found["answered"] > changes
        before = open_files(process.pid)
        time.sleep(0.5)
        assert open_files(process.pid) <= before


async def changing(home: str, port: int, known: str, changes: int, tell: object) -> dict[str, object]:
    assert callable(tell)
    answered, failed, done = 0, list[str](), asyncio.Event()

    async def ask(fresh: bool) -> None:
        nonlocal answered
        writer = None
        while not done.is_set():
            try:
                if writer is None or fresh:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=anybody())
                writer.write(b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n")
                assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
                await reader.readuntil(b"}")
                answered += 1
                if fresh:
                    writer.transport.abort()
            except (OSError, AssertionError, EOFError) as error:
                failed.append(repr(error))
        if writer is not None:
            writer.transport.abort()

    asking = [asyncio.create_task(ask(fresh)) for fresh in (True, False, False)]
    for _ in range(changes):
        make_pair(home, "127.0.0.1", replace=True)
        tell()
        await asyncio.sleep(0.01)
    done.set()
    await asyncio.gather(*asking)
    return {"answered": answered, "failed": failed}


def anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


@pytest.mark.skipif(not shutil.which("systemd-socket-activate"), reason="systemd-socket-activate is not here")
def test_systemd_may_bind_the_port(home: dict[str, str]) -> None:
    trusted = certificate(home)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["systemd-socket-activate", "-l", f"127.0.0.1:{port}", "--fdname=https", "-E", "HOME"]
    command += [sys.executable, "-m", "triforce_daemon", "run", *ON]
    with subprocess.Popen(command, env=home, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: port_is_open(port))
            # The first to connect starts it, and waits until it answers.
            assert get(port, "/v1/health", trusted) == 200
            assert port_of(Daemon(home)) == port
        finally:
            process.terminate()
        assert process.wait(20) == 0


def port_is_open(port: int) -> bool:
    # Without connecting, which would start it.
    return f":{port:04X} " in Path("/proc/net/tcp").read_text()


def test_fifty_streams_on_three_listeners_are_told_that_it_stops(home: dict[str, str]) -> None:
    trusted = certificate(home)
    drain = ("--set", "daemon.drain_seconds=0.5", "--set", "http.enabled=true", "--set", "http.port=0")
    with run_upstream("--plan", "stall-after=3") as upstream:
        provider = ("--set", f"providers.slow.base_url={upstream.base_url('compatible')}")
        with running(home, *ON, *drain, *provider) as daemon:
            token = triforce(home, "auth", "token", "create", "t").stdout.decode().strip()
            places: list[tuple[str, int, ssl.SSLContext | None]] = [
                (daemon.socket, 0, None),
                ("", port_of(daemon, "http"), None),
                ("", port_of(daemon), trusted),
            ]
            ends = asyncio.run(stopped(daemon, places, token))
            assert daemon.process is not None
            assert daemon.process.wait(20) == 0
    assert len(ends) == 51
    for number, end in enumerate(ends):
        assert end.startswith(b"HTTP/1.1 200 OK"), end
        assert end.count(b"data: ") >= 2
        assert b"stopping" in end, (number, end)
        assert b"[DONE]" not in end
        assert end.endswith(b"0\r\n\r\n")


async def stopped(daemon: Daemon, places: list[tuple[str, int, ssl.SSLContext | None]], token: str) -> list[bytes]:
    """What seventeen streams on each listener got to the end; the daemon is stopped when all of them have begun."""
    body = json.dumps({"model": "slow/gpt-4o", "stream": True, "messages": [{"role": "user", "content": "x"}]})
    begun = asyncio.Semaphore(0)

    async def stream(path: str, port: int, context: ssl.SSLContext | None) -> bytes:
        if path:
            reader, writer = await asyncio.open_unix_connection(path)
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n"
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n{body}".encode())
        first = await asyncio.wait_for(reader.readuntil(b"data: "), 20)
        begun.release()
        rest = await asyncio.wait_for(reader.read(), 20)
        # The daemon may be gone: nobody would answer a farewell.
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await asyncio.wait_for(writer.wait_closed(), 5)
        return first + rest

    streams = [asyncio.create_task(stream(*place)) for place in places for _ in range(17)]
    for _ in streams:
        await asyncio.wait_for(begun.acquire(), 20)
    assert daemon.process is not None
    daemon.process.terminate()
    return await asyncio.gather(*streams)
