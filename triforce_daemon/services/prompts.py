"""Prompts that are kept under a name, every account's own: versions, tags, gaps."""

import re
from collections.abc import Sequence

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Conflict, InvalidRequest, PromptNotFound
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.runtime.near import near
from triforce_daemon.services import templates
from triforce_daemon.stores.database import RowRefused
from triforce_daemon.stores.prompts import PromptRow, PromptStore
from triforce_daemon.wire.prompts import (
    NewPrompt,
    Prompt,
    PromptDeleted,
    PromptDetail,
    PromptList,
    Rendered,
    RenderRequest,
)

#: Versions of one prompt that are kept.
MOST_VERSIONS = 100
_LONGEST = 262_144
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_TAG = re.compile(r"[^\s,][^,\n\t]{0,63}")
_MOST_TAGS = 32


class Prompts:
    def __init__(self, store: PromptStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def all(self, caller: Caller, tag: str | None = None) -> PromptList:
        """The newest version of each, by name. Raises StorageFailed."""
        rows = await self._store.newest(caller.account)
        items = [prompt for row in rows if (prompt := prompt_of(row)) and (tag is None or tag in prompt["tags"])]
        return PromptList(schema="triforce.prompts.list/1", items=items, next=None)

    async def get(self, caller: Caller, name: str, version: int | None = None) -> PromptDetail:
        """Raises PromptNotFound with names that look like it, StorageFailed."""
        rows = await self._store.versions(caller.account, name)
        if not rows:
            known = [row["name"] for row in await self._store.newest(caller.account)]
            alike = near(name, known)
            hint = f"Did you mean {', '.join(alike)}?" if alike else "`triforce prompts list` shows them."
            raise PromptNotFound(f"There is no prompt {name}.", hint, near=alike)
        kept = [row["version"] for row in rows]
        row = next((row for row in rows if row["version"] == version), None) if version is not None else rows[-1]
        if row is None:
            raise PromptNotFound(f"The prompt {name} has no version {version}.", f"Kept are {kept[0]} to {kept[-1]}.")
        detail = "triforce.prompts.show/1"
        return PromptDetail(**prompt_of(row), schema=detail, content=row["content"], versions=kept)

    async def put(self, caller: Caller, name: str, new: NewPrompt) -> PromptDetail:
        """Keep a new version; nothing where it is the newest one already.

        Raises InvalidRequest, Conflict where somebody else was faster, StorageFailed.
        """
        _check(name, new["content"])
        rows = await self._store.versions(caller.account, name)
        last = rows[-1] if rows else None
        tags = _tags(new["tags"]) if "tags" in new else orjson.loads(last["tags"]) if last else []
        if last is None or (last["content"], orjson.loads(last["tags"])) != (new["content"], tags):
            version = last["version"] + 1 if last else 1
            row = PromptRow(
                account=caller.account,
                name=name,
                version=version,
                content=new["content"],
                tags=orjson.dumps(tags).decode(),
                created=self._clock.now_ms(),
            )
            try:
                await self._store.insert(row, forget_upto=version - MOST_VERSIONS)
            except RowRefused:
                raise Conflict(f"The prompt {name} was changed meanwhile.", "Look at it, then set it again.") from None
        return await self.get(caller, name)

    async def delete(self, caller: Caller, name: str) -> PromptDeleted:
        """All versions. Raises PromptNotFound, StorageFailed."""
        gone = await self._store.delete(caller.account, name)
        if not gone:
            await self.get(caller, name)
        return PromptDeleted(schema="triforce.prompts.delete/1", name=name, versions=gone)

    async def render(self, caller: Caller, name: str, request: RenderRequest) -> Rendered:
        """The text with its gaps filled, and which were not. Raises PromptNotFound, StorageFailed."""
        found = await self.get(caller, name, request.get("version"))
        text, missing = templates.filled(found["content"], request.get("variables", {}))
        return Rendered(
            schema="triforce.prompts.render/1", name=name, version=found["version"], text=text, missing=missing
        )


def prompt_of(row: PromptRow) -> Prompt:
    return Prompt(
        name=row["name"],
        version=row["version"],
        tags=orjson.loads(row["tags"]),
        size=len(row["content"]),
        variables=templates.gaps(row["content"]),
        updated=rfc3339(row["created"]),
    )


def _check(name: str, content: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            f"{name!r} is no name for a prompt.", "Up to 64 of a-z, 0-9, `.`, `-` and `_`; a letter or digit first."
        )
    if not content.strip():
        raise InvalidRequest("The prompt is empty.", "Delete it, if nobody needs it.")
    if len(content) > _LONGEST:
        raise InvalidRequest(f"The prompt has {len(content):,} characters; {_LONGEST:,} is the most.", None)


def _tags(given: Sequence[str]) -> list[str]:
    for tag in given:
        if not _TAG.fullmatch(tag):
            raise InvalidRequest(f"{tag!r} is no tag.", "Up to 64 characters, without commas.")
    kept = sorted(set(given))
    if len(kept) > _MOST_TAGS:
        raise InvalidRequest(f"That are {len(kept)} tags; {_MOST_TAGS} is the most.", None)
    return kept
