"""API tokens, for the owner: those that are his own, and a look at those of accounts."""

from typing import Annotated

from fastapi import Depends

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import OWNER
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.tokens import TokenDesk
from triforce_daemon.wire.tokens import NewToken, TokenDetail, TokenList, TokenRequest

routes = Routes()

Desk = Annotated[TokenDesk, Depends(Needs(TokenDesk))]


@routes.get("/v1/tokens", policy=OWNER)
async def list_tokens(desk: Desk, revoked: bool = False) -> TokenList:
    """The tokens, without their secrets; with `revoked` also those."""
    return desk.all(revoked)


@routes.post(
    "/v1/tokens", policy=OWNER, records=Change("tokens.create", ("id", "scopes", "models", "boundary", "expires"))
)
async def create_token(request: TokenRequest, desk: Desk, caller: Who) -> NewToken:
    """Make a token; the answer is the only place where it ever stands."""
    return await desk.create(request, caller)


@routes.delete("/v1/tokens/{token}", policy=OWNER, records=Change("tokens.revoke", ("id",)))
async def revoke_token(token: str, desk: Desk) -> TokenDetail:
    """Refuse a token, by id or name, from now on."""
    return await desk.revoke(token)
