"""Goes over a chain from its beginning, and says where it was changed first, and whether what is gone may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson

from triforce_daemon.stores.audit.chain import BEGINNING, Head, Row, content, hash_of
from triforce_daemon.stores.audit.key import chain_of, is_signed
from triforce_daemon.stores.audit.names import NameRow, digest_of
from triforce_daemon.stores.audit.segments import Segment, digest, kinds_of, statement

#: The kind of the rows that tell of the audit itself. They are never pruned: what may be missing is known by them.
OF_AUDIT: Final = "audit"


class Broken(Exception):
    """Somebody has changed it. `place` is the first row, or the first segment, that is not as it was written."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


@dataclass(slots=True)
class Verification:
    """Segments come first, then all rows in order; `end` closes it. Each raises Broken."""

    chain: str
    names: Mapping[str, NameRow] = field(default_factory=dict[str, NameRow])
    #: As the writer remembers it: rows behind it may not be gone. None: it has written nothing yet.
    remembered: Head | None = None
    rows: int = 0
    pruned: int = 0
    last: Head = field(default_factory=lambda: Head(0, BEGINNING))
    segments: list[Segment] = field(default_factory=list[Segment])
    _place: int = 0
    _open: list[Row] = field(default_factory=list[Row])
    #: Of kinds that are pruned: up to which moment they were when they were, by segment.
    _gone: list[tuple[Segment, str]] = field(default_factory=list[tuple[Segment, str]])
    _until: dict[str, int] = field(default_factory=dict[str, int])
    _accounts: set[str] = field(default_factory=set[str])
    _erased: set[str] = field(default_factory=set[str])

    @classmethod
    def behind(cls, chain: str, segment: Segment | None) -> "Verification":
        """One that begins with the rows behind a segment."""
        last = Head(segment["last"], segment["head"]) if segment is not None else Head(0, BEGINNING)
        return cls(chain, last=last)

    def take_segments(self, segments: Sequence[Segment]) -> None:
        before: Segment | None = None
        for segment in segments:
            _check_segment(segment, before, self.chain)
            before = segment
        self.segments = list(segments)

    def take_all(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.take(row)

    def take(self, row: Row) -> None:
        number = row["number"]
        while self._place < len(self.segments) and number > self.segments[self._place]["last"]:
            self._close()
        self._check(row)
        self._open.append(row)
        self.rows += 1
        self.last = Head(number, row["hash"])
        self._note(row)

    def end(self) -> None:
        while self._place < len(self.segments):
            self._close()
        if self.remembered is not None and self.remembered.number > self.last.number:
            raise Broken(f"row {self.last.number + 1}", "this row, and what came after it, is missing")
        for segment, kind in self._gone:
            if segment["kinds"][kind]["newest"] >= self._until.get(kind, 0):
                raise Broken(_place(segment), f"its rows of the kind {kind} are missing, and were not pruned")
        self._check_names()

    def _check_names(self) -> None:
        for name, known in self.names.items():
            if digest_of(known["salt"], known["name"]) != name:
                raise Broken(f"name {name}", "it was changed")
        for name in sorted(self._accounts - self._erased - self.names.keys()):
            raise Broken(f"name {name}", "it was removed, and nobody was erased")

    def _check(self, row: Row) -> None:
        number, place = row["number"], f"row {row['number']}"
        check_row(row)
        segment = self._segment()
        if number == self.last.number + 1:
            if row["before"] != self.last.hash:
                raise Broken(place, "it does not follow the row before it")
        elif segment is None:
            raise Broken(f"row {self.last.number + 1}", "it is missing")
        if segment is not None and number == segment["first"] and row["before"] != segment["before"]:
            raise Broken(place, "it is not the row that was signed")
        if self.remembered is not None and number == self.remembered.number and row["hash"] != self.remembered.hash:
            raise Broken(place, "it is not the row that was written")

    def _segment(self) -> Segment | None:
        return self.segments[self._place] if self._place < len(self.segments) else None

    def _close(self) -> None:
        """The segment's rows are all there, kind for kind, or a kind is gone as a whole."""
        segment = self.segments[self._place]
        found = kinds_of(self._open)
        for row in self._open:
            if row["kind"] not in segment["kinds"]:
                raise Broken(f"row {row['number']}", "it was inserted")
        for kind, said in segment["kinds"].items():
            if kind not in found and kind != OF_AUDIT:
                self._gone.append((segment, kind))
                self.pruned += said["rows"]
            elif found.get(kind) != said:
                raise Broken(self._gap(segment), f"its rows of the kind {kind} are not those that were signed")
        self._open.clear()
        self._place += 1
        self.last = Head(segment["last"], segment["head"])

    def _gap(self, segment: Segment) -> str:
        numbers = {row["number"] for row in self._open}
        missing = next((n for n in range(segment["first"], segment["last"] + 1) if n not in numbers), None)
        return _place(segment) if missing is None else f"{_place(segment)}, row {missing}"

    def _note(self, row: Row) -> None:
        self._accounts.update(name for name in (row["caller"], row["subject"]) if name is not None)
        if row["kind"] != OF_AUDIT:
            return
        told = orjson.loads(row["document"])
        self._erased.update(told.get("erased", ()))
        for kind, until in told.get("pruned", {}).items():
            self._until[kind] = max(until, self._until.get(kind, 0))


def check_row(row: Row) -> None:
    """Raises Broken where a row does not say what its hash was made of."""
    if hash_of(row["before"], row["number"], content(row)) != row["hash"]:
        raise Broken(f"row {row['number']}", "it was changed")


def check_signature(segment: Segment, chain: str) -> None:
    """Raises Broken where the holder of the chain's key has not signed it."""
    if segment["chain"] != chain or chain_of(segment["key"]) != chain:
        raise Broken(_place(segment), "it belongs to another chain")
    if not is_signed(statement(segment), segment["signature"], segment["key"]):
        raise Broken(_place(segment), "its signature does not hold")


def _check_segment(segment: Segment, before: Segment | None, chain: str) -> None:
    place = _place(segment)
    number, first, head = (before["number"], before["last"], before["head"]) if before else (0, 0, BEGINNING)
    if segment["number"] != number + 1:
        raise Broken(f"segment {number + 1}", "it is missing")
    check_signature(segment, chain)
    if segment["previous"] != digest(before) or segment["first"] != first + 1 or segment["before"] != head:
        raise Broken(place, "it does not follow the segment before it")


def _place(segment: Segment) -> str:
    return f"segment {segment['number']} (rows {segment['first']} to {segment['last']})"
