"""Who the audit speaks of. Its rows hold salted digests; what they stand for lies beside the chain, to be forgotten."""

import secrets
from collections.abc import Iterable
from hashlib import sha256
from typing import TypedDict, cast

from sqlalchemy import bindparam, delete, insert, select

from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.tables import audit_names

_SALT_BYTES = 16
#: Half of SHA-256 in hexadecimal: nobody finds a second name for it.
_LENGTH = 32
#: So many addresses are known at the same time.
_REMEMBERED = 10_000
_DAY_MS = 86_400_000


class NameRow(TypedDict):
    digest: str
    chain: str
    salt: str
    #: An account as `Caller.account` has it, or an address.
    name: str
    #: Of an address: the digest of whom it belongs to, where that is known.
    owner: str | None
    #: In ms.
    made: int


def digest_of(salt: str, name: str) -> str:
    return sha256(f"{salt}{name}".encode()).hexdigest()[:_LENGTH]


class Names:
    """The digests of one chain."""

    def __init__(self, database: Database, chain: str) -> None:
        self._database = database
        self._chain = chain
        self._accounts: dict[str, str] = {}
        #: By address and whose it is: the digest, and the day on which it was made.
        self._addresses: dict[tuple[str, str | None], tuple[str, int]] = {}
        self._erased: set[str] = set()
        self._insert = database.prepared(lambda: insert(audit_names))
        self._forget = database.prepared(lambda: delete(audit_names).where(audit_names.c.digest == bindparam("at")))
        old = audit_names.c.name.like("address/%") & (audit_names.c.made < bindparam("until"))
        self._forget_old = database.prepared(lambda: delete(audit_names).where(old))

    async def load(self) -> None:
        """Read what is kept of this chain's accounts. Raises StorageFailed."""
        known = select(audit_names.c.name, audit_names.c.digest).where(audit_names.c.chain == self._chain)
        async with self._database.read() as connection:
            rows = (await connection.execute(known.where(audit_names.c.name.not_like("address/%")))).all()
        self._accounts = {row.name: row.digest for row in rows}

    async def account(self, name: str | None, now_ms: int) -> str | None:
        """The digest of an account; None for nobody, and for who was erased. Raises StorageFailed."""
        if name is None:
            return None
        known = self._accounts.get(name)
        if known is not None or name in self._erased:
            return known
        digest = await self._keep(name, None, now_ms)
        return self._accounts.setdefault(name, digest)

    async def address(self, address: str | None, owner: str | None, now_ms: int) -> str | None:
        """The digest of an address, another one each day; `owner`: the digest of whom it belongs to."""
        if address is None:
            return None
        key, day = (address, owner), now_ms // _DAY_MS
        digest, made = self._addresses.get(key, ("", -1))
        if made != day:
            digest = await self._keep(f"address/{address}", owner, now_ms)
            self._addresses[key] = (digest, day)
            if len(self._addresses) > _REMEMBERED:
                self._addresses.clear()
        return digest

    async def rows(self, digests: Iterable[str]) -> dict[str, NameRow]:
        """What the digests stand for, as far as it is known, of whichever chain. Raises StorageFailed."""
        return await self._rows(audit_names.c.digest.in_(sorted(set(digests))))

    async def of_account(self, name: str) -> dict[str, NameRow]:
        """All that stands for an account, with its addresses, in every chain. Raises StorageFailed."""
        own = await self._rows(audit_names.c.name == name)
        return {**own, **await self._rows(audit_names.c.owner.in_(sorted(own)))}

    async def of_accounts(self, names: Iterable[str]) -> dict[str, str]:
        """The accounts by what stands for them in any chain, without their addresses. Raises StorageFailed."""
        rows = await self._rows(audit_names.c.name.in_(sorted(set(names))))
        return {digest: row["name"] for digest, row in rows.items()}

    async def of_chain(self, chain: str) -> dict[str, NameRow]:
        """Raises StorageFailed."""
        return await self._rows(audit_names.c.chain == chain)

    def erase(self, name: str, rows: Iterable[str]) -> list[Write]:
        """The writes after which the digests `rows` of an account stand for nobody."""
        self._erased.add(name)
        self._accounts.pop(name, None)
        self._addresses.clear()
        return [self._forget(at=digest) for digest in rows]

    async def forget_addresses(self, until_ms: int) -> None:
        """Those that were made before. Raises StorageFailed."""
        await self._database.write(self._forget_old(until=until_ms))

    async def _keep(self, name: str, owner: str | None, now_ms: int) -> str:
        salt = secrets.token_hex(_SALT_BYTES)
        row = NameRow(digest=digest_of(salt, name), chain=self._chain, salt=salt, name=name, owner=owner, made=now_ms)
        await self._database.write(self._insert(**row))
        return row["digest"]

    async def _rows(self, condition: object) -> dict[str, NameRow]:
        query = select(audit_names).where(cast("bool", condition))  # pyright: ignore[reportArgumentType]
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return {row["digest"]: cast(NameRow, dict(row)) for row in rows}
