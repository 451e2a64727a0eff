"""Conversations to keep: written as JSON or JSON lines, and read back."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard, cast

from triforce_cli.errors import InputInvalid

if TYPE_CHECKING:
    from triforce_daemon.wire.sessions import SessionDetail


def as_json(sessions: Sequence["SessionDetail"]) -> str:
    """One session as itself, several as a list."""
    several = {"schema": "triforce.sessions.export/1", "items": list(sessions), "next": None}
    return json.dumps(sessions[0] if len(sessions) == 1 else several, ensure_ascii=False, indent=2) + "\n"


def as_json_lines(sessions: Iterable["SessionDetail"]) -> str:
    """For each session a line of type `session`, then one of type `turn` for each of its turns."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for session in sessions for line in _lines(session))


def read_back(text: str, name: str) -> list["SessionDetail"]:
    """The sessions in what `as_json` or `as_json_lines` wrote. `name` is for the error: InputInvalid."""
    try:
        document: Any = json.loads(text)
    except ValueError:
        return _from_lines(text, name)
    entry = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    if entry.get("type") == "session":
        return _from_lines(text, name)
    sessions: Any = entry.get("items", [entry])
    if not _are_sessions(sessions):
        raise _not_ours(name, "it is JSON, but no session")
    return sessions


def _are_sessions(value: Any) -> TypeGuard[list["SessionDetail"]]:
    return isinstance(value, list) and all(isinstance(item, dict) and "history" in item for item in cast(Any, value))


def _from_lines(text: str, name: str) -> list["SessionDetail"]:
    sessions: list[Any] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        entry = _parsed(line, number, name)
        kind = entry.pop("type", None)
        if kind == "session":
            sessions.append({**entry, "history": []})
        elif kind == "turn" and sessions:
            sessions[-1]["history"].append(entry)
        else:
            raise _not_ours(name, f"line {number} is neither a session nor a turn of one")
    if not sessions:
        raise _not_ours(name, "it is empty")
    return sessions


def _parsed(line: str, number: int, name: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise _not_ours(name, f"line {number} is no JSON: {error}") from None
    return cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}


def _not_ours(name: str, why: str) -> InputInvalid:
    return InputInvalid(
        f"{name} holds no exported session: {why}.", "Such files are written by: triforce sessions export ID -F json"
    )


def _lines(session: "SessionDetail") -> Iterator[Mapping[str, Any]]:
    yield {"type": "session", **{name: value for name, value in session.items() if name != "history"}}
    for turn in session["history"]:
        yield {"type": "turn", **turn}
