"""Backups, for admins."""

from typing import Annotated

from fastapi import Depends, Query

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import ADMIN
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.backups.backups import Backups
from triforce_daemon.wire.backups import BackupDetail, BackupList, NewBackup
from triforce_daemon.wire.jobs import JobDetail

routes = Routes()

Desk = Annotated[Backups, Depends(Needs(Backups))]


@routes.get("/v1/backups", policy=ADMIN)
async def list_backups(backups: Desk, limit: Annotated[int, Query(ge=1, le=1_000)] = 20) -> BackupList:
    """The newest first, each read and compared with what was written."""
    return await backups.all(limit)


@routes.get("/v1/backups/{backup}", policy=ADMIN)
async def verify_backup(backup: str, backups: Desk) -> BackupDetail:
    """One of them, read and compared with what was written."""
    return await backups.verify(backup)


@routes.post("/v1/backups", policy=ADMIN, records=Change("backup.begin", ("id",)))
async def create_backup(new: NewBackup, backups: Desk, caller: Who) -> JobDetail:
    """Begin one; the job says how far it is, and where the file is when it is done."""
    return await backups.create(caller, new.get("kinds"))
