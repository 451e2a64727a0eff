"""The keys of providers, for the owner alone: kept, listed, tested, removed. No answer holds the value of one."""

from typing import Annotated

from fastapi import Depends
from pydantic import SecretStr
from typing_extensions import TypedDict

from triforce_daemon.routes.parts import Needs
from triforce_daemon.routes.policy import OWNER
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.key_tests import KeyTests
from triforce_daemon.services.keys import KeyDesk
from triforce_daemon.wire.keys import KeyKept, KeyList, KeyPlaces, KeyRemoved, KeyTestList, KeyTestRequest

routes = Routes()

Desk = Annotated[KeyDesk, Depends(Needs(KeyDesk))]
Tests = Annotated[KeyTests, Depends(Needs(KeyTests))]


class NewKey(TypedDict):
    """`wire.keys.NewKey`, as it is from the door on."""

    name: str
    secret: SecretStr


@routes.get("/v1/keys", policy=OWNER)
async def list_keys(desk: Desk) -> KeyList:
    """Every key by name and place, and how the vault is."""
    return await desk.all()


@routes.get("/v1/keys/where", policy=OWNER)
async def show_places(desk: Desk, provider: str | None = None) -> KeyPlaces:
    """Where the vault is and, of one provider, each source of keys."""
    return await desk.where(provider)


@routes.post("/v1/keys/test", policy=OWNER)
async def test_keys(request: KeyTestRequest, tests: Tests) -> KeyTestList:
    """Ask providers whether they take their keys."""
    return await tests.run(request.get("providers", []))


# A provider's name has no slash; whoever writes one is told so by the desk, with near names.
@routes.put("/v1/keys/{provider:path}", policy=OWNER, records=Change("keys.set", ("name", "store", "replaced")))
async def set_key(provider: str, new: NewKey, desk: Desk) -> KeyKept:
    """Keep a key in the vault; it holds at once."""
    return await desk.put(provider, new["name"], new["secret"].get_secret_value())


@routes.delete("/v1/keys/{provider:path}", policy=OWNER, records=Change("keys.remove", ("name",)))
async def remove_key(provider: str, desk: Desk, name: str | None = None) -> KeyRemoved:
    """Forget a key of the vault; without `name`, the provider's only one."""
    return await desk.remove(provider, name)
