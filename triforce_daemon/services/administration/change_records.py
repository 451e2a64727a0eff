"""Writes down what a tool has changed of settings and accounts, as the audit has it of the routes that do the same."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.toolbox.call import ToolCall

#: What is longer is cut: a setting may hold a list of anything.
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class ChangeRecords:
    trail: Trail

    async def record(
        self, call: ToolCall, what: str, shows: Mapping[str, object], *, on: str | None = None, user: str | None = None
    ) -> None:
        """On disk when this returns. `shows`: what it is now, without secrets; `user`: whose account it is, by his id.

        Raises StorageFailed.
        """
        document = {
            "what": what,
            "on": on,
            "fields": sorted(shows),
            "shows": {name: _short(value) for name, value in shows.items()},
            "token": call.caller.token,
            "login": call.caller.login,
        }
        subject = f"user/{user}" if user is not None else None
        await self.trail.record(
            "change", document, caller=call.caller.account, subject=subject, request=call.request_id
        )


def _short(value: object) -> object:
    return value if len(orjson.dumps(value)) <= _LONGEST else "…"
