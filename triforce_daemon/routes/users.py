"""Accounts, for the owner and for admins."""

from typing import Annotated

from fastapi import Depends

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import ADMIN
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.invitations import Invitations
from triforce_daemon.services.personal_data import PersonalData
from triforce_daemon.services.tokens import TokenDesk
from triforce_daemon.services.users import UserDesk
from triforce_daemon.wire.tokens import NewToken, TokenRequest
from triforce_daemon.wire.users import (
    InvitationList,
    InvitationMade,
    NewInvitation,
    NewUser,
    UserDetail,
    UserExport,
    UserList,
    UserPatch,
    UserRemoved,
    UserRevoked,
)

routes = Routes()

Desk = Annotated[UserDesk, Depends(Needs(UserDesk))]
Data = Annotated[PersonalData, Depends(Needs(PersonalData))]
Invites = Annotated[Invitations, Depends(Needs(Invitations))]


@routes.get("/v1/users", policy=ADMIN)
async def list_users(desk: Desk) -> UserList:
    """Everybody who has an account, the oldest first."""
    return desk.all()


@routes.post("/v1/users", policy=ADMIN, records=Change("users.create", ("tier", "role", "grants"), makes="id"))
async def create_user(request: NewUser, desk: Desk) -> UserDetail:
    """Make an account."""
    return await desk.create(request)


@routes.get("/v1/users/{user}", policy=ADMIN)
async def show_user(user: str, desk: Desk) -> UserDetail:
    """One of them, by name or id."""
    return desk.show(user)


@routes.patch(
    "/v1/users/{user}",
    policy=ADMIN,
    records=Change("users.change", ("tier", "tier_expires", "role", "grants", "limits", "disabled")),
)
async def change_user(user: str, patch: UserPatch, desk: Desk) -> UserDetail:
    """Set tier, role or password, disable or enable; what it takes away is gone at once."""
    return await desk.change(user, patch)


@routes.delete("/v1/users/{user}", policy=ADMIN)
async def delete_user(user: str, data: Data, caller: Who, erase: bool = False) -> UserRemoved:
    """Delete an account and what it kept; with `erase` its usage names nobody any more either."""
    return await data.remove(caller, user, erase=erase)


@routes.get("/v1/users/{user}/export", policy=ADMIN, records=Change("users.export"))
async def export_user(user: str, data: Data) -> UserExport:
    """All that is kept of somebody."""
    return await data.export(user)


@routes.post("/v1/users/{user}/revoke", policy=ADMIN, records=Change("users.revoke", ("logins", "tokens")))
async def revoke_user(user: str, desk: Desk) -> UserRevoked:
    """End every log-in and every token of an account."""
    return await desk.revoke(user)


@routes.post(
    "/v1/users/{user}/tokens",
    policy=ADMIN,
    records=Change("tokens.create", ("id", "scopes", "models", "boundary", "expires")),
)
async def create_token(
    user: str, request: TokenRequest, desk: Desk, tokens: Annotated[TokenDesk, Depends(Needs(TokenDesk))], caller: Who
) -> NewToken:
    """Make a token of an account."""
    return await tokens.create(request, caller, user=desk.find(user)["id"])


@routes.get("/v1/invitations", policy=ADMIN)
async def list_invitations(invitations: Invites) -> InvitationList:
    """The invitations, without their codes."""
    return await invitations.all()


@routes.post("/v1/invitations", policy=ADMIN, records=Change("invitations.create", ("id", "tier", "expires")))
async def create_invitation(request: NewInvitation, invitations: Invites) -> InvitationMade:
    """Make one; the answer is the only place where its code ever stands."""
    return await invitations.create(request)


@routes.delete("/v1/invitations/{invitation}", policy=ADMIN, records=Change("invitations.withdraw"))
async def withdraw_invitation(invitation: str, invitations: Invites) -> dict[str, str]:
    """Make one good for nothing."""
    await invitations.withdraw(invitation)
    return {"schema": "triforce.users.withdraw/1", "id": invitation}
