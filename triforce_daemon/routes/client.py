"""What somebody does with his own account: he registers, logs in, looks at himself, makes tokens, leaves."""

from typing import Annotated

from fastapi import Depends

from triforce_daemon.routes.model_listings import callable_models
from triforce_daemon.routes.parts import Address, Needs, Who
from triforce_daemon.routes.policy import ACCOUNT, CALLER, INFERENCE, PUBLIC
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.accounts import Accounts
from triforce_daemon.services.limits import LimitDesk
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.tokens import TokenDesk
from triforce_daemon.wire.models import ModelList
from triforce_daemon.wire.tokens import NewToken, TokenDetail, TokenList, TokenRequest
from triforce_daemon.wire.users import (
    LoggedIn,
    LoggedOut,
    LoginRequest,
    LogoutRequest,
    Profile,
    ProfilePatch,
    RefreshRequest,
    RegisterRequest,
    TierPage,
)

routes = Routes()

Own = Annotated[Accounts, Depends(Needs(Accounts))]
Desk = Annotated[TokenDesk, Depends(Needs(TokenDesk))]


@routes.post("/v1/client/register", policy=PUBLIC)
async def register(request: RegisterRequest, accounts: Own, address: Address) -> LoggedIn:
    """Make oneself an account, where the settings let one, and be logged in."""
    return await accounts.register(request, address)


@routes.post("/v1/client/login", policy=PUBLIC)
async def log_in(request: LoginRequest, accounts: Own, address: Address) -> LoggedIn:
    """An access token and a refresh token for a name and a password."""
    return await accounts.log_in(request["name"], request["password"], address)


@routes.post("/v1/client/refresh", policy=PUBLIC)
async def refresh(request: RefreshRequest, accounts: Own) -> LoggedIn:
    """New tokens for a refresh token, which is good once."""
    return await accounts.refresh(request["refresh_token"])


@routes.post("/v1/client/logout", policy=CALLER)
async def log_out(request: LogoutRequest, accounts: Own, caller: Who) -> LoggedOut:
    """End this log-in, or with `everywhere` all of the account."""
    return await accounts.log_out(caller, request.get("everywhere", False))


@routes.get("/v1/client/profile", policy=CALLER)
async def profile(accounts: Own, caller: Who) -> Profile:
    """Who is asking."""
    return accounts.profile(caller)


@routes.patch("/v1/client/profile", policy=ACCOUNT, records=Change("users.password"))
async def change_profile(patch: ProfilePatch, accounts: Own, caller: Who, address: Address) -> Profile:
    """Set another password; all other log-ins end."""
    return await accounts.change_password(caller, patch, address)


@routes.get("/v1/client/tier", policy=CALLER)
async def tier(desk: Annotated[LimitDesk, Depends(Needs(LimitDesk))], caller: Who) -> TierPage:
    """What the caller may use, until when, and what is left of it."""
    return await desk.tier(caller)


@routes.get("/v1/client/models", policy=INFERENCE)
async def models(registry: Annotated[ModelRegistry, Depends(Needs(ModelRegistry))], caller: Who) -> ModelList:
    """The models that the caller may ask now."""
    items = await callable_models(registry, caller)
    return ModelList(schema="triforce.models.list/1", items=items, next=None)


@routes.get("/v1/client/tokens", policy=ACCOUNT)
async def list_tokens(desk: Desk, caller: Who, revoked: bool = False) -> TokenList:
    """The account's tokens, without their secrets."""
    return desk.all(revoked, user=caller.user)


@routes.post(
    "/v1/client/tokens",
    policy=ACCOUNT,
    records=Change("tokens.create", ("id", "scopes", "models", "boundary", "expires")),
)
async def create_token(request: TokenRequest, desk: Desk, caller: Who) -> NewToken:
    """Make a token, no wider than what asks for it."""
    return await desk.create(request, caller, user=caller.user)


@routes.delete("/v1/client/tokens/{token}", policy=ACCOUNT, records=Change("tokens.revoke", ("id",)))
async def revoke_token(token: str, desk: Desk, caller: Who) -> TokenDetail:
    """Refuse a token of the account, by id or name, from now on."""
    return await desk.revoke(token, user=caller.user)
