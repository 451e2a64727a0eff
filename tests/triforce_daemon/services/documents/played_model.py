"""A model for documents that answers as a test tells it, with the form held to by the real extraction."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from tests.triforce_daemon.played_provider import scripted
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.asking.asker import Asker, Said, Wanted
from triforce_daemon.services.asking.extraction import Extraction
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.wire.usage import Usage


@dataclass
class PlayedModel:
    """`answer`: what it says to a prompt, as a value of JSON."""

    answer: Callable[[str], object]
    context: int = 8_192
    asked: list[Wanted] = field(default_factory=list[Wanted])

    @property
    def extraction(self) -> Extraction:
        return Extraction(cast(Asker, self))

    @property
    def registry(self) -> ModelRegistry:
        return cast(ModelRegistry, self)

    async def ask(self, caller: Any, request_id: str, wanted: Wanted) -> Said:
        self.asked.append(wanted)
        text = self.answer(wanted.prompt)
        return Said(
            text=text if isinstance(text, str) else json.dumps(text),
            model="played/m",
            provider="played",
            usage=Usage(input_tokens=2, output_tokens=1, estimated=False),
            latency_ms=1,
            fallback_used=False,
        )

    async def one(self, name: str, caller: Any) -> Candidate:
        return Candidate(scripted(), "m", Listed("m", context=self.context))
