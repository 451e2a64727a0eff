"""The models as triforce knows them: state, reason, fix, price; aliases and the default; fetching and removing one."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Response
from typing_extensions import TypedDict

from triforce_daemon.errors import InvalidRequest, TriforceError
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import ADMIN, OWNER, READ
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.model_refresh import ModelRefresh
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.model_why import ModelWhy
from triforce_daemon.services.reload import Reload
from triforce_daemon.wire.models import (
    AliasChange,
    DefaultModel,
    Model,
    ModelAlias,
    ModelAliasList,
    RefreshList,
    RefreshRequest,
    Removed,
    Why,
)

routes = Routes()

Registry = Annotated[ModelRegistry, Depends(Needs(ModelRegistry))]
Takes = Annotated[Reload, Depends(Needs(Reload))]


class ModelChoice(TypedDict):
    model: str


class ModelDetail(Model):
    schema: str


class AliasDetail(ModelAlias):
    schema: str


class AliasRemoved(TypedDict):
    schema: str
    name: str


@routes.get("/v1/registry/models", policy=READ)
async def list_models(registry: Registry, caller: Who, provider: str | None = None) -> Response:
    """Every model with its state; `provider` narrows."""
    # There may be thousands: FastAPI's own way would look at each value of them twice.
    return Response(orjson.dumps(await registry.models(provider, caller)), media_type="application/json")


@routes.get("/v1/registry/models/{name:path}", policy=READ)
async def show_model(name: str, registry: Registry, caller: Who) -> ModelDetail:
    """One model, by id, alias or bare name."""
    return ModelDetail(**await registry.get(name, caller), schema="triforce.models.show/1")


@routes.delete("/v1/registry/models/{name:path}", policy=OWNER, records=Change("models.remove", ("freed_bytes",)))
async def remove_model(name: str, registry: Registry) -> Removed:
    """Delete a model's file from a disk of the owner's."""
    return await registry.remove(name)


@routes.get("/v1/registry/why", policy=READ)
async def why(why: Annotated[ModelWhy, Depends(Needs(ModelWhy))], caller: Who, model: str = "") -> Why:
    """Who would answer for a name, or what stands in the way."""
    return await why.explain(model, caller)


@routes.post("/v1/registry/refresh", policy=ADMIN)
async def refresh(
    request: RefreshRequest, registry: Registry, refresher: Annotated[ModelRefresh, Depends(Needs(ModelRefresh))]
) -> RefreshList:
    """Ask providers for their models now, and say what came of it."""
    return await refresher.now([registry.provider(name).name for name in request.get("providers", [])])


@routes.get("/v1/registry/aliases", policy=READ)
async def list_aliases(registry: Registry) -> ModelAliasList:
    """The names that stand for several models."""
    return await registry.aliases()


@routes.put(
    "/v1/registry/aliases/{name:path}", policy=ADMIN, records=Change("aliases.set", ("models", "boundary", "order"))
)
async def set_alias(name: str, change: AliasChange, registry: Registry, reload: Takes) -> AliasDetail:
    """Make or change one; what is not named stays as it is."""
    alias = await registry.set_alias(name, change)
    await reload.written(f"aliases.{name}")
    return AliasDetail(**alias, schema="triforce.models.alias.set/1")


@routes.delete("/v1/registry/aliases/{name:path}", policy=ADMIN, records=Change("aliases.remove"))
async def remove_alias(name: str, registry: Registry, reload: Takes) -> AliasRemoved:
    """Forget one."""
    await registry.remove_alias(name)
    await reload.written(f"aliases.{name}")
    return AliasRemoved(schema="triforce.models.alias.remove/1", name=name)


@routes.get("/v1/registry/default", policy=READ)
async def show_default(registry: Registry) -> DefaultModel:
    return await registry.default()


@routes.put("/v1/registry/default", policy=ADMIN, records=Change("models.default", ("model",)))
async def set_default(choice: ModelChoice, registry: Registry, reload: Takes) -> DefaultModel:
    """Choose the model or alias behind `default`."""
    chosen = await registry.set_default(choice["model"])
    await reload.written("chat.default_model")
    return chosen


@routes.direct("POST", "/v1/registry/pull", policy=ADMIN)
async def pull(exchange: Exchange) -> None:
    """Fetch a model's file; the progress is an event stream that ends with `done` or `error`."""
    request = await exchange.json() if exchange.has_body else {}
    name = request.get("model", "")
    if not isinstance(name, str):
        raise InvalidRequest("`model` must be text.", "`triforce models list` shows the models there are.")
    registry = exchange.part(ModelRegistry)
    candidate = await registry.to_pull(name)
    with exchange.watched():
        async with exchange.events() as outbox:
            try:
                outbox.put(dict[str, Any](await registry.pull(candidate, outbox.put)))
            except TriforceError as error:
                outbox.put({"type": "error", "error": error.body(exchange.request_id)})
