"""The daemon's log, for admins."""

from typing import Annotated

from fastapi import Depends, Query

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import ADMIN
from triforce_daemon.routes.table import Routes
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.services.logs.reader import LogReader
from triforce_daemon.services.moments import moment_of
from triforce_daemon.wire.log_lines import Asked, Level, Wanted
from triforce_daemon.wire.logs import LogList

routes = Routes()


@routes.get("/v1/logs", policy=ADMIN)
async def list_log(
    reader: Annotated[LogReader, Depends(Needs(LogReader))],
    caller: Who,
    category: Asked | None = None,
    level: Level | None = None,
    since: str | None = None,
    query: str | None = None,
    request: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> LogList:
    """The log and the requests that came, the newest first; what stands in it as `query`, of a request by its id."""
    begin = rfc3339(moment_of(since)) if since is not None else None
    wanted = Wanted(level=level, since=begin, request=request, category=category, words=query)
    return await reader.page(caller, wanted, limit)
