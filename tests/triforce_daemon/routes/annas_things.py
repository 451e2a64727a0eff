"""What is Anna's, a thing of each kind, and those who ask for it."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.triforce_daemon.served_daemon import HELLO, ServedDaemon, events_of, serve

#: Who asks: Anna, whose the things are; a token of hers and one that may less; Ben, an admin, and the daemon's owner.
ROLES = ("anna", "annas token", "annas narrow token", "ben", "admin", "owners token", "owner", "nobody")

ALL = ["inference", "read", "sessions", "account", "memory", "tools", "tools:write"]
#: So often she is made anew at most: each time with things that nobody has ended yet.
_ANNAS = 400


class Things:
    """What is Anna's, made anew for each question, and what everybody shows."""

    def __init__(self, served: ServedDaemon, others: dict[str, str]) -> None:
        self._served = served
        self._others = others
        self._names = (f"anna-{number}" for number in itertools.count(1))
        # This one is never done thinking, so that what waits for it goes on.
        served.upstream.script(served.provider.prefix + _slow(served), HELLO, "first=60m")

    async def anna(self) -> dict[str, str]:
        """Her things by kind, and what each of `ROLES` shows who shows something."""
        name = next(self._names)
        login = (await self._served.user(name, tier="unlimited", grants=["tools:write"]))["access_token"]
        ask = self._served.over_http
        _, response = await ask("POST", "/v1/responses", login, json={"model": "scripted/small", "input": "x"})
        _, token = await ask("POST", "/v1/client/tokens", login, json={"name": "a", "scopes": ALL})
        _, narrow = await ask("POST", "/v1/client/tokens", login, json={"name": "b", "scopes": ["inference"]})
        _, thing = await ask("POST", "/v1/client/tokens", login, json={"name": "thing"})
        _, memory = await ask("POST", "/v1/memory", login, json={"content": f"what {name} knows"})
        await ask("PUT", f"/v1/prompts/{name}", login, json={"content": "hers"})
        return {
            "entry": memory["id"], "change": memory["change"], "prompt": name, **await self._called(login, name),
            "anna": login, "annas token": token["token"], "annas narrow token": narrow["token"], "user": name,
            "session": await self._session(login), "response": response["id"], "token": thing["id"], **self._others,
        }  # fmt: skip

    async def _called(self, login: str, name: str) -> dict[str, str]:
        """What tools have made: a question for somebody's agreement, an entry, a chain and its job, a file."""
        waiting = await self._run(login, "session_delete", session_id="anything")
        stored = await self._run(login, "memory_store", content=f"what {name} has stored")
        chain = (await self._run(login, "chain_start", prompt="x", lead=f"scripted/{_slow(self._served)}"))["value"]
        await self._run(login, "code_create", path=f"{name}.py", content="hers = 1\n")
        kept = (await self._run(login, "code_backup", path=f"{name}.py", action="create"))["value"]["backups"]
        return {
            "receipt": stored["receipt"], "approval": waiting["error"]["approval"], "chain": chain["chain_id"],
            "job": chain["job_id"], "file": f"{name}.py", "backup": kept[0]["id"],
        }  # fmt: skip

    async def _run(self, login: str, tool: str, **arguments: str) -> dict[str, Any]:
        return (await self._served.over_http("POST", f"/v1/tools/{tool}/run", login, json={"arguments": arguments}))[1]

    async def _session(self, login: str) -> str:
        said = {"input": "x", "model": "scripted/small"}
        async with (
            self._served.http_client(login) as client,
            client.post("/v1/sessions/new/turns", json=said) as reply,
        ):
            return events_of(await reply.text())[0]["session"]


def _slow(served: ServedDaemon) -> str:
    return served.provider.names[-1]


@asynccontextmanager
async def things(folder: str) -> AsyncIterator[tuple[ServedDaemon, Things]]:
    """A daemon, and what is Anna's there. All of them may do whatever may be granted, in the same workspace."""
    people = ["user/ben", "user/boss", "token/test", *(f"user/anna-{number}" for number in range(1, _ANNAS))]
    flags = {"workspaces__shared__callers": ",".join(people), "workspaces__shared__write": "true"}
    async with serve(folder, **flags) as served:
        others = {
            "ben": (await served.user("ben", tier="unlimited", grants=["tools:write"]))["access_token"],
            "admin": (await served.user("boss", role="admin", tier="unlimited", grants=["tools:write"]))[
                "access_token"
            ],
            "owners token": await served.token(*(scope for scope in ALL if scope != "account")),
        }
        yield served, Things(served, others)


async def ask_as(
    served: ServedDaemon, role: str, shown: dict[str, str], line: str, body: object = None
) -> tuple[int, dict[str, Any] | None]:
    """What somebody is answered; a stream has no body here, and is a yes."""
    method, path = line.split()
    more: dict[str, Any] = {} if body is None else {"json": body}
    ask: Any = served.call if role == "owner" else served.over_http
    if role not in ("owner", "nobody"):
        more["headers"] = {"authorization": f"Bearer {shown[role]}"}
    try:
        return await ask(method, path, **more)
    except aiohttp.ContentTypeError:
        return 200, None
