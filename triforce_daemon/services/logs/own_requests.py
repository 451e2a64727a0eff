"""Whose a request was: as long as it is remembered by the book, and else by the audit."""

from collections.abc import Collection

from triforce_daemon.access.caller import Caller
from triforce_daemon.services.request_book import RequestBook
from triforce_daemon.stores.audit.names import Names
from triforce_daemon.stores.audit.rows import AuditStore


def sees_all(caller: Caller) -> bool:
    """Whether he may read what the daemon wrote of others: admins, and tokens that may call an admin's tools."""
    return caller.is_admin or caller.may("admin")


class OwnRequests:
    def __init__(self, book: RequestBook, store: AuditStore, names: Names) -> None:
        self._book = book
        self._store = store
        self._names = names

    async def among(self, caller: Caller, requests: Collection[str]) -> set[str]:
        """Those that the caller has sent. Their ids are the daemon's, so nobody can claim another one's.

        Raises StorageFailed.
        """
        known = {asked.request: asked.account for asked in self._book.newest()}
        own = {request for request in requests if known.get(request) == caller.account}
        unknown = set(requests) - known.keys()
        if unknown:
            people = await self._names.of_account(caller.account)
            own |= await self._store.asked_by(unknown, people)
        return own
