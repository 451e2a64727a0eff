"""Who has an account here, and how he shows that he is who he says."""

from dataclasses import dataclass

from triforce_daemon.access.credentials import Credentials
from triforce_daemon.access.elsewhere import Elsewhere
from triforce_daemon.access.logins import Logins
from triforce_daemon.access.password_check import PasswordCheck
from triforce_daemon.access.passwords import Passwords
from triforce_daemon.access.presence import Presence
from triforce_daemon.access.signing import Signer
from triforce_daemon.access.throttle import Throttle
from triforce_daemon.access.tiers import Tiers
from triforce_daemon.access.tokens import Tokens
from triforce_daemon.access.users import Users
from triforce_daemon.assemble.audit import Auditing
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.signing import agreed_key
from triforce_daemon.services.accounts import Accounts
from triforce_daemon.services.audit import Audit
from triforce_daemon.services.invitations import Invitations
from triforce_daemon.services.memory_transfer import MemoryTransfer
from triforce_daemon.services.personal_data import PersonalData
from triforce_daemon.services.receipts import Receipts
from triforce_daemon.services.tokens import TokenDesk
from triforce_daemon.services.tool_log import ToolLog
from triforce_daemon.services.users import UserDesk
from triforce_daemon.stores.invitations import InvitationStore
from triforce_daemon.stores.logins import LoginStore
from triforce_daemon.stores.tokens import TokenStore
from triforce_daemon.stores.users import UserStore


@dataclass(frozen=True, slots=True)
class People:
    tiers: Tiers
    users: Users
    presence: Presence
    tokens: Tokens
    logins: Logins
    credentials: Credentials
    token_desk: TokenDesk
    desk: UserDesk
    accounts: Accounts
    invitations: Invitations
    data: PersonalData
    audit: Audit
    receipts: Receipts

    @property
    def parts(self) -> tuple[object, ...]:
        """What the routes need of it."""
        return (
            self.users,
            *(self.tiers, self.presence, self.tokens, self.token_desk, self.desk, self.accounts, self.invitations),
            *(self.data, self.audit, self.receipts, ToolLog(self.audit)),
        )


async def people(ground: Ground, audited: Auditing) -> People:
    """Accounts, tokens and log-ins are loaded; when each token was last used begins to be written down."""
    clock, settings, database = ground.clock, ground.settings.users, ground.database
    shared = database.fleet is not None
    tiers, presence, passwords, throttle = Tiers(ground.settings.tiers), Presence(), Passwords(), Throttle()
    users = Users(UserStore(database), tiers, shared=shared)
    trail, (audit, receipts) = audited.trail, audited.book(ground, users)
    tokens = Tokens(TokenStore(database), users, clock)
    ground.tasks.start(tokens.keep_last_used(), "token use")
    signer = Signer(await agreed_key(ground))
    logins = Logins(
        *(LoginStore(database), users, signer, presence, trail, clock),
        access_minutes=settings.access_minutes,
        login_days=settings.login_days,
        shared=shared,
    )
    elsewhere = _elsewhere(ground, users, tokens, logins, presence)
    for book in (users, tokens, logins):
        await book.load()
    check = PasswordCheck(users, passwords, throttle, trail, clock)
    token_desk = TokenDesk(tokens, users, presence, clock)
    desk = UserDesk(users, passwords, logins, tokens, presence, clock)
    invitations = Invitations(InvitationStore(database), clock)
    return People(
        tiers=tiers,
        users=users,
        presence=presence,
        tokens=tokens,
        logins=logins,
        credentials=Credentials(tokens, users, logins, check, elsewhere, guests=settings.guests),
        token_desk=token_desk,
        desk=desk,
        accounts=Accounts(desk, logins, check, invitations, throttle, trail, settings, clock),
        invitations=invitations,
        audit=audit,
        receipts=receipts,
        data=PersonalData(database, desk, token_desk, tokens, presence, trail, audit, MemoryTransfer(database, clock)),
    )


def _elsewhere(ground: Ground, users: Users, tokens: Tokens, logins: Logins, presence: Presence) -> Elsewhere | None:
    """What follows the other daemons, from before anything is read; None where there can be none."""
    fleet = ground.database.fleet
    if fleet is None:
        return None
    elsewhere = Elsewhere(users, tokens, logins, presence, ground.clock)
    elsewhere.follow(fleet)
    return elsewhere
