"""The configuration of docs/operations/several-daemons.md: two real daemons on one PostgreSQL and one Redis, behind a
real Apache."""

import asyncio
import json
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.apache import LOADED, NEEDED, asking, configuration, running
from tests.end_to_end.processes import Daemon
from tests.homes import environment
from tests.postgresql import PASSWORD, NotHere, Postgresql, postgresql
from tests.scriptable_upstream.process import RemoteUpstream, run_upstream
from tests.scriptable_upstream.script import say
from tests.triforce_daemon.pairs import make_pair, trusting
from tests.triforce_daemon.raw import exchange
from tests.valkey import valkey

PAGE = Path(__file__).parent.parent.parent / "docs" / "operations" / "several-daemons.md"
MORE = ("proxy_balancer", "lbmethod_byrequests", "slotmem_shm")
ACCOUNT = {"name": "anna", "password": "correct horse battery staple"}
ASKED = {"model": "played/small", "messages": [{"role": "user", "content": "x"}]}

pytestmark = NEEDED


@dataclass
class Service:
    one: Daemon
    other: Daemon
    upstream: RemoteUpstream
    port: int
    context: ssl.SSLContext

    async def ask(self, method: str, path: str, token: str = "", body: object = None) -> tuple[int, Any]:
        """Whoever of the two answers."""
        content = b"" if body is None else json.dumps(body).encode()
        named = [f"Authorization: Bearer {token}"] if token else []
        sent = asking(method, path, "Connection: close", "Content-Type: application/json", *named, body=content)
        head, _, rest = (await exchange(self.port, sent, context=self.context)).partition(b"\r\n\r\n")
        text = rest[rest.find(b"{") : rest.rfind(b"}") + 1]
        return int(head.split()[1]), json.loads(text) if text else None

    async def statuses(self, token: str, count: int = 6) -> set[int]:
        """What each of several requests is answered, by both daemons."""
        return {(await self.ask("POST", "/v1/chat/completions", token, ASKED))[0] for _ in range(count)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def site(folder: str, port: int, daemons: list[int], certificate: str, key: str) -> str:
    page = configuration(folder, port, daemons[0], certificate, key, page=PAGE, loaded=(*LOADED, *MORE))
    assert page.count("127.0.0.1:9001") == 1
    return page.replace("127.0.0.1:9001", f"127.0.0.1:{daemons[1]}")


def settings(folder: str, server: Postgresql, database: str, redis: str, key: str) -> dict[str, str]:
    password = os.path.join(folder, "database.password")
    with open(os.open(password, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write(PASSWORD + "\n")
    return {
        "database.url": server.url(database).replace(f":{PASSWORD}", ""),
        "database.password_file": password,
        "redis.url": redis,
        "users.signing_key": key,
        "builtin.enabled": "false",
        "http.enabled": "true",
        "http.behind_proxy": "true",
    }


@contextmanager
def daemon(folder: str, name: str, port: int, front: int, told: dict[str, str]) -> Iterator[Daemon]:
    home = os.path.join(folder, name)
    os.mkdir(home)
    hosts = f"tri.example,tri.example:{front}"
    flags = {**told, "http.port": str(port), "http.hosts": hosts}
    started = Daemon(environment(home), *(word for at in flags.items() for word in ("--set", "=".join(at)))).start()
    try:
        yield started
    finally:
        assert started.process is not None
        if started.process.poll() is None:
            started.stop()


@pytest.fixture
async def service(folder: str) -> AsyncIterator[Service]:
    key = os.path.join(folder, "signing.key")
    with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
        file.write(os.urandom(48))
    made = make_pair(folder, "tri.example", "127.0.0.1")
    with ExitStack() as held:
        try:
            server = held.enter_context(postgresql())
        except NotHere as reason:
            pytest.skip(str(reason))
        redis = held.enter_context(valkey(folder))
        upstream = held.enter_context(run_upstream())
        front, *ports = [free_port() for _ in range(3)]
        told = settings(folder, server, server.new_database(), redis.url, key)
        told["providers.played.base_url"] = upstream.base_url("compatible")
        one, other = [
            held.enter_context(daemon(folder, name, port, front, told))
            for name, port in zip(("one", "other"), ports, strict=True)
        ]
        text = site(folder, front, ports, str(made["certificate"]), str(made["key"]))
        async with running(folder, text, front):
            yield Service(one, other, upstream, front, trusting(str(made["certificate"])))


@pytest.mark.timeout(120)
async def test_two_are_one_service(service: Service) -> None:
    one, other = service.one, service.other
    assert one.call("POST", "/v1/users", {**ACCOUNT, "tier": "unlimited"})[0] == 200
    status, login = await service.ask("POST", "/v1/client/login", body=ACCOUNT)
    assert status == 200
    _, made = other.call("POST", "/v1/tokens", {"name": "laptop", "scopes": ["inference"]})
    for known in (login["access_token"], made["token"]):
        assert await service.statuses(known) == {200}
    usage = {item["key"]: item["requests"] for item in other.call("GET", "/v1/usage?by=client")[1]["items"]}
    assert usage == {"user/anna": 6, "token/laptop": 6}
    name = one.call("GET", "/v1/status")[1]["daemon"]["database"]
    assert name == other.call("GET", "/v1/status")[1]["daemon"]["database"]
    assert re.fullmatch(r"postgresql://tester@127\.0\.0\.1:\d+/t\d+", name)

    service.upstream.script("small", say(*("word " for _ in range(2_000))), "every=50ms")
    open_at_both = [asyncio.create_task(streamed(service, made["token"])) for _ in range(6)]
    async with asyncio.timeout(10):
        while sum(streams_of(daemon) for daemon in (one, other)) < 6:
            await asyncio.sleep(0.05)
    assert min(streams_of(daemon) for daemon in (one, other)) > 0
    assert one.call("DELETE", "/v1/tokens/laptop")[0] == 200
    # Row 36: nobody is let in any more within 5 s, and what is open is cut within 30.
    async with asyncio.timeout(5):
        while await service.statuses(made["token"]) != {401}:
            pass
    async with asyncio.timeout(25):
        cut = await asyncio.gather(*open_at_both)
    assert ["revoked" in text and "[DONE]" not in text for text in cut] == [True] * 6
    service.upstream.script("small", say("fine"))
    assert other.call("PATCH", "/v1/users/anna", {"disabled": True})[0] == 200
    async with asyncio.timeout(5):
        while await service.statuses(login["access_token"]) != {401}:
            pass
    for daemon in (one, other):
        assert PASSWORD not in daemon.words()


@pytest.mark.timeout(120)
async def test_one_that_is_killed_ends_its_streams_honestly_and_the_other_goes_on(service: Service) -> None:
    _, made = service.one.call("POST", "/v1/tokens", {"name": "laptop", "scopes": ["inference"]})
    service.upstream.script("small", say(*("word " for _ in range(200))), "every=50ms")
    # So many are answered by both.
    streams = [asyncio.create_task(streamed(service, made["token"])) for _ in range(6)]
    turn = asyncio.create_task(asyncio.to_thread(lambda: list(service.one.turn("hi", model="played/small"))))
    async with asyncio.timeout(30):
        while sum(streams_of(daemon) for daemon in (service.one, service.other)) < 7:
            await asyncio.sleep(0.05)
    service.one.kill()
    assert "done" not in [event["type"] for event in await turn]
    service.upstream.script("small", say("fine"))
    assert await service.statuses(made["token"]) == {200}
    ended = await asyncio.gather(*streams)
    whole = [text for text in ended if "[DONE]" in text]
    assert 0 < len(whole) < len(ended)
    assert all(text.count("word") == 200 for text in whole)
    assert all(text.count("word") < 200 for text in ended if text not in whole)
    [session] = service.other.call("GET", "/v1/sessions")[1]["items"]
    async with asyncio.timeout(40):
        while service.other.call("GET", f"/v1/sessions/{session['id']}")[1]["history"][0]["state"] != "interrupted":
            await asyncio.sleep(0.5)


def streams_of(daemon: Daemon) -> int:
    return daemon.call("GET", "/v1/status")[1]["daemon"]["streams"]


async def streamed(service: Service, token: str) -> str:
    """All that comes of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port, ssl=service.context)
    body = json.dumps({**ASKED, "stream": True}).encode()
    named = ("Connection: close", f"Authorization: Bearer {token}")
    writer.write(asking("POST", "/v1/chat/completions", *named, body=body))
    got = b""
    try:
        while more := await reader.read(65_536):
            got += more
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.transport.abort()
    return got.decode(errors="replace")
