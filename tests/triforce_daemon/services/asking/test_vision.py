"""Which models are taken for such as see, and what a picture counts."""

import pytest

from tests.triforce_daemon.gateway import gateway
from tests.triforce_daemon.services.sources.test_pictures import PNG
from triforce_daemon.access.caller import SELF, Caller
from triforce_daemon.errors import InvalidRequest, SourceUnreadable
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.asking.asker import Asker, Wanted
from triforce_daemon.services.asking.vision import Vision
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.model_registry import ModelRegistry


async def test_only_those_are_named_that_the_caller_may_ask(folder: str) -> None:
    async with gateway(folder) as house:
        house.providers["groq"].models = [Listed("blind", abilities=("chat", "json_schema"))]
        # A list that tells nothing but names.
        house.providers["mistral"].models = [Listed("silent", abilities=("chat", "tools"))]
        parts = house.served.parts
        vision = Vision(Asker(parts.get(ChatRouter)), parts.get(ModelRegistry))
        with pytest.raises(InvalidRequest) as refused:
            await vision.look(SELF, "r", PNG, None, "groq/blind")
        assert refused.value.message == "groq/blind does not take pictures."
        assert (refused.value.hint or "").count("/") == 5
        narrow = Caller(kind="token", name="token/x", models=("groq/blind", "google/second"))
        with pytest.raises(InvalidRequest) as refused:
            await vision.look(narrow, "r", PNG, None, "groq/blind")
        assert refused.value.hint == "These do: google/second."
        assert (await vision.look(SELF, "r", PNG, None, "mistral/silent"))["text"]
        with pytest.raises(SourceUnreadable):
            await vision.look(SELF, "r", b"BM", None, "groq/m")


async def test_a_picture_counts_as_part_of_the_prompt(folder: str) -> None:
    async with gateway(folder) as house:
        house.upstream.plan("ok")
        asker = Asker(house.served.parts.get(ChatRouter))
        told: list[int] = []
        original = ChatRouter.open

        async def heard(router: ChatRouter, call: object) -> object:
            told.append(call.prompt_characters)  # type: ignore[attr-defined]
            return await original(router, call)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ChatRouter, "open", heard)
            part = {"type": "image", "media_type": "image/png", "data": "iVBO", "url": None}
            await asker.ask(SELF, "r", Wanted("1234", "groq/m", images=[part]))  # type: ignore[list-item]
        assert told == [4_004]
