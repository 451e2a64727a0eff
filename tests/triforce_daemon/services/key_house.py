"""A vault, a key ring and the desk before it, in a folder of their own; opened anew as by the next daemon."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from tests.triforce_daemon.simulated import SimulatedClock
from triforce_daemon.errors import VaultUnavailable
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.health import Health
from triforce_daemon.providers.key_ring import KeyRing
from triforce_daemon.services.key_history import KeyHistory
from triforce_daemon.services.key_tests import KeyTests
from triforce_daemon.services.keys import KeyDesk
from triforce_daemon.stores.keys import KeyHistoryStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.stores.vault.envelope import Holder
from triforce_daemon.stores.vault.vault import Store, Vault

NAMES = {"groq": ["GROQ_API_KEY"], "mistral": ["MISTRAL_API_KEY"], "gemini": ["GEMINI_API_KEY", "GOOGLE_API_KEY"]}


class NoKeyring:
    """What a server has."""

    name: Holder = "keyring"
    place = "the keyring"

    async def read(self) -> bytes | None:
        raise VaultUnavailable("The keyring cannot be used: there is no D-Bus session here.", "Use a file.")

    async def make(self) -> bytes:
        raise VaultUnavailable("The keyring cannot be used: there is no D-Bus session here.", "Use a file.")


@dataclass
class KeyHouse:
    ring: KeyRing
    desk: KeyDesk
    history: KeyHistory
    health: Health
    tests: KeyTests
    clock: SimulatedClock
    #: What the provider says of a key, by the key's value; None: nothing, ever.
    said: dict[str, Condition | Exception | None]


OpenHouse = Callable[..., AbstractAsyncContextManager[KeyHouse]]


@asynccontextmanager
async def open_house(
    folder: str, store: Store = "auto", environ: Mapping[str, str] | None = None
) -> AsyncGenerator[KeyHouse]:
    clock = SimulatedClock()
    vault = Vault(os.path.join(folder, "vault"), store, NoKeyring(), None)
    ring = KeyRing(vault, NAMES, environ or {}, None, lambda secret: None, clock)
    database = SqliteDatabase(os.path.join(folder, "triforce.db"), "normal", 5)
    await database.open()
    history, health = KeyHistory(KeyHistoryStore(database), ring, clock), Health(clock)
    desk = KeyDesk(ring, history, health)
    said: dict[str, Condition | Exception | None] = {}

    async def probe(provider: str, credential: Credential) -> Condition:
        await clock.sleep(0.25)
        answer = said.get(credential.secret, Condition("ok", status=200))
        if answer is None:
            await asyncio.Event().wait()
        if isinstance(answer, Exception):
            raise answer
        assert answer is not None
        return answer

    await ring.load()
    await history.load()
    try:
        yield KeyHouse(ring, desk, history, health, KeyTests(desk, ring, history, probe, clock), clock, said)
        await history.flush()
    finally:
        await database.close()
