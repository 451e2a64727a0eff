"""The providers' keys, as their owner deals with them."""

from dataclasses import dataclass
from typing import cast

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.models import Models
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.remote import Remote
from triforce_daemon.services.key_history import KeyHistory
from triforce_daemon.services.key_tests import KeyTests
from triforce_daemon.services.keys import KeyDesk
from triforce_daemon.stores.keys import KeyHistoryStore


@dataclass(frozen=True, slots=True)
class Keys:
    desk: KeyDesk
    tests: KeyTests
    history: KeyHistory


async def keys(ground: Ground, models: Models) -> Keys:
    """A new key is followed by a look at its provider's models."""
    ring = ground.world.keys
    ring.on_change(models.refresh.soon)
    history = KeyHistory(KeyHistoryStore(ground.database), ring, ground.clock)
    await history.load()
    ground.tasks.start(history.keep(), "key use")
    desk = KeyDesk(ring, history, models.health)

    async def probe(provider: str, credential: Credential) -> Condition:
        return await cast(Remote, models.registry.provider(provider)).probe(credential)

    return Keys(desk, KeyTests(desk, ring, history, probe, ground.clock), history)
