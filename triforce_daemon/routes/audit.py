"""The audit, for admins; and of each request its receipt, for whoever sent it."""

from typing import Annotated

from fastapi import Depends

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import ADMIN, READ
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.audit import Audit
from triforce_daemon.services.receipts import Receipts
from triforce_daemon.wire.audit import AuditCheck, AuditKind, AuditList, Receipt

routes = Routes()

Book = Annotated[Audit, Depends(Needs(Audit))]


@routes.get("/v1/audit", policy=ADMIN)
async def list_audit(
    book: Book,
    kind: AuditKind | None = None,
    caller: str | None = None,
    since: str | None = None,
    request: str | None = None,
    limit: int = 50,
) -> AuditList:
    """What was decided, the newest first; of a kind, of a caller, since a moment, of a request by how its id begins."""
    return await book.newest(kind, caller, since, request, limit)


@routes.get("/v1/audit/verify", policy=ADMIN)
async def verify_audit(book: Book) -> AuditCheck:
    """Whether anybody has changed, removed or added a row, and where first."""
    return await book.verify()


@routes.get("/v1/receipts/{request}", policy=READ)
async def show_receipt(
    request: str, receipts: Annotated[Receipts, Depends(Needs(Receipts))], caller: Who, verify: bool = False
) -> Receipt:
    """The audit record of one request, by its id or the beginning of it: who asks finds his own, admins find all."""
    return await receipts.show(caller, request, verify=verify)
