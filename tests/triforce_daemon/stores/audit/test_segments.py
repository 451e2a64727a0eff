"""Segments keep their promise whatever was pruned: any row, any segment that somebody touches is found."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.stores.audit.chain import Chain, Head, Row
from triforce_daemon.stores.audit.key import SigningKey
from triforce_daemon.stores.audit.segments import NOTHING_BEFORE, Segment, closed, digest, kinds_of, statement
from triforce_daemon.stores.audit.verification import Broken, Verification
from triforce_daemon.stores.sqlite.database import SqliteDatabase

KEY = SigningKey(b"\x05" * 32, "a place")
KINDS = ("request", "login", "change")

#: Kinds and how much later than the one before each row was written; and where segments end.
WRITTEN = st.lists(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-2, 20)), min_size=1, max_size=6), min_size=1, max_size=5
)
#: Up to which moment each kind was pruned.
PRUNED = st.lists(st.dictionaries(st.sampled_from(KINDS), st.integers(0, 150)), max_size=3)


class Book:
    """A chain in memory."""

    def __init__(self) -> None:
        self.chain = Chain(KEY.chain, SqliteDatabase("nowhere", "normal", 1))
        self.chain.resume([])
        self.rows: list[Row] = []
        self.segments: list[Segment] = []
        self.now = 100

    def write(self, kind: str, later: int = 1, document: str = "{}") -> None:
        self.now += later
        empty: dict[str, object] = dict.fromkeys(["request", "caller", "subject", "address"])
        row = {**empty, "chain": KEY.chain, "ts": self.now, "kind": kind, "document": document}
        self.rows.append(cast(Row, self.chain.bind(row)))

    def close(self) -> None:
        last = self.segments[-1] if self.segments else None
        rows = [row for row in self.rows if last is None or row["number"] > last["last"]]
        if rows:
            self.segments.append(closed(rows, last, KEY, self.now))

    def prune(self, until: dict[str, int]) -> None:
        self.write("audit", document=f'{{"pruned":{str(until).replace(chr(39), chr(34))}}}')
        gone = {
            (row, kind)
            for segment in self.segments
            for kind, said in segment["kinds"].items()
            if said["newest"] < until.get(kind, 0)
            for row in range(segment["first"], segment["last"] + 1)
        }
        self.rows = [row for row in self.rows if (row["number"], row["kind"]) not in gone]

    def place(self) -> str | None:
        """Where it is broken."""
        verification = Verification(KEY.chain, {}, cast(Head, self.chain.head))
        try:
            verification.take_segments(self.segments)
            verification.take_all(sorted(self.rows, key=lambda row: row["number"]))
            verification.end()
        except Broken as broken:
            return broken.place
        return None


def book(written: Sequence[Sequence[tuple[str, int]]], pruned: Sequence[dict[str, int]]) -> Book:
    """All segments but the last are closed."""
    made = Book()
    for segment in written:
        made.close()
        for kind, later in segment:
            made.write(kind, later)
    for until in pruned:
        made.prune(until)
    return made


@given(WRITTEN, PRUNED)
def test_a_chain_that_nobody_touched_is_whole_whatever_was_pruned(
    written: list[list[tuple[str, int]]], pruned: list[dict[str, int]]
) -> None:
    assert book(written, pruned).place() is None


@given(WRITTEN, PRUNED, st.data())
def test_a_row_that_was_changed_removed_or_moved_is_found(
    written: list[list[tuple[str, int]]], pruned: list[dict[str, int]], data: st.DataObject
) -> None:
    made = book(written, pruned)
    at = data.draw(st.integers(0, len(made.rows) - 1))
    row = made.rows[at]
    what = data.draw(st.sampled_from([*Row.__annotations__, "remove", "move", "double"]))
    if what == "remove":
        del made.rows[at]
    elif what in ("move", "double"):
        number = data.draw(st.integers(0, 40).filter(lambda number: number != row["number"]))
        moved = cast(Row, {**row, "number": number})
        others = [one for one in made.rows if one["number"] != number and (what == "double" or one is not row)]
        made.rows = [*others, moved]
    else:
        changed = row["ts"] + 1 if what == "ts" else row["number"] + 100 if what == "number" else "0" * 64
        made.rows[at] = cast(Row, {**row, what: changed})
        if made.rows[at] == row:
            return
    assert made.place() is not None


@given(WRITTEN, PRUNED, st.data())
def test_a_segment_that_was_changed_removed_or_exchanged_is_found(
    written: list[list[tuple[str, int]]], pruned: list[dict[str, int]], data: st.DataObject
) -> None:
    made = book([*written, [("request", 1)], [("login", 1)]], pruned)
    at = data.draw(st.integers(0, len(made.segments) - 1))
    segment: Any = made.segments[at]
    what = data.draw(st.sampled_from([*Segment.__annotations__, "remove", "exchange"]))
    if what == "remove":
        # The last one's rows would only be signed anew.
        if at == len(made.segments) - 1:
            return
        del made.segments[at]
    elif what == "exchange":
        if len(made.segments) < 2:
            return
        other = at - 1
        made.segments[at], made.segments[other] = made.segments[other], segment
    elif what == "kinds":
        kind = data.draw(st.sampled_from(sorted(segment["kinds"])))
        said = data.draw(st.sampled_from([None, "rows", "newest", "digest"]))
        kinds = {**segment["kinds"]}
        if said is None:
            del kinds[kind]
        else:
            kinds[kind] = {**kinds[kind], said: 0 if said != "digest" else "00"}
        made.segments[at] = cast(Segment, {**segment, "kinds": kinds})
    else:
        changed = segment[what] + 1 if isinstance(segment[what], int) else "00" * 32
        if changed == segment[what]:
            return
        made.segments[at] = cast(Segment, {**segment, what: changed})
    assert made.place() is not None


def test_what_is_signed_is_written_down_for_whoever_verifies_by_himself() -> None:
    made = Book()
    made.write("request")
    made.write("login")
    made.close()
    (segment,) = made.segments
    assert segment["previous"] == NOTHING_BEFORE == digest(None)
    assert (segment["first"], segment["last"], segment["head"]) == (1, 2, made.rows[1]["hash"])
    assert sorted(segment["kinds"]) == ["login", "request"]
    assert segment["kinds"] == kinds_of(made.rows)
    said = segment["kinds"]
    kinds = ",".join(f'["{kind}",1,{said[kind]["newest"]},"{said[kind]["digest"]}"]' for kind in ("login", "request"))
    links = f'"{segment["before"]}","{segment["head"]}","{segment["previous"]}"'
    text = f'["{KEY.chain}",1,1,2,{links},[{kinds}],{segment["closed"]},"{KEY.public}"]'
    assert statement(segment).decode() == text


@pytest.mark.parametrize("count", [1, 2])
def test_the_next_segment_stands_behind_the_one_before(count: int) -> None:
    made = Book()
    for _ in range(count + 1):
        made.write("request")
        made.close()
    last, before = made.segments[-1], made.segments[-2]
    assert (last["number"], last["previous"]) == (before["number"] + 1, digest(before))
    assert (last["first"], last["before"]) == (before["last"] + 1, before["head"])
