"""The models as triforce knows them: state, reason, fix; the default; and fetching one."""

from typing import Annotated, Any

from fastapi import Depends
from typing_extensions import TypedDict

from triforce_daemon.errors import InvalidRequest, TriforceError
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.parts import Needs
from triforce_daemon.routes.policy import OWNER, READ
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.model_refresh import ModelRefresh
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.wire.models import DefaultModel, Model, ModelList, RefreshList, RefreshRequest

routes = Routes()

Registry = Annotated[ModelRegistry, Depends(Needs(ModelRegistry))]


class ModelChoice(TypedDict):
    model: str


class ModelDetail(Model):
    schema: str


@routes.get("/v1/registry/models", policy=READ)
async def list_models(registry: Registry, provider: str | None = None) -> ModelList:
    """Every model with its state; `provider` narrows."""
    return await registry.models(provider)


@routes.get("/v1/registry/models/{name:path}", policy=READ)
async def show_model(name: str, registry: Registry) -> ModelDetail:
    """One model, by id, alias or bare name."""
    return ModelDetail(**await registry.get(name), schema="triforce.models.show/1")


@routes.post("/v1/registry/refresh", policy=OWNER)
async def refresh(
    request: RefreshRequest, registry: Registry, refresher: Annotated[ModelRefresh, Depends(Needs(ModelRefresh))]
) -> RefreshList:
    """Ask providers for their models now, and say what came of it."""
    return await refresher.now([registry.provider(name).name for name in request.get("providers", [])])


@routes.get("/v1/registry/default", policy=READ)
async def show_default(registry: Registry) -> DefaultModel:
    return await registry.default()


@routes.put("/v1/registry/default", policy=OWNER)
async def set_default(choice: ModelChoice, registry: Registry) -> DefaultModel:
    """Choose the model behind the alias `default`."""
    return await registry.set_default(choice["model"])


@routes.direct("POST", "/v1/registry/pull", policy=OWNER)
async def pull(exchange: Exchange) -> None:
    """Fetch a model's file; the progress is an event stream that ends with `done` or `error`."""
    request = await exchange.json() if exchange.has_body else {}
    name = request.get("model", "")
    if not isinstance(name, str):
        raise InvalidRequest("`model` must be text.", "`triforce models list` shows the models there are.")
    registry = exchange.part(ModelRegistry)
    candidate = (await registry.resolve(name)).candidates[0]
    async with exchange.watched(), exchange.events() as outbox:
        try:
            outbox.put(dict[str, Any](await candidate.provider.pull(candidate.name, outbox.put)))
        except TriforceError as error:
            outbox.put({"type": "error", "error": error.body(exchange.request_id)})
