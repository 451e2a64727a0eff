"""The caller's conversations as resources: `triforce://sessions/{id}` is one of them in Markdown."""

from collections.abc import Sequence

from triforce_daemon.access.caller import Caller
from triforce_daemon.mcp_server.shelf import Resource, Template
from triforce_daemon.services.sessions import Sessions

_PLACE = "triforce://sessions/"
_KIND = "text/markdown"
#: So many are listed; the others are found by their id.
_LISTED = 50
_TEMPLATE = Template(_PLACE + "{id}", "session", "One of your conversations, by its id or the beginning of it.", _KIND)


class SessionResources:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def templates(self, caller: Caller) -> Sequence[Template]:
        return (_TEMPLATE,)

    async def resources(self, caller: Caller) -> Sequence[Resource]:
        if not caller.may("sessions"):
            return ()
        found = await self._sessions.page(caller, _LISTED)
        return [Resource(_PLACE + one["id"], one["title"] or one["id"], None, _KIND) for one in found["items"]]

    async def read(self, caller: Caller, uri: str) -> str | None:
        if not uri.startswith(_PLACE) or not caller.may("sessions"):
            return None
        session = await self._sessions.show(caller, uri.removeprefix(_PLACE))
        turns = [f"## You\n\n{turn['input']}\n\n## {turn['model']}\n\n{turn['output']}" for turn in session["history"]]
        return "\n\n".join([f"# {session['title']}", *turns]) + "\n"

    async def completions(self, caller: Caller, template: str, argument: str, begun: str) -> Sequence[str]:
        if template != _TEMPLATE.uri or not caller.may("sessions"):
            return ()
        found = await self._sessions.page(caller, _LISTED)
        return [one["id"] for one in found["items"] if one["id"].startswith(begun)]
