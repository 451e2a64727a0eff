"""The log as resources: `triforce://logs/{category}` is its newest entries, a JSON object a line, the oldest first."""

from collections.abc import Callable, Sequence
from typing import get_args

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.mcp_server.shelf import Resource, Template
from triforce_daemon.services.logs.reader import LogReader
from triforce_daemon.wire.log_lines import Asked, Wanted

_PLACE = "triforce://logs/"
_KIND = "application/x-ndjson"
_CATEGORIES: tuple[Asked, ...] = get_args(Asked)
#: So many entries are read at once.
_ENTRIES = 100


class LogResources:
    _templates: Sequence[Template] = (
        Template(
            _PLACE + "{category}", "log", "The newest entries of the daemon's log, by what they are about.", _KIND
        ),
    )

    def __init__(self, reader: LogReader, may: Callable[[Caller], bool]) -> None:
        """`may`: whether somebody may read the log; who is no admin reads what is of his own requests."""
        self._reader = reader
        self._may = may

    def templates(self, caller: Caller) -> Sequence[Template]:
        return self._templates

    async def resources(self, caller: Caller) -> Sequence[Resource]:
        if not self._may(caller):
            return ()
        return [Resource(_PLACE + one, f"log: {one}", None, _KIND) for one in _CATEGORIES]

    async def read(self, caller: Caller, uri: str) -> str | None:
        category = uri.removeprefix(_PLACE)
        if not uri.startswith(_PLACE) or category not in _CATEGORIES or not self._may(caller):
            return None
        wanted = Wanted(level="info", category=category)
        found = await self._reader.find(caller, wanted, _ENTRIES)
        lines = [orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in reversed(found.entries)]
        return b"".join(lines).decode()

    async def completions(self, caller: Caller, template: str, argument: str, begun: str) -> Sequence[str]:
        if template != self._templates[0].uri or not self._may(caller):
            return ()
        return [one for one in _CATEGORIES if one.startswith(begun)]
