"""What travels of a model, a provider and an alias: nothing that is unknown has a value."""

from tests.triforce_daemon.simulated import SimulatedProvider
from triforce_daemon.providers.condition import OK, Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.aliases import Alias
from triforce_daemon.services.model_lists import NEVER, Fetched
from triforce_daemon.services.model_rows import alias_row, listed_at, model_row, provider_row

AT = 1_795_000_000_000
MOMENT = "2026-11-18T11:06:40.000Z"


def test_a_model_of_which_little_is_known() -> None:
    row = model_row(SimulatedProvider(), Listed("a/b:c"), OK, None, listed_at=None, default=False)
    known = {name: value for name, value in row.items() if value is not None}
    assert known == {
        "id": "groq/a/b:c",
        "provider": "groq",
        "abilities": [],
        "state": "ok",
        "evidence": {"status": None, "at": None, "until": None, "date": None},
        "boundary": "any",
        "default": False,
    }


def test_a_state_comes_with_its_evidence() -> None:
    limited = Condition("limited", "Too many.", "Wait.", 429, AT, AT + 1_000)
    row = model_row(SimulatedProvider(), Listed("a"), limited, None, listed_at=MOMENT, default=True)
    assert (row["state"], row["reason"], row["fix"], row["default"]) == ("limited", "Too many.", "Wait.", True)
    assert row["evidence"] == {"status": 429, "at": MOMENT, "until": "2026-11-18T11:06:41.000Z", "date": None}
    assert row["listed_at"] == MOMENT == listed_at(Fetched(at_ms=AT))
    assert listed_at(NEVER) is None


def test_the_best_condition_speaks_for_a_provider() -> None:
    down, absent = Condition("down", "broken"), Condition("absent", "not here")
    assert provider_row("x", [down, absent], 2) == {"name": "x", "state": "absent", "reason": "not here", "models": 2}
    assert provider_row("x", [down, OK], 2) == {"name": "x", "state": "ok", "reason": None, "models": 2}
    assert provider_row("x", [OK], 0)["reason"] == "no models"


def test_an_alias_that_nobody_can_answer_for() -> None:
    row = alias_row(Alias("quick", ("groq/*",)), [])
    assert (row["first"], row["candidates"], row["models"]) == (None, 0, ["groq/*"])
    assert alias_row(Alias("quick", ("groq/*",)), ["groq/a", "groq/b"])["first"] == "groq/a"
