"""Finds out whether providers answer: by a request that costs nothing, or by a few tokens of a model."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import Request
from triforce_daemon.errors import InvalidRequest, TriforceError
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.failures import condition_of
from triforce_daemon.providers.health import Health
from triforce_daemon.providers.provider import Provider
from triforce_daemon.providers.remote import Remote
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.model_refresh import ModelRefresh
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.providers import ProviderDesk
from triforce_daemon.services.routing.call import Call
from triforce_daemon.wire.providers import ProviderTest, ProviderTestList

#: How many are asked at the same time.
_AT_ONCE = 8
_PROMPT = "Hi"
#: Some models refuse to be cut off after a single one.
_TOKENS = 16


class ProviderTests:
    def __init__(
        self,
        desk: ProviderDesk,
        registry: ModelRegistry,
        refresh: ModelRefresh,
        router: ChatRouter,
        health: Health,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._registry = registry
        self._refresh = refresh
        self._router = router
        self._health = health
        self._clock = clock

    async def run(self, caller: Caller, request_id: str, names: Sequence[str], model: str | None) -> ProviderTestList:
        """Test these providers; without names, the model's own, or all that can be asked.

        Raises ProviderNotFound, ModelNotFound and InvalidRequest before anybody is asked.
        """
        chosen = [self._desk.find(name) for name in dict.fromkeys(names)]
        if model is None:
            asked = chosen or [one for one in self._registry.providers() if one.condition().callable]
            room = asyncio.Semaphore(_AT_ONCE)
            items = await asyncio.gather(*(self._probed(provider, room) for provider in asked))
        else:
            items = [await self._asked(caller, request_id, await self._id(model, chosen))]
        return ProviderTestList(schema="triforce.providers.test/1", items=items, next=None)

    async def _id(self, model: str, chosen: Sequence[Provider]) -> str:
        """The model's id. An alias could hide who has answered. Raises ModelNotFound, InvalidRequest."""
        if len(chosen) > 1:
            raise InvalidRequest("A model is of one provider.", "Name one provider, or none.")
        prefix = f"{chosen[0].name}/" if chosen else ""
        resolution = await self._registry.resolve(model if model.startswith(prefix) else prefix + model)
        if resolution.alias is not None or not resolution.candidates:
            raise InvalidRequest(f"`{model}` is an alias.", "Name a model: `triforce models list`.")
        return resolution.candidates[0].id

    async def _probed(self, provider: Provider, room: asyncio.Semaphore) -> ProviderTest:
        async with room:
            began = self._clock.ticks()
            shown = await self._probe(provider)
        if shown.state == "ok" and self._registry.models_of(provider).failure is not None:
            # Its list could not be had the last time.
            self._refresh.soon(provider.name)
        return self._result(provider.name, None, shown, None if shown.status is None else began)

    async def _probe(self, provider: Provider) -> Condition:
        """With each key until one is taken; by what it says of itself where it is no server."""
        own = provider.condition()
        if not own.callable or not isinstance(provider, Remote):
            return own
        shown = own
        for credential in provider.credentials():
            shown = await provider.probe(credential)
            if shown.state == "ok":
                self._health.succeeded(provider.name, provider.name, credential)
            if shown.state != "key-rejected":
                break
        return shown

    async def _asked(self, caller: Caller, request_id: str, model: str) -> ProviderTest:
        provider = model.partition("/")[0]
        began = self._clock.ticks()
        try:
            async with await self._router.open(_call(caller, request_id, model)) as answer:
                async with aclosing(answer.events()) as events:
                    async for _ in events:
                        pass
                await answer.settle()
        except TriforceError as error:
            return self._result(provider, model, condition_of(error), began)
        return self._result(provider, model, Condition("ok", status=200), began)

    def _result(self, provider: str, model: str | None, shown: Condition, began: float | None) -> ProviderTest:
        # A model that is fetched on first use is no reason to fail.
        ok = shown.state in ("ok", "absent")
        return ProviderTest(
            name=provider,
            model=model,
            ok=ok,
            state=shown.state,
            status=shown.status,
            latency_ms=None if began is None else round((self._clock.ticks() - began) * 1_000, 1),
            error=None if ok else shown.reason or shown.state,
            fix=shown.fix,
        )


def _call(caller: Caller, request_id: str, model: str) -> Call:
    request = Request(
        model=model,
        messages=[{"role": "user", "parts": [{"type": "text", "text": _PROMPT}]}],
        stream=True,
        include_usage=True,
        max_tokens=_TOKENS,
    )
    return Call(request_id, caller, request, len(_PROMPT))
