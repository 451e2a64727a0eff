"""What the audit tells of a route that changes something: declared beside its policy, written before it is answered."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.users import Users
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.routes.parts import Parts, address_of
from triforce_daemon.stores.audit.trail import Trail

#: Parts of paths that name somebody, or what he has named: the audit has digests and ids for them.
_OF_PEOPLE = frozenset({"user", "token"})
#: What is longer is cut: a setting may hold a list of anything.
_LONGEST = 500
#: A request may name what it likes, also on a route that takes nothing: so many names are kept, each so long.
_MOST_NAMES, _LONGEST_NAME = 64, 64


@dataclass(frozen=True, slots=True)
class Change:
    """`what` it is called; `shows`: which fields of the answer are repeated, none of which may hold a secret.

    `makes`: the field of the answer with the id of the account that was made.
    """

    what: str
    shows: Sequence[str] = ()
    makes: str | None = None

    async def recorded(self, request: Request, answer: Callable[[], Awaitable[Response]]) -> Response:
        """The answer, once it is written down. What was refused, or failed, has changed nothing.

        Raises TriforceError for a body that cannot be read, before anything is done.
        """
        parts, caller = cast(Parts, request.state.parts), cast(Caller, request.state.caller)
        user = request.path_params.get("user")
        # Before: afterwards the account may be gone.
        subject = parts.get(Users).account_of(user) if user is not None else None
        # Before, too: nobody gets round the audit by a body on which only the writing down would fail.
        fields = await _fields(request)
        response = await answer()
        told: dict[str, Any] = orjson.loads(response.body)
        if self.makes is not None:
            subject = f"user/{told[self.makes]}"
        await parts.get(Trail).record(
            "change",
            {
                "what": self.what,
                "on": _on(request.path_params),
                "fields": fields,
                "shows": {name: _short(told[name]) for name in self.shows if name in told},
                "token": caller.token,
                "login": caller.login,
            },
            caller=caller.account,
            subject=subject,
            address=address_of(request.scope),
        )
        return response


def _on(path: dict[str, Any]) -> str | None:
    """What was changed, where its name is nobody's."""
    return next((str(value)[:_LONGEST] for name, value in path.items() if name not in _OF_PEOPLE), None)


async def _fields(request: Request) -> list[str]:
    """What the request named, without what it said of it."""
    try:
        value: object = await request.json() if await request.body() else None
    except ClientDisconnect:
        raise InvalidRequest("The client left before its request was whole.", None) from None
    names = sorted(cast(dict[str, object], value)) if isinstance(value, dict) else []
    return [name[:_LONGEST_NAME] for name in names[:_MOST_NAMES]]


def _short(value: object) -> object:
    return value if len(orjson.dumps(value)) <= _LONGEST else "…"
