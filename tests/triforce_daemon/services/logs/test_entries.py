"""Lines and requests as entries."""

from triforce_daemon.runtime.redaction import MASK, Redactor
from triforce_daemon.services.logs.entries import entry_of, line_of, newest_first
from triforce_daemon.services.request_book import Asked

SECRET = "hunter2-and-more"


def asked(status: int | None, path: str = "/v1/x") -> Asked:
    return Asked(1_772_366_401_000, "0197", "GET", path, status, 12.345, "user/1", "user/anna")


def test_a_request_is_an_entry_whose_level_is_what_became_of_it() -> None:
    levels = [entry_of(line_of(asked(status), Redactor()))["level"] for status in (200, 302, 404, 502, None)]
    assert levels == ["debug", "debug", "info", "error", "info"]
    entry = entry_of(line_of(asked(200), Redactor()))
    assert entry["category"] == "api" and entry["request_id"] == "0197"
    assert entry["more"] == {"status": 200, "ms": 12.3, "client": "user/anna"}


def test_a_secret_in_a_path_is_masked() -> None:
    redactor = Redactor()
    redactor.add(SECRET)
    assert line_of(asked(404, f"/v1/{SECRET}"), redactor)["msg"] == f"GET /v1/{MASK}"


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
