"""The receipt of one request: its audit record, for whoever sent it."""

from decimal import Decimal
from typing import Any

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import AmbiguousId, InvalidRequest, NotFound
from triforce_daemon.services.audit import Audit
from triforce_daemon.services.audit_keeper import Keeper
from triforce_daemon.stores.audit.chain import Row
from triforce_daemon.stores.audit.names import Names
from triforce_daemon.stores.audit.rows import AuditStore
from triforce_daemon.stores.audit.verification import Broken
from triforce_daemon.wire.audit import Receipt

#: So much of an id is asked for at least: all that came within some minutes begin alike.
SHORTEST = 8
_SHOWN = 5


#: What is repeated of a tool's call.
_OF_TOOL = ("tool", "via", "arguments", "ms", "error")


class Receipts:
    def __init__(self, audit: Audit, store: AuditStore, names: Names, keeper: Keeper) -> None:
        self._audit = audit
        self._store = store
        self._names = names
        self._keeper = keeper

    async def show(self, caller: Caller, beginning: str, *, verify: bool) -> Receipt:
        """The receipt of the request whose id is, or begins with, `beginning`; a caller finds his own.

        Raises InvalidRequest, NotFound, AmbiguousId, StorageFailed.
        """
        return await self._receipt((await self.rows(caller, beginning))[1], verify)

    async def rows(self, caller: Caller, beginning: str) -> tuple[str, list[Row]]:
        """The id of that request, and its rows in the audit, in order. Raises as `show` does."""
        if len(beginning) < SHORTEST or not beginning.isascii():
            raise InvalidRequest(f"Of an id at least {SHORTEST} characters are needed.", "`triforce logs audit list`")
        rows = await self._own(caller, await self._store.requests(beginning.lower(), 1_000))
        exactly = [row for row in rows if _belongs(str(row["request"]), beginning.lower())]
        rows = exactly or rows
        ids = [beginning] if exactly else sorted({str(row["request"]).partition(".")[0] for row in rows})
        if not ids:
            raise NotFound(
                f"There is no receipt of a request {beginning!r}.",
                "Each answer tells its id in x-triforce-request-id; what is older than audit.request_days is gone.",
            )
        if len(ids) > 1:
            hint = "Write more of the id."
            raise AmbiguousId(f"{len(ids)} requests begin with {beginning!r}.", hint, near=ids[:_SHOWN])
        return ids[0], rows

    async def _own(self, caller: Caller, rows: list[Row]) -> list[Row]:
        if caller.is_admin:
            return rows
        own = await self._names.of_account(caller.account)
        return [row for row in rows if row["caller"] in own]

    async def _receipt(self, rows: list[Row], verify: bool) -> Receipt:
        """Of the row of the request itself, where a model was asked, and of those of its tools."""
        row = next((row for row in rows if row["kind"] == "request"), rows[0])
        (item,) = await self._audit.items([row])
        said: dict[str, Any] = orjson.loads(row["document"])
        tools = [orjson.loads(one["document"]) for one in rows if one["kind"] == "tool"]
        if row["kind"] == "tool":
            said = _of_tool(said)
        elif len(asked := [orjson.loads(one["document"]) for one in rows if one["kind"] == "request"]) > 1:
            said |= _together(asked)
        repeated = {name: said[name] for name in Receipt.__annotations__ if name in said}
        verified, reason = await self._verified(rows) if verify else (None, None)
        return Receipt(
            **repeated,
            schema="triforce.receipts.show/1",
            id=str(row["request"]),
            ts=item["ts"],
            caller=item["caller"],
            tools=[{name: one.get(name) for name in _OF_TOOL} for one in tools],
            approvals=[],
            audit=item["id"],
            hash=row["hash"],
            verified=verified,
            reason=reason,
        )

    async def _verified(self, rows: list[Row]) -> tuple[bool | None, str | None]:
        try:
            signed = [await self._keeper.verify_row(row) for row in rows]
        except Broken as broken:
            return False, str(broken)
        return (True, None) if all(signed) else (None, "The row is whole; its segment is signed within minutes.")


def _belongs(request: str, to: str) -> bool:
    """Whether it is that request, or a part of it: `ID.t2` is the second tool that was called within `ID`."""
    return request == to or request.startswith(f"{to}.")


def _together(asked: list[dict[str, Any]]) -> dict[str, Any]:
    """What a request took in which a model was asked several times, as where it called tools."""
    costs = [one["cost"] for one in asked]
    return {
        "tokens_in": sum(one["tokens_in"] for one in asked),
        "tokens_out": sum(one["tokens_out"] for one in asked),
        "cost": None if None in costs else f"{sum(map(Decimal, costs), Decimal(0)).normalize():f}",
    }


def _of_tool(said: dict[str, Any]) -> dict[str, Any]:
    """What a receipt says of a tool that was called by itself: no model was asked."""
    error = said.get("error")
    return {
        "token": said["token"],
        "listener": said.get("listener"),
        **dict.fromkeys(("asked", "model", "provider", "boundary", "cost", "currency")),
        "route": [],
        "state": "done" if error is None else "failed",
        "error": error,
        "truncated": False,
        "tokens_in": 0,
        "tokens_out": 0,
        "estimated": False,
        "total_ms": said["ms"],
    }
