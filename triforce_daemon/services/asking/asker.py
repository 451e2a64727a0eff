"""Asks a model something for whoever calls a tool, by the ways of every chat: one answer, its usage in the ledger."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects.canonical import ImagePart, Message, OutputFormat, Part, Request, TextPart
from triforce_daemon.errors import TriforceError, UpstreamTimeout
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.prompt_size import TOKENS_PER_IMAGE
from triforce_daemon.services.routing.call import Call
from triforce_daemon.services.routing.needs import CHARACTERS_PER_TOKEN
from triforce_daemon.wire.constants import DEFAULT_ALIAS
from triforce_daemon.wire.errors import ErrorBody
from triforce_daemon.wire.usage import Usage


class Said(TypedDict):
    text: str
    model: str
    """Who answered."""
    provider: str
    usage: Usage
    latency_ms: int
    fallback_used: bool
    """Whether somebody was asked before, and failed."""


class Told(TypedDict):
    """What one of several models said."""

    ok: bool
    text: str | None
    error: ErrorBody | None
    latency_ms: int
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class Wanted:
    prompt: str
    model: str | None = None
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    json_schema: Mapping[str, Any] | None = None
    images: Sequence[ImagePart] = ()
    #: What was said before.
    before: Sequence[Message] = field(default_factory=tuple[Message, ...])


@dataclass(frozen=True, slots=True)
class Asker:
    router: ChatRouter

    async def ask(self, caller: Caller, request_id: str, wanted: Wanted) -> Said:
        """Raises what the router raises: ModelNotFound, Forbidden, and what providers come to."""
        request = _request(wanted)
        size = sum(len(part["text"]) for said in request.messages for part in said["parts"] if part["type"] == "text")
        size += len(wanted.images) * TOKENS_PER_IMAGE * CHARACTERS_PER_TOKEN
        call = Call(request_id=request_id, caller=caller, request=request, prompt_characters=size)
        text: list[str] = []
        async with await self.router.open(call) as answer:
            async with aclosing(answer.events()) as events:
                async for event in events:
                    if event["type"] == "text" or event["type"] == "refusal":
                        text.append(event["text"])
            await answer.settle()
            return Said(
                text="".join(text),
                model=answer.candidate.id,
                provider=answer.candidate.provider.name,
                usage=answer.spent(),
                latency_ms=answer.elapsed_ms(),
                fallback_used=bool(answer.fallbacks),
            )

    async def ask_all(
        self, caller: Caller, request_id: str, targets: Sequence[str], wanted: Wanted, seconds: float
    ) -> dict[str, Told]:
        """The same of several models at once; what one of them fails with is its own answer."""

        async def told(number: int, model: str) -> Told:
            began = self.router.clock.ticks()
            said: Said | None = None
            failure: TriforceError | None = None
            try:
                async with asyncio.timeout(seconds):
                    said = await self.ask(caller, f"{request_id}.{number}", _at(wanted, model))
            except TriforceError as error:
                failure = error
            except TimeoutError:
                failure = UpstreamTimeout(f"{model} did not answer within {seconds:g} s.", "Give it more time.")
            ms = round((self.router.clock.ticks() - began) * 1_000)
            return Told(
                ok=said is not None,
                text=said["text"] if said else None,
                error=failure.body(request_id) if failure else None,
                latency_ms=ms,
                usage=said["usage"] if said else None,
            )

        names = list(dict.fromkeys(targets))
        answers = await asyncio.gather(*(told(number, name) for number, name in enumerate(names, 1)))
        return dict(zip(names, answers, strict=True))


def _at(wanted: Wanted, model: str) -> Wanted:
    return Wanted(
        wanted.prompt, model, wanted.system, wanted.temperature, wanted.max_tokens, wanted.json_schema, wanted.images
    )


def _request(wanted: Wanted) -> Request:
    parts: list[Part] = [*wanted.images, TextPart(type="text", text=wanted.prompt)]
    messages: list[Message] = [*wanted.before, Message(role="user", parts=parts)]
    if wanted.system:
        system: list[Part] = [TextPart(type="text", text=wanted.system)]
        messages.insert(0, Message(role="system", parts=system))
    return Request(
        model=wanted.model or DEFAULT_ALIAS,
        messages=messages,
        stream=True,
        include_usage=True,
        temperature=wanted.temperature,
        max_tokens=wanted.max_tokens,
        output=_output(wanted.json_schema),
    )


def _output(schema: Mapping[str, Any] | None) -> OutputFormat | None:
    if schema is None:
        return None
    return OutputFormat(type="schema", name="answer", schema=dict(schema), strict=True)
