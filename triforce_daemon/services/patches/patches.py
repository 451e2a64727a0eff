"""Patches of files in workspaces: all of one is applied or nothing, and each file can be undone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from triforce_daemon.errors import InvalidArguments, InvalidRequest, TriforceError
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.patches.application import applied
from triforce_daemon.services.patches.diff import FilePatch, read
from triforce_daemon.workspaces.relative import shown
from triforce_daemon.workspaces.room import Version

_MOST_FILES = 200
#: Of a file so many hunks that do not fit are told of.
_TOLD = 20


@dataclass(frozen=True, slots=True)
class Patched:
    """What became, or would become, of one file. `backup`: what restores it as it was."""

    path: str
    hunks: int
    reject: str | None = None
    backup: str | None = None
    moved: str | None = None
    """What restores the file that it was before it was renamed."""

    @property
    def changes(self) -> list[str]:
        return [one for one in (self.backup, self.moved) if one is not None]


@dataclass(frozen=True, slots=True)
class _Step:
    """What a file is to be instead of what it was `before`; None for `data`: it is to go."""

    patched: Patched
    place: Place
    before: Version | None = None
    data: bytes | None = None
    mode: int = 0o644
    former: Place | None = None
    former_version: Version | None = None


class Patches:
    def __init__(self, files: Files, tasks: Tasks) -> None:
        self._files = files
        self._tasks = tasks

    async def apply(self, place: Place, diff: str, strip: int, *, dry_run: bool) -> list[Patched]:
        """Apply a unified diff whose paths begin at `place`, without their first `strip` names.

        Nothing is changed where one hunk does not fit, which is then told of its file. Once the first file is
        written the rest is too, also where the caller hangs up. Raises InvalidArguments for what is no such diff,
        PathRefused, FileChanged, PayloadTooLarge, StorageFailed.
        """
        patches = [_stripped(patch, strip) for patch in await asyncio.to_thread(read, diff)]
        _check(patches)
        steps = [await self._step(place, patch) for patch in patches]
        if dry_run or any(step.patched.reject for step in steps):
            return [step.patched for step in steps]
        done, error = await asyncio.shield(self._tasks.start(self._write(steps), "patch"))
        if error is not None:
            raise error
        return done

    async def _step(self, place: Place, patch: FilePatch) -> _Step:
        target, moved = place.of(patch.path), patch.old is not None and patch.new not in (None, patch.old)
        source = place.of(patch.old) if moved and patch.old is not None else target
        step = _Step(Patched(patch.path, len(patch.hunks)), target)
        before = await self._files.version(source)
        there = await self._files.version(target) if moved else before
        if (reason := patch.refused or _hindrance(patch, before, there)) is not None:
            return _rejected(step, reason)
        try:
            text = before.data.decode() if before else ""
        except UnicodeDecodeError:
            return _rejected(step, "It is no UTF-8 text.")
        made = await asyncio.to_thread(applied, text, patch.hunks)
        if made.rejected:
            return _rejected(step, _told(made.rejected))
        if patch.new is None:
            return replace(step, before=before) if not made.text else _rejected(step, "More is in it than is deleted.")
        mode = before.mode if before else patch.mode or 0o644
        step = replace(step, before=there, data=made.text.encode(), mode=mode)
        return step if not moved else replace(step, former=source, former_version=before)

    async def _write(self, steps: Sequence[_Step]) -> tuple[list[Patched], TriforceError | None]:
        """What was done, or nothing and why."""
        done: list[Patched] = []
        changes: list[str] = []
        try:
            for step in steps:
                written = await self._files.change(step.place, step.before, step.data, step.mode)
                patched = replace(step.patched, backup=written.change)
                changes += patched.changes
                if step.former is not None:
                    gone = await self._files.change(step.former, step.former_version, None)
                    patched = replace(patched, moved=gone.change)
                    changes += [gone.change] if gone.change else []
                done.append(patched)
        except TriforceError as error:
            return [], await self._taken_back(steps[0].place, changes, error)
        return done, None

    async def _taken_back(self, place: Place, changes: Sequence[str], reason: TriforceError) -> TriforceError:
        left: list[str] = []
        for change in reversed(changes):
            try:
                await self._files.restore(place.caller, change, place.here)
            except TriforceError:
                left.append(change)
        if not left:
            return reason
        hint = f"These are still to be restored by code_backup: {', '.join(left)}."
        return InvalidRequest(f"{reason.message} Not all that was done before could be taken back.", hint)


def _stripped(patch: FilePatch, strip: int) -> FilePatch:
    if patch.bare:
        return patch
    old, new = (None if path is None else _without(path, strip) for path in (patch.old, patch.new))
    return replace(patch, old=old, new=new)


def _without(path: str, strip: int) -> str:
    names = path.split("/", strip)
    if len(names) <= strip or not names[-1]:
        raise InvalidArguments(
            f"The path {shown(path)} has no {strip} names before it that could be left out.", "Give another `strip`."
        )
    return names[-1]


def _check(patches: Sequence[FilePatch]) -> None:
    if len(patches) > _MOST_FILES:
        raise InvalidArguments(f"The diff changes {len(patches)} files.", f"{_MOST_FILES} are the most at a time.")
    seen: set[str] = set()
    for patch in patches:
        for path in {path for path in (patch.old, patch.new) if path is not None}:
            if path in seen:
                raise InvalidArguments(f"The diff changes {shown(path)} twice.", "Put its hunks together.")
            seen.add(path)


def _hindrance(patch: FilePatch, before: Version | None, there: Version | None) -> str | None:
    if patch.old is None:
        return "It is there already." if before is not None else None
    if before is None:
        return f"There is no {shown(patch.old)}."
    moved = patch.new is not None and patch.new != patch.old
    return "It is there already." if moved and there is not None else None


def _told(rejected: Sequence[str]) -> str:
    more = [f"{len(rejected) - _TOLD:,} more do not fit either."] if len(rejected) > _TOLD else []
    return " ".join([*rejected[:_TOLD], *more])


def _rejected(step: _Step, reason: str) -> _Step:
    return replace(step, patched=replace(step.patched, reject=reason))
