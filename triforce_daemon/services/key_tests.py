"""Asks providers whether they take their keys."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from triforce_daemon.errors import NotFound, TriforceError
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.key_ring import KeyRing
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.key_history import KeyHistory
from triforce_daemon.services.keys import KeyDesk
from triforce_daemon.wire.keys import KeyTestList, KeyTestResult

#: Asks a provider something that costs nothing with one key, and says how that went.
Probe = Callable[[str, Credential], Awaitable[Condition]]

#: A provider that is slower than this is not fit to answer a chat either.
SECONDS = 10.0
_AT_ONCE = 8
#: That a provider is switched off or gone is no fault of a key that lies about, such as GitHub's in many environments.
_OUT_OF_USE = ("disabled", "retired")


class KeyTests:
    def __init__(self, desk: KeyDesk, ring: KeyRing, history: KeyHistory, probe: Probe, clock: Clock) -> None:
        self._desk = desk
        self._ring = ring
        self._history = history
        self._probe = probe
        self._clock = clock

    async def run(self, providers: Sequence[str]) -> KeyTestList:
        """Test each key of these providers that is used; of all in use that have one, where none is named.

        Raises ProviderNotFound before anybody is asked, and StorageFailed.
        """
        for provider in providers:
            self._desk.find(provider)
        await self._ring.refresh(insist=True)
        asked = list(dict.fromkeys(providers)) or [one for one in self._ring.providers if self._ring.credentials(one)]
        room = asyncio.Semaphore(_AT_ONCE)
        tested = await asyncio.gather(*(self._test(provider, room) for provider in asked))
        items = [item for items in tested for item in items if providers or item["state"] not in _OUT_OF_USE]
        return KeyTestList(schema="triforce.keys.test/1", items=items, next=None)

    async def _test(self, provider: str, room: asyncio.Semaphore) -> list[KeyTestResult]:
        credentials = self._ring.credentials(provider)
        if not credentials:
            return [_no_key(provider)]
        return await asyncio.gather(*(self._test_key(provider, credential, room) for credential in credentials))

    async def _test_key(self, provider: str, credential: Credential, room: asyncio.Semaphore) -> KeyTestResult:
        async with room:
            begun = self._clock.ticks()
            shown = await self._ask(provider, credential)
            ms = round((self._clock.ticks() - begun) * 1_000, 1)
        await self._history.tested(provider, credential, shown)
        return KeyTestResult(
            provider=provider,
            name=credential.name,
            ok=shown.state == "ok",
            state=shown.state,
            status=shown.status,
            latency_ms=ms,
            reason=shown.reason,
            fix=shown.fix,
        )

    async def _ask(self, provider: str, credential: Credential) -> Condition:
        try:
            async with asyncio.timeout(SECONDS):
                return await self._probe(provider, credential)
        except TimeoutError:
            return Condition("down", f"{provider} did not answer within {SECONDS:.0f} seconds.", "Try again later.")
        except NotFound:
            # The key of a mounted server, say, which has nothing that costs nothing.
            return Condition("disabled", f"{provider} is no provider that could be asked.", None)
        except TriforceError as error:
            return Condition("down", error.message, error.hint, error.upstream_status)


def _no_key(provider: str) -> KeyTestResult:
    return KeyTestResult(
        provider=provider,
        name=None,
        ok=False,
        state="no-key",
        status=None,
        latency_ms=None,
        reason=f"There is no key for {provider}.",
        fix=f"`triforce keys set {provider}`",
    )
