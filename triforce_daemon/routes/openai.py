"""OpenAI's API: chat completions and the list of models."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

import orjson
from fastapi import Depends

from triforce_daemon.dialects import openai_relay, sse
from triforce_daemon.errors import InvalidRequest, TriforceError, UpstreamFailed
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.parts import Needs
from triforce_daemon.routes.policy import CALLER
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.chat_router import Answer, Call, ChatRouter
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.wire.constants import ROUTE_HEADER
from triforce_daemon.wire.models import Model

routes = Routes()


def errors(error: TriforceError, request_id: str) -> bytes:
    return orjson.dumps(openai_relay.write_error(error, request_id))


@routes.direct("POST", "/v1/chat/completions", policy=CALLER, errors=errors)
async def chat_completions(exchange: Exchange) -> None:
    """Answer a chat; with `stream: true` as server-sent events."""
    body = await exchange.json()
    _check(body)
    call = Call(
        request_id=exchange.request_id,
        client=exchange.caller.name,
        model=str(body.get("model") or ""),
        prompt_characters=openai_relay.prompt_characters(body),
    )
    async with exchange.watched():
        if body.get("stream"):
            await _stream(exchange, call, body)
        else:
            await _whole(exchange, call, body)


async def _whole(exchange: Exchange, call: Call, body: Mapping[str, Any]) -> None:
    async with exchange.part(ChatRouter).open(call, body) as answer:
        content = await answer.whole()
        answer.usage = openai_relay.read_usage(openai_relay.read_object(content))
        await answer.settle()
        await exchange.reply(200, content, _route_headers(answer))


async def _stream(exchange: Exchange, call: Call, body: Mapping[str, Any]) -> None:
    options = cast(dict[str, Any], body.get("stream_options") or {})
    wants_usage = bool(options.get("include_usage"))
    asked = {**body, "stream_options": {**options, "include_usage": True}}
    relay = openai_relay.Relay(keep_usage=wants_usage)
    try:
        async with exchange.part(ChatRouter).open(call, asked) as answer:
            await exchange.start_stream(_route_headers(answer))
            await _relay(exchange, answer, relay)
            await answer.settle()
            await exchange.end_stream(relay.end)
    except TriforceError as error:
        if not exchange.started:
            raise
        # The status has long been sent: the error is the stream's last event, and there is no [DONE] after it.
        await exchange.end_stream(sse.event(errors(error, call.request_id)))


async def _relay(exchange: Exchange, answer: Answer, relay: openai_relay.Relay) -> None:
    async for chunk in answer.chunks():
        ready = relay.feed(chunk)
        answer.pieces, answer.usage = relay.events, relay.usage
        if ready:
            await exchange.write(ready)
        if relay.error is not None:
            raise relay.error
        if relay.ended:
            return
    raise UpstreamFailed("The answer broke off before its end.", "Send the request again.")


def _route_headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    return [(ROUTE_HEADER.encode(), answer.candidate.id.encode())]


def _check(body: Mapping[str, Any]) -> None:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise InvalidRequest("`messages` is missing or empty.", 'Send "messages": [{"role": "user", "content": "…"}].')
    for number, message in enumerate(cast(list[object], messages)):
        if not isinstance(message, dict) or "role" not in message:
            raise InvalidRequest(
                f"`messages[{number}]` has no role.", "Each message is an object with role and content."
            )
    if not isinstance(body.get("model", ""), str):
        raise InvalidRequest("`model` must be text.", "`triforce models list` shows the models there are.")
    if not isinstance(body.get("stream_options") or {}, dict):
        raise InvalidRequest("`stream_options` must be an object.")


@routes.get("/v1/models", policy=CALLER)
async def list_models(registry: Annotated[ModelRegistry, Depends(Needs(ModelRegistry))]) -> dict[str, object]:
    """The models, in OpenAI's shape."""
    return {"object": "list", "data": [_openai_model(model) for model in registry.models()["items"]]}


@routes.get("/v1/models/{name:path}", policy=CALLER)
async def get_model(name: str, registry: Annotated[ModelRegistry, Depends(Needs(ModelRegistry))]) -> dict[str, object]:
    return _openai_model(registry.get(name))


def _openai_model(model: Model) -> dict[str, object]:
    return {"id": model["id"], "object": "model", "created": 0, "owned_by": model["provider"]}
