"""Keeps messages that somebody else has exchanged with a model as a conversation of the caller's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.services.sessions import Sessions
from triforce_daemon.wire.sessions import SessionDetail, Turn

_ROLES = ("system", "user", "assistant")


class Saved(TypedDict):
    session_id: str
    messages: int


@dataclass(frozen=True, slots=True)
class SavedMessages:
    sessions: Sessions
    clock: Clock

    async def save(
        self, caller: Caller, messages: Sequence[Mapping[str, str]], model: str | None, title: str | None
    ) -> Saved:
        """A new conversation of these messages. Raises InvalidArguments for messages that are none."""
        system, turns = _turns(messages, model or "default", rfc3339(self.clock.now_ms()))
        if not turns:
            raise InvalidArguments("There is no message of a user.", 'Like {"role": "user", "content": "Hi"}.')
        now = turns[0]["created"]
        document = SessionDetail(
            schema="triforce.sessions.show/1", id="", title=title or turns[0]["input"], model=model or "default",
            system=system, origin="import", cwd=None, turns=len(turns), tokens_in=0, tokens_out=0, cost=None,
            created=now, updated=now, history=turns,
        )  # fmt: skip
        made = (await self.sessions.bring_in(caller, [document]))["items"][0]
        return Saved(session_id=made["id"], messages=len(messages))


def messages_of(session: SessionDetail) -> list[dict[str, str]]:
    """A conversation as messages, the system prompt first."""
    told = [{"role": "system", "content": session["system"]}] if session["system"] else []
    for turn in session["history"]:
        told.append({"role": "user", "content": turn["input"]})
        if turn["output"]:
            told.append({"role": "assistant", "content": turn["output"]})
    return told


def _turns(messages: Sequence[Mapping[str, str]], model: str, now: str) -> tuple[str | None, list[Turn]]:
    """The system prompt, and a turn for each message of the user's with the answer that follows it."""
    system: list[str] = []
    turns: list[Turn] = []
    for place, message in enumerate(messages):
        role, content = message.get("role"), message.get("content")
        if role not in _ROLES or not isinstance(content, str):
            raise InvalidArguments(f"Message {place} has no role of {', '.join(_ROLES)} or no text.", None)
        if role == "system":
            system.append(content)
        elif role == "user":
            turns.append(_turn(len(turns) + 1, content, model, now))
        elif turns:
            turns[-1]["output"] = "\n\n".join(filter(None, (turns[-1]["output"], content)))
        else:
            raise InvalidArguments("The first message is an answer to nothing.", "Begin with one of the user's.")
    return "\n\n".join(system) or None, turns


def _turn(number: int, text: str, model: str, now: str) -> Turn:
    return Turn(
        id="", session="", number=number, input=text, output="", state="done", model=model, provider=None,
        finish_reason=None, usage=None, error=None, created=now, finished=now,
    )  # fmt: skip
