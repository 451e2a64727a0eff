"""Fetches a provider's list of models, page by page, and finds out by the same way whether a key is good."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson

from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.errors import KeyRejected, TriforceError, UpstreamFailed, UpstreamLimited
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import Row
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.failures import condition_of
from triforce_daemon.providers.inquiry import Inquiry
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.listings.pages import Page, read_page
from triforce_daemon.providers.listings.shapes import with_ollama_details
from triforce_daemon.runtime.threads import in_thread

log = logging.getLogger(__name__)

_PAGES = 20
_MODELS = 10_000
#: A longer page is read beside the event loop.
_LONG = 256 << 10
#: Models of an Ollama that are asked for by themselves at the same time, and at most.
_AT_ONCE = 4
_ASKED_FOR = 200


@dataclass(frozen=True, slots=True)
class ModelFetch:
    row: Row
    dialect: Dialect
    outbound: Outbound

    @property
    def _inquiry(self) -> Inquiry:
        return Inquiry(self.row, self.dialect, self.outbound)

    async def models(self, credentials: Sequence[Credential]) -> list[Listed]:
        """Every model of the provider, with the first of these keys that it takes; a name that comes twice counts once.

        Raises what the provider or the network came to; UpstreamFailed for what is no list.
        """
        for credential in credentials[:-1]:
            try:
                return await self._models(credential)
            except (KeyRejected, UpstreamLimited) as error:
                why = {"provider": self.row.name, "key": credential.name, "why": error.code}
                log.info("key passed over", extra=why)
        return await self._models(credentials[-1])

    async def probe(self, credential: Credential) -> Condition:
        """Whether the provider answers and takes this key. Never raises."""
        try:
            await self._inquiry.ask("GET", self.row.check or self.row.models.path, credential)
        except TriforceError as error:
            return condition_of(error)
        return Condition("ok", status=200)

    async def _models(self, credential: Credential) -> list[Listed]:
        models: dict[str, Listed] = {}
        left_out = 0
        query: dict[str, str] | None = {}
        for _ in range(_PAGES):
            page = await self._page(query, credential)
            left_out += page.left_out
            for model in page.models:
                models.setdefault(model.name, model)
            if page.following in (None, query) or len(models) >= _MODELS:
                break
            query = page.following
        if left_out:
            log.warning("models left out", extra={"provider": self.row.name, "models": left_out})
        found = list(models.values())[:_MODELS]
        return await self._with_details(found, credential) if self.row.models.shape == "ollama" else found

    async def _page(self, query: dict[str, str] | None, credential: Credential) -> Page:
        path = self.row.models.path
        if query:
            path += ("&" if "?" in path else "?") + urlencode(query)
        body = await self._inquiry.ask("GET", path, credential)
        try:
            if len(body) > _LONG:
                return await in_thread(_read, self.row.models.shape, body)
            return _read(self.row.models.shape, body)
        except ValueError as error:
            raise UpstreamFailed(
                f"{self.row.title} sent no list of models that can be read: {error}.",
                f"Check the address of {self.row.name}: `triforce config get providers.{self.row.name}.base_url`.",
            ) from None

    async def _with_details(self, models: list[Listed], credential: Credential) -> list[Listed]:
        """Older versions of Ollama tell what a model can do only where they are asked for it by itself."""
        silent = [model for model in models if model.context is None][:_ASKED_FOR]
        slots = asyncio.Semaphore(_AT_ONCE)

        async def show(model: Listed) -> Listed:
            async with slots:
                try:
                    body = await self._inquiry.ask("POST", "/api/show", credential, orjson.dumps({"model": model.name}))
                    return with_ollama_details(model, orjson.loads(body))
                except (TriforceError, orjson.JSONDecodeError) as error:
                    log.info("no details", extra={"provider": self.row.name, "model": model.name, "why": str(error)})
                    return model

        told = {model.name: model for model in await asyncio.gather(*map(show, silent))}
        return [told.get(model.name, model) for model in models]


def _read(shape: str, body: bytes) -> Page:
    return read_page(shape, orjson.loads(body))
