"""Entries of memory as rows, each value replaceable."""

from typing import Any, cast

from triforce_daemon.stores.memory_writes import NewRow, Verdict

START = 1_795_448_000_000


def entry(id: str, **other: Any) -> NewRow:
    row = NewRow(
        id=id,
        owner="anna",
        entry=id,
        version=1,
        previous=None,
        type="fact",
        content=f"about {id}",
        tags="",
        project=None,
        importance="medium",
        stated=0.8,
        confidence=0.8,
        by="anna",
        digest=f"digest of {id}",
        created=START,
        expires=None,
        current=1,
        forgotten=None,
        change=f"made-{id}",
        gone=None,
    )
    return cast(NewRow, {**row, **other})


def verdict(change: str, **other: Any) -> Verdict:
    said = Verdict(verdict="confirm", by="ben", caller="anna", reason=None, created=START, change=change)
    return cast(Verdict, {**said, **other})
