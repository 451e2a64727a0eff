"""Segments: some rows after one another, closed by a signature that still holds when rows of a kind are pruned."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypedDict, cast

import orjson

from triforce_daemon.stores.audit.chain import BEGINNING, Row
from triforce_daemon.stores.audit.key import SigningKey

#: What stands before the first segment.
NOTHING_BEFORE = BEGINNING


class Kind(TypedDict):
    """What a segment's signature says of all its rows of one kind."""

    rows: int
    #: When the newest was written, in ms.
    newest: int
    #: SHA-256 over their hashes, in order.
    digest: str


class Segment(TypedDict):
    chain: str
    number: int
    #: Its first row's and its last row's number.
    first: int
    last: int
    #: The hash before the first row, and that of the last one.
    before: str
    head: str
    #: The digest of the segment before.
    previous: str
    kinds: dict[str, Kind]
    #: In ms.
    closed: int
    #: The public key, in hexadecimal.
    key: str
    signature: str


def statement(segment: Segment) -> bytes:
    """What the signature covers."""
    kinds = [[kind, said["rows"], said["newest"], said["digest"]] for kind, said in sorted(segment["kinds"].items())]
    names = ("chain", "number", "first", "last", "before", "head", "previous")
    values = [cast(Any, segment)[name] for name in names]
    return orjson.dumps([*values, kinds, segment["closed"], segment["key"]])


def digest(segment: Segment | None) -> str:
    """What the next segment says of this one; None: there is none."""
    return NOTHING_BEFORE if segment is None else sha256(statement(segment)).hexdigest()


def kinds_of(rows: Iterable[Row]) -> dict[str, Kind]:
    """What is said of rows, by their kinds."""
    kinds: dict[str, Kind] = {}
    digests: dict[str, Any] = {}
    for row in rows:
        said = kinds.setdefault(row["kind"], Kind(rows=0, newest=0, digest=""))
        said["rows"] += 1
        said["newest"] = max(said["newest"], row["ts"])
        digests.setdefault(row["kind"], sha256()).update(bytes.fromhex(row["hash"]))
    for kind, said in kinds.items():
        said["digest"] = digests[kind].hexdigest()
    return kinds


def closed(rows: list[Row], previous: Segment | None, key: SigningKey, now_ms: int) -> Segment:
    """The segment of these rows, which stand behind those of `previous`, signed."""
    first, last = rows[0], rows[-1]
    segment = Segment(
        chain=first["chain"],
        number=previous["number"] + 1 if previous is not None else 1,
        first=first["number"],
        last=last["number"],
        before=first["before"],
        head=last["hash"],
        previous=digest(previous),
        kinds=kinds_of(rows),
        closed=now_ms,
        key=key.public,
        signature="",
    )
    return {**segment, "signature": key.sign(statement(segment))}
