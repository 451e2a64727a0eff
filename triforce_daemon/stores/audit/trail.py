"""Writes decisions down: who, what, when; in the commit of what was decided, or before that is answered."""

from collections.abc import Mapping
from typing import Literal

import orjson
from sqlalchemy import insert

from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.logs import current_request
from triforce_daemon.stores.audit.chain import Chain
from triforce_daemon.stores.audit.names import Names
from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.tables import audit

#: `audit`: of the audit itself, what was pruned and who was erased.
Kind = Literal["request", "login", "refusal", "tool", "change", "daemon", "audit"]


class Trail:
    def __init__(self, database: Database, chain: Chain, names: Names, clock: Clock) -> None:
        self.chain = chain
        self.names = names
        self._database = database
        self._clock = clock
        self._insert = database.prepared(lambda: insert(audit), chain)

    async def row(
        self,
        kind: Kind,
        document: Mapping[str, object],
        *,
        caller: str | None,
        subject: str | None = None,
        address: str | None = None,
        request: str | None = None,
    ) -> Write:
        """The write that adds a decision to the chain, to be committed together with what was decided.

        `caller` and `subject` are accounts, who decided or asked and whom it was done to. The document must hold no
        secret, nothing that was said to a model, and nobody's name. Raises StorageFailed.
        """
        now = self._clock.now_ms()
        who = await self.names.account(caller, now)
        # Most decisions are about nobody else, and tell of no address.
        whom = None if subject is None else await self.names.account(subject, now)
        place = None if address is None else await self.names.address(address, who or whom, now)
        return self._insert(
            chain=self.chain.name,
            ts=now,
            kind=kind,
            request=request or current_request.get(),
            caller=who,
            subject=whom,
            address=place,
            document=orjson.dumps(document).decode(),
        )

    async def record(
        self,
        kind: Kind,
        document: Mapping[str, object],
        *,
        caller: str | None,
        subject: str | None = None,
        address: str | None = None,
        request: str | None = None,
    ) -> None:
        """The same, on disk when this returns. Raises StorageFailed."""
        row = await self.row(kind, document, caller=caller, subject=subject, address=address, request=request)
        await self._database.write(row)
