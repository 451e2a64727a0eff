"""People: their accounts, log-ins and invitations, and what is handed out and forgotten of them."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from triforce_daemon.wire.audit import AuditItem
from triforce_daemon.wire.chains import Chain
from triforce_daemon.wire.jobs import JobDetail
from triforce_daemon.wire.limits import Limit
from triforce_daemon.wire.memory import MemoryDocument
from triforce_daemon.wire.prompts import Prompt
from triforce_daemon.wire.sessions import SessionDetail
from triforce_daemon.wire.tiers import TierLimits, TierName
from triforce_daemon.wire.tokens import Grant, Token
from triforce_daemon.wire.usage import UsageItem

Role = Literal["user", "admin"]
"""What somebody may do; how much he may use is his tier's matter. An admin has no limits."""


class OwnLimits(TypedDict):
    """What was set for one account alone; null: as its tier has it, 0: no limit."""

    requests_per_minute: int | None
    parallel: int | None
    tokens_per_day: int | None
    """In a day of UTC."""
    spend: str | None
    """A cap in dollars, in all or in a time: `5`, `2.50/day`, `100/month`; null: none."""
    models: list[str]
    """Patterns of the models that it may ask, like `groq/*`; none: all that its tier holds."""


class OwnLimitsPatch(TypedDict, total=False):
    requests_per_minute: int | None
    parallel: int | None
    tokens_per_day: int | None
    spend: str | None
    models: list[str]


class User(TypedDict):
    id: str
    name: str
    tier: TierName
    """The one that counts now: `free` where the one that was given has ended."""
    tier_expires: str | None
    """null: it does not end."""
    role: Role
    grants: list[Grant]
    disabled: str | None
    """Since when."""
    created: str
    password: bool
    """Whether there is one; without, nobody can log in."""
    limits: OwnLimits


class UserDetail(User):
    schema: str
    logins: int
    """Programs that are logged in."""
    tokens: int


class UserList(TypedDict):
    schema: str
    items: list[User]
    next: str | None


class NewUser(TypedDict):
    name: str
    password: NotRequired[str]
    tier: NotRequired[TierName]
    tier_expires: NotRequired[str | None]
    role: NotRequired[Role]
    grants: NotRequired[list[Grant]]
    limits: NotRequired[OwnLimitsPatch]


class UserPatch(TypedDict, total=False):
    """What an admin may change of an account."""

    tier: TierName
    tier_expires: str | None
    role: Role
    grants: list[Grant]
    disabled: bool
    password: str
    limits: OwnLimitsPatch
    """Those that are named change; the others stay."""


class UserRevoked(TypedDict):
    schema: str
    user: str
    logins: int
    tokens: int


class UserRemoved(TypedDict):
    schema: str
    user: str
    sessions: int
    responses: int
    memories: int
    jobs: int
    prompts: int
    tokens: int
    usage_rows: int
    """Of erasing: as many rows name nobody any more. Else they are kept as they are."""


class ExportedPrompt(Prompt):
    """One version of a prompt."""

    content: str


class ExportedFileChange(TypedDict):
    """What a tool has changed for him in a workspace; the contents, by their SHA-256, are not part of it."""

    path: str
    before: str | None
    after: str | None
    at: str


class UserExport(TypedDict):
    """All that is kept of a person."""

    schema: str
    user: User
    sessions: list[SessionDetail]
    responses: list[dict[str, object]]
    memory: list[MemoryDocument]
    """Also what was forgotten, as long as it can be brought back."""
    jobs: list[JobDetail]
    prompts: list[ExportedPrompt]
    file_changes: list[ExportedFileChange]
    chains: list[Chain]
    tokens: list[Token]
    usage: list[UsageItem]
    """By day."""
    audit: list[AuditItem]
    """What he did, and what was done to him."""


class RegisterRequest(TypedDict):
    name: str
    password: str
    invitation: NotRequired[str]


class LoginRequest(TypedDict):
    name: str
    password: str


class RefreshRequest(TypedDict):
    refresh_token: str


class LogoutRequest(TypedDict):
    everywhere: NotRequired[bool]
    """Also the account's other log-ins."""


class LoggedOut(TypedDict):
    schema: str
    ended: int


class LoggedIn(TypedDict):
    """An access token, which is sent with each request, and the refresh token for the next one, which is good once."""

    schema: str
    access_token: str
    token_type: Literal["Bearer"]
    expires: str
    refresh_token: str
    refresh_expires: str
    user: User


class Profile(TypedDict):
    """Who is asking, as the daemon sees him."""

    schema: str
    kind: Literal["owner", "user", "token", "guest"]
    name: str
    scopes: list[str]
    admin: bool
    user: User | None
    """His account; null for the owner, for tokens that are the owner's, and for guests."""


class ProfilePatch(TypedDict):
    password: str
    current_password: str


class TierPage(TypedDict):
    schema: str
    tier: TierName | None
    """null: nothing limits him."""
    limits: TierLimits | None
    expires: str | None
    left: list[Limit]
    """What is left of his limits, with those that were set for him alone."""


class Invitation(TypedDict):
    id: str
    tier: TierName
    created: str
    expires: str
    used: str | None


class NewInvitation(TypedDict):
    tier: NotRequired[TierName]
    expires: NotRequired[str]
    """Default: in seven days."""


class InvitationMade(Invitation):
    schema: str
    code: str
    """It is good once; only its SHA-256 is kept."""


class InvitationList(TypedDict):
    schema: str
    items: list[Invitation]
    next: str | None
