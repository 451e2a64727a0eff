import orjson

from triforce_daemon.stores.counters.counters import Ask, Lease, Scope
from triforce_daemon.stores.counters.owed import MOST, Owed
from triforce_daemon.stores.counters.periods import DAY_MS

ANNA = Scope("user/anna", requests=5)


def lease(id: str, *scopes: Scope) -> Lease:
    return Lease(id, scopes or (ANNA,), Ask(0, 0), ())


def test_what_is_owed_is_added_up_by_scope() -> None:
    owed = Owed()
    for n in range(3):
        owed.used(lease(f"r{n}"), f"r{n}|0|0", 10, 5, 1_000)
    message = owed.message()
    assert message is not None
    assert (message.number, [debt.scope for debt in message.debts]) == (1, [ANNA])
    told = orjson.loads(message.debts[0].told())
    assert (told["t"], told["s"], told["l"]) == (30, 15, ["r0|0|0", "r1|0|0", "r2|0|0"])


def test_a_message_is_the_same_until_it_was_heard() -> None:
    owed = Owed()
    owed.used(lease("r1"), None, 10, 0, 0)
    first = owed.message()
    owed.used(lease("r2"), None, 20, 0, 0)
    assert owed.message() is first
    owed.heard(0)
    assert owed.message() is first
    owed.heard(1)
    second = owed.message()
    assert second is not None
    assert (second.number, orjson.loads(second.debts[0].told())["t"]) == (2, 20)
    owed.heard(2)
    assert owed.message() is None


def test_what_was_used_before_midnight_counts_for_the_day_before() -> None:
    owed = Owed()
    owed.used(lease("r1"), None, 10, 0, DAY_MS - 1)
    owed.used(lease("r2"), None, 20, 0, DAY_MS)
    message = owed.message()
    assert message is not None
    assert [(debt.day, debt.tokens) for debt in message.debts] == [(0, 10), (1, 20)]


def test_requests_of_an_earlier_minute_are_not_told() -> None:
    owed = Owed()
    for moment in (0, 30_000, 70_000):
        owed.came(lease(f"at{moment}"), moment)
    message = owed.message()
    assert message is not None
    assert orjson.loads(message.debts[0].told())["r"] == ["at30000", "at70000"]


def test_a_message_is_never_too_long() -> None:
    owed = Owed()
    for n in range(MOST + 1):
        owed.used(lease(f"r{n}", Scope(f"user/{n}")), None, 1, 0, 0)
    lengths = list[int]()
    while (message := owed.message()) is not None:
        lengths.append(len(message.debts))
        owed.heard(message.number)
    assert lengths == [MOST, 1]
