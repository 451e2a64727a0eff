"""Answers that are stored for their callers, who may go on from them: OpenAI's Responses with `store: true`."""

import logging
from collections.abc import Sequence
from typing import Any, cast

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.dialects import fields, sse
from triforce_daemon.errors import InvalidRequest, ResponseNotFound, StorageFailed
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.routing.call import Outcome
from triforce_daemon.stores.database import Write
from triforce_daemon.stores.responses import ResponseRow, ResponseStore

log = logging.getLogger(__name__)

_DAY_MS = 86_400_000
#: How often what is too old is deleted.
_ROUND_SECONDS = 3_600
#: How many answers a conversation may be long.
MOST_LINKS = 1_000


class Keeping:
    """Keeps one answer in the commit that pays for it."""

    def __init__(self, store: ResponseStore, row: ResponseRow) -> None:
        self._store = store
        self._row = row
        self._taken = False

    @property
    def previous(self) -> str | None:
        """The response that it goes on from."""
        return self._row["previous"]

    def take(self, last: bytes) -> bytes:
        """The answer, or the end of its stream, as the client gets it; what it says is kept."""
        if not last.startswith(b"{"):
            return self._take_event(last)
        return self._take_response(orjson.loads(last)) or last

    def writes(self, outcome: Outcome) -> Sequence[Write]:
        """What belongs into the commit: nothing of an answer that did not come to its end."""
        return [self._store.put(self._row)] if self._taken and outcome.state == "done" else ()

    def _take_event(self, last: bytes) -> bytes:
        *others, final = sse.split(last)
        event = orjson.loads(sse.data_of(final) or b"null")
        if not isinstance(event, dict):
            return last
        known = cast(dict[str, Any], event)
        response = self._take_response(known.get("response"))
        if response is None:
            return last
        written = orjson.dumps({**known, "response": orjson.Fragment(response)})
        return b"".join([*others, b"event: ", str(known.get("type")).encode(), b"\ndata: ", written, b"\n\n"])

    def _take_response(self, response: Any) -> bytes | None:
        if not isinstance(response, dict) or not isinstance(cast(dict[str, Any], response).get("id"), str):
            return None
        known = cast(dict[str, Any], response)
        body = orjson.dumps({**known, "store": True, "previous_response_id": self._row["previous"]})
        self._row["id"], self._row["body"] = known["id"], body.decode()
        self._taken = True
        return body


class StoredResponses:
    def __init__(self, store: ResponseStore, clock: Clock, keep_days: int) -> None:
        """`keep_days`: 0 keeps nothing."""
        self._store = store
        self._clock = clock
        self.keep_days = keep_days

    def keeping(self, caller: Caller, body: dict[str, Any]) -> Keeping | None:
        """What keeps the answer to `body`; None where it shall not be kept. Raises InvalidRequest."""
        # Who says nothing wants it stored: https://platform.openai.com/docs/api-reference/responses/create
        # Guests are one another's strangers.
        if fields.flag(body, "store") is False or not self.keep_days or caller.kind == "guest":
            return None
        row = ResponseRow(
            owner=_owner(caller),
            id="",
            previous=fields.text(body, "previous_response_id"),
            input=orjson.dumps(_items(body)).decode(),
            body="",
            created=self._clock.now_ms(),
        )
        return Keeping(self._store, row)

    async def continued(self, caller: Caller, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """`body` as an upstream gets it: with what was said before, and nothing for the upstream to store.

        And how many characters were said before. Raises InvalidRequest, ResponseNotFound, StorageFailed.
        """
        if fields.flag(body, "background"):
            raise InvalidRequest("`background` is not supported.", "Ask for a stream, and listen to it.")
        previous = fields.text(body, "previous_response_id")
        asked = {name: value for name, value in body.items() if name != "previous_response_id"} | {"store": False}
        if previous is None:
            return asked, 0
        said = await self._said(caller, previous)
        return asked | {"input": [*said, *_items(body)]}, len(orjson.dumps(said))

    async def get(self, caller: Caller, id: str) -> bytes:
        """The response as it was given. Raises ResponseNotFound, StorageFailed."""
        return (await self._chain(caller, id, 1))[-1]["body"].encode()

    async def delete(self, caller: Caller, id: str) -> dict[str, Any]:
        """Raises ResponseNotFound, StorageFailed."""
        if not await self._store.delete(_owner(caller), id):
            raise _unknown(id)
        return {"id": id, "object": "response", "deleted": True}

    async def forget_old(self) -> None:
        """Delete what has been kept for long enough, again and again."""
        while True:
            try:
                await self._store.forget(self._oldest())
            except StorageFailed as error:
                # Nobody sees them any more in any case; the next round deletes them.
                log.warning(error.message)
            await self._clock.sleep(_ROUND_SECONDS)

    async def _said(self, caller: Caller, id: str) -> list[Any]:
        chain = await self._chain(caller, id, MOST_LINKS)
        if (missing := chain[0]["previous"]) is not None:
            raise ResponseNotFound(
                f"The response {id} goes on from {missing}, which is not kept any more.", "Send the whole conversation."
            )
        return [item for row in chain for item in (*orjson.loads(row["input"]), *_output(row))]

    async def _chain(self, caller: Caller, id: str, most: int) -> list[ResponseRow]:
        chain = await self._store.chain(_owner(caller), id, self._oldest(), most)
        if not chain:
            raise _unknown(id)
        return chain

    def _oldest(self) -> int:
        return self._clock.now_ms() - self.keep_days * _DAY_MS


def _owner(caller: Caller) -> str:
    """A token's name may be given to another one later; its id may not."""
    return caller.account if caller.is_owner or caller.user is not None else f"token:{caller.token}"


def _items(body: dict[str, Any]) -> list[Any]:
    given = body.get("input")
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    return fields.entries(body, "input")


def _output(row: ResponseRow) -> list[Any]:
    """What the model said; thoughts that the provider did not hand out encrypted, it does not take back."""
    output = orjson.loads(row["body"]).get("output")
    items = cast(list[dict[str, Any]], output) if isinstance(output, list) else []
    return [item for item in items if item.get("type") != "reasoning" or item.get("encrypted_content")]


def _unknown(id: str) -> ResponseNotFound:
    return ResponseNotFound(f"There is no stored response {id}.", "It may have been deleted, or kept for long enough.")
