"""When keys were used and what their tests have shown: in memory while the daemon runs, on disk between two starts."""

import asyncio
import logging

from triforce_daemon.errors import StorageFailed
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.key_ring import KeyRing
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.stores.keys import KeyHistoryStore, KeyId, KeyRow, KeyTestRow
from triforce_daemon.wire.keys import KeyTest

log = logging.getLogger(__name__)

#: So often is written when keys were last used.
KEEP_SECONDS = 60.0

_Name = tuple[str, str, str]


class KeyHistory:
    def __init__(self, store: KeyHistoryStore, ring: KeyRing, clock: Clock) -> None:
        self._store = store
        self._ring = ring
        self._clock = clock
        self._rows: dict[_Name, KeyRow] = {}
        self._unwritten: dict[_Name, int] = {}

    async def load(self) -> None:
        """Read what is kept. Raises StorageFailed."""
        self._rows = {(row["provider"], row["origin"], row["name"]): row for row in await self._store.all()}

    def last_used(self, provider: str, credential: Credential) -> str | None:
        self._take()
        row = self._rows.get(_name(provider, credential))
        return rfc3339(row["last_used"]) if row and row["last_used"] is not None else None

    def last_test(self, provider: str, credential: Credential) -> KeyTest | None:
        row = self._rows.get(_name(provider, credential))
        if row is None or row["tested"] is None or row["state"] is None:
            return None
        return KeyTest(at=rfc3339(row["tested"]), state=row["state"], status=row["status"], reason=row["reason"])

    async def tested(self, provider: str, credential: Credential, shown: Condition) -> None:
        """Keep what a test has shown. Raises StorageFailed."""
        test = KeyTestRow(tested=self._clock.now_ms(), state=shown.state, status=shown.status, reason=shown.reason)
        name = _name(provider, credential)
        self._rows[name] = {**self._row(name), **test}
        await self._store.tested([(_id(name), test)])

    async def forget(self, provider: str, name: str) -> None:
        """The vault's key of this name is another one now, or none. Raises StorageFailed."""
        self._take()
        key = (provider, "vault", name)
        self._unwritten.pop(key, None)
        if self._rows.pop(key, None) is not None:
            await self._store.forget(_id(key))

    async def keep(self) -> None:
        """Write when keys were last used, now and then; for ever."""
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            await self.close()

    async def close(self) -> None:
        """As `flush`; where that fails it is said, and nobody is kept from stopping by it."""
        try:
            await self.flush()
        except StorageFailed as error:
            log.warning("when keys were used was not kept", extra={"reason": error.message})

    async def flush(self) -> None:
        """Write what was not written yet. Raises StorageFailed."""
        self._take()
        writing = dict(self._unwritten)
        await self._store.used([(_id(name), moment) for name, moment in writing.items()])
        self._unwritten = {name: at for name, at in self._unwritten.items() if writing.get(name) != at}

    def _take(self) -> None:
        for (provider, credential), moment in self._ring.take_uses().items():
            name = _name(provider, credential)
            self._rows[name] = {**self._row(name), "last_used": moment}
            self._unwritten[name] = moment

    def _row(self, name: _Name) -> KeyRow:
        return self._rows.get(name) or KeyRow(
            **_id(name), last_used=None, tested=None, state=None, status=None, reason=None
        )


def _name(provider: str, credential: Credential) -> _Name:
    return provider, credential.origin, credential.name


def _id(name: _Name) -> KeyId:
    provider, origin, word = name
    return KeyId(provider=provider, origin=origin, name=word)
