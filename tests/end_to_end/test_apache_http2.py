"""Row 37 by HTTP/2, through a real Apache: whatever `:authority` and `:path` look like, it is the router that decides
which route is meant, and that route's policy who may ask it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.end_to_end.apache import NEEDED, Front
from tests.end_to_end.http2 import Headers, Reply, ask_each
from tests.triforce_daemon.routes.test_policy import MATRIX, PASSES, SPARED
from triforce_daemon.routes.identify import Door
from triforce_daemon.routes.table import DirectRoute, PolicedRoute

pytestmark = NEEDED

NAME = b"tri.example"
EVIL = b"evil.example"

#: The path of a route in another spelling, and with the way to a public one before or behind it. All reach the daemon.
ARRIVING = (
    "{path}", "/{path}", "{path}/", "{path};x=1", "{path}%2e", "{path}%20", "{path}%3f", "{path}/.", "{path}%2f",
    "/v1/health/..{path}", "/v1/health/%2e%2e{path}", "/v1/health%2f..{path}", "/v1/health;{path}", "{first}",
    "{upper}", "{path}/../../v1/health", "{path}?x=/v1/health", "/%5c{path}", "/./{path}", "/@evil.example{path}",
)  # fmt: skip
#: These do not: they are no path at all.
REFUSED = (
    "https://tri.example{path}", "http://evil.example{path}", "evil.example{path}", "*", "", "\\{path}",
    "{path}#", "{path}%00", "{path}\0", "{path} HTTP/1.1", "{path}\r\nx: y", "{path}\t",
)  # fmt: skip

#: What stands in `:authority` and in `host`, and what then becomes of a request with no token and of one with a token
#: that suffices; none: there is no answer, for it is no request. It is the authority that counts.
HOSTS: dict[tuple[tuple[bytes, ...], tuple[bytes, ...]], tuple[int | None, int | None]] = {
    ((NAME,), ()): (401, 200),
    ((NAME,), (NAME,)): (401, 200),
    ((NAME.upper(),), ()): (401, 200),
    ((), (NAME,)): (401, 200),
    ((NAME,), (EVIL,)): (401, 200),
    ((EVIL,), (NAME,)): (403, 403),
    ((EVIL,), ()): (403, 403),
    ((), (EVIL,)): (403, 403),
    ((NAME + b".",), ()): (403, 403),
    ((NAME + b":1",), ()): (403, 403),
    ((NAME + b".evil.example",), (NAME,)): (403, 403),
    ((b"127.0.0.1",), (NAME,)): (403, 403),
    ((b"localhost",), (NAME,)): (403, 403),
    ((b"2130706433",), (NAME,)): (400, 400),
    ((b"evil.example@tri.example",), ()): (400, 400),
    ((NAME + b"@evil.example",), ()): (400, 400),
    ((NAME + b",evil.example",), ()): (400, 400),
    ((), ()): (None, None),
    ((b"",), (NAME,)): (None, None),
    ((NAME, EVIL), ()): (None, None),
    ((EVIL, NAME), ()): (None, None),
    ((NAME, NAME), ()): (None, None),
    ((NAME,), (NAME, EVIL)): (None, None),
    ((NAME + b"/v1/health?",), ()): (None, None),
    ((NAME + b"\r\nx: y",), ()): (None, None),
    ((NAME + b"\0",), ()): (None, None),
    ((NAME + b" ",), ()): (None, None),
}

#: Of `GET /v1/status`, with a token that suffices.
MALFORMED: dict[str, Headers] = {
    "two paths": [(b":path", b"/v1/health")],
    "two methods": [(b":method", b"POST")],
    "a pseudo-header behind the others": [(b"x", b"y"), (b":authority", EVIL)],
    "an unknown pseudo-header": [(b":user", b"owner")],
    "an upper-case name": [(b"Host", EVIL)],
    "a header of the connection": [(b"connection", b"authorization")],
    "a transfer coding": [(b"transfer-encoding", b"chunked")],
    "a name in a name": [(b"x: y\r\nhost", EVIL)],
    "a line in a value": [(b"x", b"y\r\nhost: evil.example")],
}


def request(
    method: str,
    path: str,
    token: str | None = None,
    authorities: Iterable[bytes] = (NAME,),
    hosts: Iterable[bytes] = (),
) -> list[tuple[bytes, bytes]]:
    headers = [(b":method", method.encode()), (b":scheme", b"https")]
    headers += [(b":authority", name) for name in authorities]
    headers += [(b":path", path.encode()), *((b"host", name) for name in hosts)]
    return headers if token is None else [*headers, (b"authorization", f"Bearer {token}".encode())]


def written(trick: str, path: str) -> str:
    return trick.format(path=path, upper=path.upper(), first=f"/%{ord(path[1]):02x}{path[2:]}")


def routes(*, spared: Collection[str] = ()) -> list[tuple[str, str]]:
    """Every method with a path that leads to its route."""
    lines = [line.split() for line in MATRIX if line not in spared]
    return [(method, re.sub(r"\{[^}]*\}", "x", path)) for method, path in lines]


@dataclass
class Heard:
    """What has come to the daemon: how many requests, and the policies of the routes that the router chose for them."""

    requests: int = 0
    policies: list[str] = field(default_factory=list[str])

    def forget(self) -> None:
        self.requests, self.policies = 0, []


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    heard = Heard()
    identified = Door.__call__

    async def counted(self: Door, *asked: Any) -> None:
        heard.requests += 1
        await identified(self, *asked)

    monkeypatch.setattr(Door, "__call__", counted)
    for kind in (PolicedRoute, DirectRoute):

        async def noted(self: Any, *asked: Any, handle: Any = kind.handle) -> None:
            heard.policies.append(self.policy.name)
            await handle(self, *asked)

        monkeypatch.setattr(kind, "handle", noted)
    return heard


def as_the_router_says(reply: Reply, policy: str | None, scope: str | None) -> bool:
    """Whether that is how a route of that policy answers a token of that scope; None: there is no route, no token."""
    if policy is None:
        return reply.status == 404
    if scope is None and policy != "public":
        return reply.status == 401
    if scope is not None and scope not in PASSES[policy]:
        return reply.status == 403
    return reply.status not in (None, 401, 403, 500)


@pytest.mark.long
@pytest.mark.timeout(120)
@pytest.mark.parametrize("scope", [None, "read", "memory"])
async def test_a_path_is_the_routers(heard: Heard, front: Front, scope: str | None, in_full: bool) -> None:
    """In the short form each route is written in a third of the ways only, each in others than the one before it."""
    token = await front.served.token(scope) if scope else None
    wrong: list[tuple[str, str, Reply]] = []
    met: set[str | None] = set()
    async with ask_each(front.port, front.context) as ask:
        for number, (method, path) in enumerate(routes(spared=SPARED if scope else ())):
            tricks = list(ARRIVING) if in_full else list(ARRIVING)[number % 3 :: 3]
            for target in (written(trick, path) for trick in tricks):
                heard.forget()
                reply = await ask(request(method, target, token))
                assert heard.requests == 1, (method, target)
                policy = heard.policies[0] if heard.policies else None
                met.add(policy)
                if not as_the_router_says(reply, policy, scope):
                    wrong.append((method, target, reply))
    assert wrong == []
    # Spellings of routes were among them, and such as are none.
    assert met == {None, *MATRIX.values()}


async def test_what_is_no_path_gets_nowhere(heard: Heard, front: Front) -> None:
    token = await front.served.token("read")
    async with ask_each(front.port, front.context) as ask:
        for path in ("/v1/status", "/v1/health"):
            assert (await ask(request("GET", path, token))).status == 200
            heard.forget()
            for trick in REFUSED:
                assert (await ask(request("GET", written(trick, path), token))).status in (None, 400, 404), trick
            assert heard.requests == 0


@pytest.mark.timeout(120)
async def test_no_route_answers_to_another_authority(front: Front) -> None:
    token = await front.served.token("read")
    needing = [(method, path) for method, path in routes() if MATRIX.get(f"{method} {path}") != "public"]
    async with ask_each(front.port, front.context) as ask:
        for (authorities, hosts), (without, allowed) in HOSTS.items():
            found = {(await ask(request(*line, None, authorities, hosts))).status for line in needing}
            assert found == {without}, (authorities, hosts)
            reply = await ask(request("GET", "/v1/status", token, authorities, hosts))
            assert reply.status == allowed, (authorities, hosts)


async def test_what_is_malformed_is_no_request(heard: Heard, front: Front) -> None:
    token = await front.served.token("read")
    async with ask_each(front.port, front.context) as ask:
        for name, more in MALFORMED.items():
            assert (await ask(request("GET", "/v1/status", token))).status == 200
            heard.forget()
            reply = await ask([*request("GET", "/v1/status", token), *more])
            assert (reply.status, heard.requests) == (None, 0), name
