"""The audit as admins read it: what was decided, and whether anybody has changed what is written of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import orjson

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.services.audit_keeper import Keeper
from triforce_daemon.services.audit_words import in_words
from triforce_daemon.services.moments import moment_of
from triforce_daemon.stores.audit.chain import Row
from triforce_daemon.stores.audit.key import SigningKey
from triforce_daemon.stores.audit.names import Names
from triforce_daemon.stores.audit.rows import AuditStore, Filter
from triforce_daemon.stores.audit.verification import Broken, Verification
from triforce_daemon.wire.audit import AuditChain, AuditCheck, AuditItem, AuditKind, AuditList

MOST = 1_000
_ADDRESS = "address/"


@dataclass(frozen=True, slots=True)
class Calls:
    """Which calls of tools are meant; None: whichever. `status` is `ok`, `failed` or the code of an error."""

    tool: str | None = None
    caller: str | None = None
    status: str | None = None
    since: str | None = None
    #: As it is kept, where `caller` is what a person calls it.
    account: str | None = None
    #: The id of the token that was shown.
    token: str | None = None


class Audit:
    def __init__(
        self,
        store: AuditStore,
        names: Names,
        keeper: Keeper,
        key: SigningKey,
        called: Callable[[str], str],
        account_of: Callable[[str], str],
    ) -> None:
        """`called` is what a person calls an account, `account_of` the account that a person means."""
        self._store = store
        self._names = names
        self._keeper = keeper
        self._key = key
        self._called = called
        self._account_of = account_of

    async def newest(
        self, kind: AuditKind | None, caller: str | None, since: str | None, request: str | None, limit: int
    ) -> AuditList:
        """The newest first; `caller`: what somebody did, or what was done to him. Raises InvalidRequest."""
        if not 0 < limit <= MOST:
            raise InvalidRequest(f"The limit is not from 1 to {MOST:,}.", "Narrow it down with a kind or a moment.")
        people = await self._people(caller)
        wanted = Filter(kind, people, None if since is None else moment_of(since), request)
        rows = await self._store.newest(wanted, limit)
        return AuditList(schema="triforce.audit.list/1", items=await self.items(rows), next=None)

    async def calls(self, wanted: Calls, limit: int) -> list[AuditItem]:
        """Calls of tools, the newest first. Raises InvalidRequest, StorageFailed."""
        account = wanted.account if wanted.caller is None else self._account_of(wanted.caller)
        people = None if account is None else sorted(await self._names.of_account(account))
        since = None if wanted.since is None else moment_of(wanted.since)
        holding = [f'"tool":{orjson.dumps(wanted.tool).decode()}'] if wanted.tool is not None else []
        if wanted.token is not None:
            holding.append(f'"token":{orjson.dumps(wanted.token).decode()}')
        if wanted.status not in (None, "ok", "failed"):
            holding.append(f'"error":{orjson.dumps(wanted.status).decode()}')
        # Only a call that failed tells of an error.
        holding += ['"error":'] if wanted.status == "failed" else []
        lacking = ['"error":'] if wanted.status == "ok" else []
        found = Filter("tool", people, since, holding=holding, lacking=lacking)
        return await self.items(await self._store.newest(found, limit))

    async def log_ins(self, accounts: Iterable[str]) -> dict[str, int]:
        """When each of these accounts logged in last, in ms, as far as that is still kept. Raises StorageFailed."""
        digests = await self._names.of_accounts(accounts)
        documents = [orjson.dumps({"what": what}).decode() for what in ("login", "register")]
        newest = await self._store.latest(Filter("login", sorted(digests)), documents)
        found: dict[str, int] = {}
        for digest, moment in newest.items():
            if digest in digests:
                found[digests[digest]] = max(moment, found.get(digests[digest], 0))
        return found

    async def items(self, rows: list[Row]) -> list[AuditItem]:
        """Rows in the words that travel, with the names that are still known."""
        digests = {row[of] for row in rows for of in ("caller", "subject", "address")}
        names = await self._names.rows(digest for digest in digests if digest is not None)
        known = {digest: row["name"] for digest, row in names.items()}
        return [self._item(row, known) for row in rows]

    async def of_person(self, account: str) -> list[AuditItem]:
        """Every row that is of an account, or about it. Raises StorageFailed."""
        people = sorted(await self._names.of_account(account))
        return await self.items(await self._store.newest(Filter(people=people), -1)) if people else []

    async def _people(self, name: str | None) -> list[str] | None:
        """What stands for an account in the rows; None for None, which means everybody."""
        return None if name is None else sorted(await self._names.of_account(self._account_of(name)))

    async def verify(self) -> AuditCheck:
        """Go over all chains here from their beginnings. Raises StorageFailed."""
        chains = sorted({self._key.chain, *await self._store.chains()}, key=lambda chain: chain != self._key.chain)
        items = [await self._checked(chain) for chain in chains]
        ok = all(item["ok"] for item in items)
        return AuditCheck(schema="triforce.audit.verify/1", ok=ok, items=items)

    async def _checked(self, chain: str) -> AuditChain:
        verification = Verification(chain)
        broken: Broken | None = None
        try:
            await self._keeper.verify(verification)
        except Broken as error:
            broken = error
        return self._chain(verification, broken)

    def _chain(self, found: Verification, broken: Broken | None) -> AuditChain:
        last = found.segments[-1] if found.segments else None
        own = found.chain == self._key.chain
        return AuditChain(
            chain=found.chain,
            own=own,
            ok=broken is None,
            rows=found.rows,
            pruned=found.pruned,
            segments=len(found.segments),
            unsigned=found.last.number - (last["last"] if last is not None else 0) if broken is None else 0,
            key=self._key.public if own else last["key"] if last is not None else None,
            last=found.last.number,
            hash=found.last.hash,
            place=broken.place if broken is not None else None,
            reason=broken.reason if broken is not None else None,
        )

    def _item(self, row: Row, names: dict[str, str]) -> AuditItem:
        document: dict[str, Any] = orjson.loads(row["document"])
        address = names.get(row["address"] or "")
        return AuditItem(
            id=f"{row['chain']}/{row['number']}",
            ts=rfc3339(row["ts"]),
            kind=cast(AuditKind, row["kind"]),
            request=row["request"],
            caller=self._name(row["caller"], names),
            subject=self._name(row["subject"], names),
            address=address.removeprefix(_ADDRESS) if address is not None else None,
            what=in_words(row["kind"], document),
            document=document,
            hash=row["hash"],
        )

    def _name(self, digest: str | None, names: dict[str, str]) -> str | None:
        name = names.get(digest) if digest is not None else None
        return self._called(name) if name is not None else None
