"""All that is kept of one person: handed out, and forgotten."""

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.presence import Presence
from triforce_daemon.access.tokens import Tokens
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.services.audit import Audit
from triforce_daemon.services.chains.records import chain_of
from triforce_daemon.services.jobs import detail_of
from triforce_daemon.services.memory_transfer import MemoryTransfer
from triforce_daemon.services.prompts import prompt_of
from triforce_daemon.services.tokens import TokenDesk
from triforce_daemon.services.users import UserDesk
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.stores.chains import ChainStore
from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.file_changes import FileChangeRow, FileChangeStore
from triforce_daemon.stores.jobs import JobStore
from triforce_daemon.stores.ledger import LedgerStore
from triforce_daemon.stores.logins import LoginStore
from triforce_daemon.stores.memory_writes import MemoryWrites
from triforce_daemon.stores.prompts import PromptStore
from triforce_daemon.stores.responses import ResponseStore
from triforce_daemon.stores.sessions import SessionStore
from triforce_daemon.stores.tokens import TokenStore
from triforce_daemon.stores.users import UserRow, UserStore
from triforce_daemon.wire.sessions import Session, SessionDetail
from triforce_daemon.wire.users import ExportedFileChange, ExportedPrompt, UserExport, UserRemoved

_PAGE = 1_000


class PersonalData:
    def __init__(
        self,
        database: Database,
        desk: UserDesk,
        token_desk: TokenDesk,
        tokens: Tokens,
        presence: Presence,
        trail: Trail,
        audit: Audit,
        transfer: MemoryTransfer,
    ) -> None:
        self._database = database
        self._desk = desk
        self._token_desk = token_desk
        self._tokens = tokens
        self._presence = presence
        self._trail = trail
        self._audit = audit
        self._sessions = SessionStore(database)
        self._responses = ResponseStore(database)
        self._memory = MemoryWrites(database)
        self._transfer = transfer
        self._jobs = JobStore(database)
        self._prompts = PromptStore(database)
        self._file_changes = FileChangeStore(database)
        self._chains = ChainStore(database)
        self._ledger = LedgerStore(database)

    async def export(self, name: str) -> UserExport:
        """Raises NotFound, StorageFailed."""
        row = self._desk.find(name)
        account = _account(row)
        responses = [orjson.loads(one["body"]) for one in await self._responses.all(account)]
        return UserExport(
            schema="triforce.users.export/1",
            user=self._desk.user(row),
            sessions=[await self._with_history(session) for session in await self._all_sessions(account)],
            responses=responses,
            memory=await self._transfer.all(account),
            jobs=[detail_of(one) for one in await self._jobs.all(account)],
            prompts=[
                ExportedPrompt(**prompt_of(one), content=one["content"]) for one in await self._prompts.all(account)
            ],
            file_changes=[_file_change(one) for one in await self._file_changes.all(account)],
            chains=[
                chain_of(one, await self._chains.cycles(one["id"]), cycles=True)
                for one in await self._chains.page(account, None, None)
            ],
            tokens=self._token_desk.all(revoked=True, user=row["id"])["items"],
            usage=await self._ledger.summary("day", 0, account),
            audit=await self._audit.of_person(account),
        )

    async def remove(self, caller: Caller, name: str, *, erase: bool) -> UserRemoved:
        """End an account and delete what it kept; with `erase` neither its usage nor the audit names it any more.

        All of it or nothing. Raises NotFound, StorageFailed.
        """
        row = self._desk.find(name)
        user, account = row["id"], _account(row)
        # First nobody comes in any more: what is written while this runs would stay.
        await self._desk.revoke(user)
        kept = (
            self._sessions,
            self._responses,
            self._memory,
            self._jobs,
            self._prompts,
            self._file_changes,
            self._chains,
        )
        writes = [*(store.delete_of(account) for store in kept), *self._credentials(user)]
        writes += await self._forgotten(caller, account) if erase else [await self._deleted(caller, account)]
        tokens = len(self._token_desk.all(revoked=True, user=user)["items"])
        sessions, responses, memories, jobs, prompts, *_, last = await self._database.write(*writes)
        self._tokens.forget(user)
        self._desk.users.forget(user)
        self._presence.end(lambda caller: caller.user == user)
        return UserRemoved(
            schema=f"triforce.users.{'erase' if erase else 'delete'}/1",
            user=row["name"],
            sessions=len(sessions),
            responses=len(responses),
            memories=len({entry for (entry,) in memories}),
            jobs=len(jobs),
            prompts=len({name for (name,) in prompts}),
            tokens=tokens,
            usage_rows=len(last) if erase else 0,
        )

    async def _deleted(self, caller: Caller, account: str) -> Write:
        told = {"what": "users.delete", "token": caller.token, "login": caller.login}
        return await self._trail.row("change", told, caller=caller.account, subject=account)

    async def _forgotten(self, caller: Caller, account: str) -> list[Write]:
        """The audit's rows stay as they are, and from now on nobody can tell whom they speak of."""
        digests = sorted(await self._trail.names.of_account(account))
        row = await self._trail.row("audit", {"what": "erased", "erased": digests}, caller=caller.account)
        pseudonym = f"erased/{session_id()}"
        return [row, *self._trail.names.erase(account, digests), self._ledger.without_name(account, pseudonym)]

    def _credentials(self, user: str) -> list[Write]:
        stores = (TokenStore(self._database), LoginStore(self._database))
        return [*(store.delete_of(user) for store in stores), UserStore(self._database).delete(user)]

    async def _all_sessions(self, account: str) -> list[Session]:
        found: list[Session] = []
        while page := await self._sessions.page(account, limit=_PAGE, after=found[-1] if found else None):
            found += page
        return found

    async def _with_history(self, session: Session) -> SessionDetail:
        history = await self._sessions.turns(session["id"])
        return SessionDetail(**session, schema="triforce.sessions.show/1", history=history)


def _file_change(row: FileChangeRow) -> ExportedFileChange:
    return ExportedFileChange(
        path=f"{row['folder']}/{row['path']}", before=row["before"], after=row["after"], at=rfc3339(row["created"])
    )


def _account(row: UserRow) -> str:
    """Under which name what he keeps is kept; see `Caller.account`."""
    return f"user/{row['id']}"
