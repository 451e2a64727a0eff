"""Asks a model about a picture, and only one that sees."""

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import ImagePart
from triforce_daemon.errors import InvalidRequest, SourceUnreadable
from triforce_daemon.providers.condition import CALLABLE
from triforce_daemon.providers.listed import Ability
from triforce_daemon.services.asking.asker import Asker, Said, Wanted
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.model_guesses import Sees
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.sources.pictures import media_type
from triforce_daemon.wire.constants import DEFAULT_ALIAS

#: What Anthropic takes; others take more.
MOST_BYTES = 5 << 20
_PROMPT = "Describe this picture."
#: How many models that would do are named to somebody who asked one that does not.
_NAMED = 5
#: Abilities that nobody guesses from a name: a list with one of them tells what its models can.
_TOLD: frozenset[Ability] = frozenset({"vision", "json_schema", "reasoning"})


@dataclass(frozen=True, slots=True)
class Vision:
    asker: Asker
    registry: ModelRegistry

    async def look(
        self, caller: Caller, request_id: str, picture: bytes, prompt: str | None, model: str | None
    ) -> Said:
        """What a model says of a picture. Raises SourceUnreadable, InvalidRequest, and what the router raises."""
        kind = media_type(picture)
        if kind is None:
            raise SourceUnreadable("That is no picture that models take.", "PNG, JPEG, GIF or WebP.")
        await self._check(caller, model or DEFAULT_ALIAS)
        data = (await asyncio.to_thread(b64encode, picture)).decode()
        part = ImagePart(type="image", media_type=kind, data=data, url=None)
        return await self.asker.ask(caller, request_id, Wanted(prompt or _PROMPT, model, images=[part]))

    async def _check(self, caller: Caller, name: str) -> None:
        """Raises InvalidRequest where nobody behind the name sees, naming some who do."""
        resolution = await self.registry.resolve(name, caller)
        if any(self._may_see(one, named=resolution.alias is None) for one in resolution.candidates):
            return
        able = await self._able(caller)
        hint = f"These do: {', '.join(able)}." if able else "No model that you may ask here does."
        raise InvalidRequest(f"{resolution.name} does not take pictures.", hint)

    def _may_see(self, candidate: Candidate, *, named: bool) -> bool:
        """Whoever names a model of which nobody tells what it can, gets it."""
        if candidate.listed is None or "vision" in candidate.listed.abilities:
            return True
        told = self.registry.models_of(candidate.provider).models.values()
        return named and not any(_TOLD & set(one.abilities) for one in told)

    async def _able(self, caller: Caller) -> Sequence[str]:
        sees, able = Sees(caller, self.registry.is_free), list[str]()
        for model in (await self.registry.models(caller=caller))["items"]:
            if "vision" in model["abilities"] and model["state"] in CALLABLE:
                candidate = await self.registry.one(model["id"], caller)
                if sees.model(candidate):
                    able.append(candidate.id)
            if len(able) == _NAMED:
                break
        return able
