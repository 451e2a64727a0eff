"""The lists of models that each API has: those that can be asked by the caller at this time, and nothing else."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Query, Response
from typing_extensions import TypedDict

from triforce_daemon.access.admission import may_name
from triforce_daemon.access.boundary import within
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.providers.condition import CALLABLE
from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import INFERENCE
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.prices import costs_nothing
from triforce_daemon.wire.models import Model

routes = Routes()

Registry = Annotated[ModelRegistry, Depends(Needs(ModelRegistry))]

PageSize = Annotated[int, Query(alias="pageSize", ge=1, le=1_000)]
PageToken = Annotated[str, Query(alias="pageToken")]

#: When a model was made is not known; clients want a moment.
_SOME_TIME = "1970-01-01T00:00:00Z"


class Named(TypedDict):
    model: str


@routes.get("/v1/models", policy=INFERENCE)
async def list_models(
    registry: Registry,
    caller: Who,
    anthropic_version: Annotated[str | None, Header()] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 20,
    after_id: str | None = None,
    before_id: str | None = None,
    x_goog_api_key: Annotated[str | None, Header()] = None,
    page_size: PageSize = 50,
    page_token: PageToken = "",
    client_version: str | None = None,
) -> Response:
    """The models and aliases in OpenAI's shape; for clients that say to be Anthropic's or Google's in theirs, paged."""
    if x_goog_api_key is not None:
        return await list_gemini_models(registry, caller, page_size, page_token)
    models = await callable_models(registry, caller)
    if anthropic_version is None:
        named = [*await _aliases(registry, caller), *((model["id"], model["provider"]) for model in models)]
        reply: dict[str, Any] = {"object": "list", "data": [_openai_model(id, owner) for id, owner in named]}
        # With its version asks Codex, for its maker's models and what they can; without the field it complains.
        return _json(reply if client_version is None else {**reply, "models": []})
    ids = [model["id"] for model in models]
    first = _place(ids, after_id) + 1 if after_id else 0
    last = _place(ids, before_id) if before_id else len(ids)
    if before_id:
        first = max(first, last - limit)
    page = models[first : min(last, first + limit)]
    more = first > 0 if before_id else first + limit < last
    return _json(
        {
            "data": [_anthropic_model(model) for model in page],
            "has_more": more,
            "first_id": page[0]["id"] if page else None,
            "last_id": page[-1]["id"] if page else None,
        }
    )


@routes.get("/v1/models/{name:path}", policy=INFERENCE)
async def get_model(
    name: str,
    registry: Registry,
    caller: Who,
    anthropic_version: Annotated[str | None, Header()] = None,
    x_goog_api_key: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """One of them, by id, alias or bare name."""
    model = await registry.get(name, caller)
    if x_goog_api_key is not None:
        return _gemini_model(model)
    return _openai_model(model["id"], model["provider"]) if anthropic_version is None else _anthropic_model(model)


@routes.get("/v1beta/models", policy=INFERENCE)
async def list_gemini_models(
    registry: Registry,
    caller: Who,
    page_size: PageSize = 50,
    page_token: PageToken = "",
) -> Response:
    """The models in Gemini's shape, a page at a time."""
    models = await callable_models(registry, caller)
    first = _place([model["id"] for model in models], page_token) + 1 if page_token else 0
    page = models[first : first + page_size]
    body: dict[str, Any] = {"models": [_gemini_model(model) for model in page]}
    if page and first + page_size < len(models):
        body["nextPageToken"] = page[-1]["id"]
    return _json(body)


@routes.get("/v1beta/models/{name:path}", policy=INFERENCE)
async def get_gemini_model(name: str, registry: Registry, caller: Who) -> dict[str, Any]:
    """One of them."""
    return _gemini_model(await registry.get(name, caller))


@routes.get("/api/tags", policy=INFERENCE)
async def tags(registry: Registry, caller: Who) -> Response:
    """The models in Ollama's shape."""
    return _json({"models": [_tag(model) for model in await callable_models(registry, caller)]})


@routes.get("/api/ps", policy=INFERENCE)
async def running(registry: Registry, caller: Who) -> dict[str, Any]:
    """The models that are in memory."""
    models = {model["id"]: model for model in await callable_models(registry, caller)}
    return {"models": [_tag(models[engine["model"]]) for engine in registry.engines() if engine["model"] in models]}


@routes.post("/api/show", policy=INFERENCE)
async def show(named: Named, registry: Registry, caller: Who) -> dict[str, Any]:
    """One model."""
    model = await registry.get(named["model"], caller)
    words = {"chat": "completion"}
    return {
        "license": "",
        "modelfile": "",
        "parameters": "",
        "template": "",
        "details": _details(model),
        "model_info": {
            "general.architecture": model["provider"],
            f"{model['provider']}.context_length": model["context"],
        },
        "capabilities": [words.get(ability, ability) for ability in model["abilities"]],
    }


async def callable_models(registry: ModelRegistry, caller: Caller) -> list[Model]:
    """What this caller can ask now: a list without states must not hold what would only be refused."""
    return [
        model
        for model in (await registry.models())["items"]
        if model["state"] in CALLABLE
        and model["abilities"]
        and within(model["boundary"], caller.boundary)
        and may_name(caller, model["id"])
        and _held(caller, model)
    ]


def _held(caller: Caller, model: Model) -> bool:
    """Whether the caller's tier has it."""
    price = model["price"]
    free = price is not None and costs_nothing(price)
    return caller.tier is None or caller.tier.admits(local=model["boundary"] == "machine", free=free)


async def _aliases(registry: ModelRegistry, caller: Caller) -> list[tuple[str, str]]:
    return [
        (alias["name"], "triforce")
        for alias in (await registry.aliases())["items"]
        if alias["first"] is not None and may_name(caller, alias["name"])
    ]


def _place(ids: list[str], id: str) -> int:
    if id not in ids:
        raise InvalidRequest(f"The list has no `{id}` to go on from.", "Begin again without it.")
    return ids.index(id)


def _json(body: dict[str, Any]) -> Response:
    """Hundreds of models at once: FastAPI's own way would look at each value of them twice."""
    return Response(orjson.dumps(body), media_type="application/json")


def _openai_model(id: str, owner: str) -> dict[str, Any]:
    return {"id": id, "object": "model", "created": 0, "owned_by": owner}


def _anthropic_model(model: Model) -> dict[str, Any]:
    title = model["title"] or model["id"]
    return {"type": "model", "id": model["id"], "display_name": title, "created_at": _SOME_TIME}


def _gemini_model(model: Model) -> dict[str, Any]:
    methods = {"chat": ["generateContent", "countTokens"], "embeddings": ["embedContent"]}
    return {
        "name": f"models/{model['id']}",
        "displayName": model["title"] or model["id"],
        "inputTokenLimit": model["context"],
        "outputTokenLimit": model["max_output"],
        "supportedGenerationMethods": [method for ability in model["abilities"] for method in methods.get(ability, [])],
    }


def _tag(model: Model) -> dict[str, Any]:
    return {
        "name": model["id"],
        "model": model["id"],
        "modified_at": _SOME_TIME,
        "size": model["size_bytes"] or 0,
        "digest": "",
        "details": _details(model),
    }


def _details(model: Model) -> dict[str, Any]:
    return {
        "parent_model": "",
        "format": "gguf" if model["path"] else "",
        "family": model["provider"],
        "families": [model["provider"]],
        "parameter_size": "",
        "quantization_level": "",
    }
