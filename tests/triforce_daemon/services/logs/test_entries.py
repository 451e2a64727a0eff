"""Lines and requests as entries."""

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from triforce_daemon.services.logs.entries import entry_of, line_of, newest_first
from triforce_daemon.services.request_book import Asked


def asked(status: int | None, path: str = "/v1/x") -> Asked:
    return Asked(1_772_366_401_000, "0197", "GET", path, status, 12.345, "user/1", "user/anna")


def test_a_request_is_an_entry_whose_level_is_what_became_of_it() -> None:
    levels = [entry_of(line_of(asked(status)))["level"] for status in (200, 302, 404, 502, None)]
    assert levels == ["debug", "debug", "info", "error", "info"]
    entry = entry_of(line_of(asked(200)))
    assert entry["category"] == "api" and entry["request_id"] == "0197"
    assert entry["more"] == {"status": 200, "ms": 12.3, "client": "user/anna"}


def test_what_is_too_long_is_cut() -> None:
    entry = entry_of({"msg": "x" * 9_000, "few": [1], "many": list(range(9_000)), "traceback": "y" * 9_000})
    assert len(entry["msg"]) < 5_000 and entry["more"]["few"] == [1] and entry["more"]["many"] == "…"
    assert len(str(entry["more"]["traceback"])) < 5_000


def test_a_line_of_whatever_wrote_it_is_an_entry() -> None:
    entry = entry_of({"msg": "Segmentation fault", "unit": 3, "request_id": ["x"], "ts": 5})
    assert entry == {
        "ts": None,
        "level": "error",
        "category": "system",
        "unit": "3",
        "msg": "Segmentation fault",
        "request_id": None,
        "more": {},
    }


def test_both_are_put_in_order_and_a_line_without_a_date_stays_with_the_one_after_it() -> None:
    lines = [{"ts": "T5", "n": 1}, {"n": 2}, {"ts": "T1", "n": 3}]
    assert [one["n"] for one in newest_first(lines, [{"ts": "T3", "n": 9}])] == [1, 2, 9, 3]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["ts", "level", "unit", "msg", "request_id", "x"]) | st.text(), values))
@example({"msg": "\ud800", "n": 1 << 80, "\ud800": ["\ud800"]})
def test_whatever_a_line_holds_can_be_sent(line: dict[str, object]) -> None:
    orjson.dumps(entry_of(line))
