"""Conversations of the caller's own: listed, read, kept, deleted."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.saved_messages import Saved, SavedMessages, messages_of
from triforce_daemon.services.sessions import Sessions
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool

SessionId = Annotated[str, "an id, or the beginning of one", Field(min_length=1, max_length=64)]


class ListedSession(TypedDict):
    id: str
    title: str
    model: str
    messages: int
    updated_at: str


class SessionsFound(TypedDict):
    sessions: list[ListedSession]


@tool(
    tier="free",
    effect="read",
    scope="sessions",
    formerly=("session_list",),
    keywords=("conversations", "chat history", "previous chats", "Gespräche", "Verlauf", "Unterhaltungen", "Chats"),
)
async def sessions(
    limit: Annotated[int, "how many at most", Field(ge=1, le=1_000)] = 20,
    query: Annotated[str | None, "words that were said in it"] = None,
    *,
    kept: Sessions,
    call: ToolCall,
) -> SessionsFound:
    """List conversations, the newest first, or those in which something was said."""
    if query:
        hits = (await kept.search(call.caller, query, limit))["items"]
        names = list(dict.fromkeys(hit["session"] for hit in hits))
        found = [await kept.find(call.caller, name) for name in names]
    else:
        found = (await kept.page(call.caller, limit))["items"]
    listed = [
        ListedSession(
            id=one["id"],
            title=one["title"],
            model=one["model"],
            messages=2 * one["turns"],
            updated_at=one["updated"],
        )
        for one in found
    ]
    return SessionsFound(sessions=listed)


class Message(TypedDict):
    role: str
    content: str


class SessionMessages(TypedDict):
    messages: list[Message]
    model: str
    metadata: dict[str, str]


@tool(
    tier="free",
    effect="read",
    scope="sessions",
    idempotent=True,
    keywords=("read a conversation", "transcript", "what was said", "Gespräch lesen", "Verlauf", "Protokoll"),
)
async def session_get(session_id: SessionId, *, kept: Sessions, call: ToolCall) -> SessionMessages:
    """Read a conversation, message by message."""
    found = await kept.show(call.caller, session_id)
    messages = [Message(role=one["role"], content=one["content"]) for one in messages_of(found)]
    metadata = {"title": found["title"], "origin": found["origin"], "created": found["created"]}
    return SessionMessages(messages=messages, model=found["model"], metadata=metadata)


@tool(
    tier="free",
    effect="write",
    scope="sessions",
    keywords=("keep a conversation", "store chat", "save messages", "Gespräch speichern", "sichern", "merken"),
)
async def session_save(
    messages: Annotated[list[dict[str, str]], "each with role and content", Field(min_length=1, max_length=10_000)],
    session_id: Annotated[str | None, "a conversation that these messages are kept instead of"] = None,
    model: Annotated[str | None, "who has answered"] = None,
    metadata: Annotated[dict[str, str] | None, "its title, as title"] = None,
    *,
    saved: SavedMessages,
    kept: Sessions,
    call: ToolCall,
) -> Saved:
    """Keep messages as a conversation; one that it replaces is deleted."""
    replaced = await kept.find(call.caller, session_id) if session_id is not None else None
    title = (metadata or {}).get("title") or (replaced["title"] if replaced else None)
    made = await saved.save(call.caller, messages, model, title)
    if replaced is not None:
        await kept.delete(call.caller, replaced["id"])
    return made


class Deleted(TypedDict):
    deleted: bool


@tool(
    tier="free",
    effect="destroy",
    scope="sessions",
    keywords=("remove a conversation", "forget chat", "Gespräch löschen", "Unterhaltung entfernen"),
)
async def session_delete(session_id: SessionId, *, kept: Sessions, call: ToolCall) -> Deleted:
    """Delete a conversation with all that was said in it."""
    await kept.delete(call.caller, session_id)
    return Deleted(deleted=True)
