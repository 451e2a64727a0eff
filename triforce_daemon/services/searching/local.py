"""What the caller has said before and has had remembered: searched here, and only as far as he may read it."""

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden
from triforce_daemon.services.memory_search import MemorySearch
from triforce_daemon.services.rankings import mixed
from triforce_daemon.services.searching.source import Found, Query, Result, SourceName, result
from triforce_daemon.services.sessions import Sessions
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.wire.memory import MemoryQuery


class Local:
    name: SourceName = "local"
    outside = False

    def __init__(self, sessions: Sessions, memory: MemorySearch) -> None:
        self._sessions = sessions
        self._memory = memory

    def missing(self) -> Missing | None:
        return None

    async def find(self, query: Query) -> Found:
        """Conversations for who has the scope sessions, memory for who has that of memory."""
        caller, limit = query.caller, query.limit
        if not readable(caller):
            raise Forbidden(
                "You may read neither conversations nor memory here.", "A token has the scope sessions, or memory."
            )
        rankings: list[list[Result]] = []
        if caller.may("sessions"):
            hits = (await self._sessions.search(caller, query.text, limit))["items"]
            rankings.append(
                [
                    result(hit["title"], f"triforce://sessions/{hit['session']}", hit["snippet"], "local (sessions)")
                    for hit in hits
                ]
            )
        if caller.may("memory"):
            asked = MemoryQuery(query=query.text, limit=limit, mode="text")
            entries = (await self._memory.find(caller, asked))["items"]
            rankings.append(
                [
                    result(
                        one["content"].strip().partition("\n")[0],
                        f"triforce://memory/{one['id']}",
                        one["content"],
                        "local (memory)",
                    )
                    for one in entries
                ]
            )
        by_url = {one["url"]: one for ranking in reversed(rankings) for one in reversed(ranking)}
        order = mixed(*({one["url"]: 0.0 for one in ranking} for ranking in rankings))
        return Found([by_url[url] for url in order][:limit])

    async def probe(self) -> None:
        """It is in this daemon's own database."""


def readable(caller: Caller) -> bool:
    return caller.may("sessions") or caller.may("memory")
