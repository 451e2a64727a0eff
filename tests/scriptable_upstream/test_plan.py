"""Plans: which request gets which behaviour."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scriptable_upstream.behaviour import OK, Behaviour
from tests.scriptable_upstream.behaviour_text import NotUnderstood
from tests.scriptable_upstream.plan import Case, Plan, Progress, Rule, read_plan, write_plan
from tests.scriptable_upstream.test_behaviour_text import behaviours

NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789/:.-@", min_size=1).filter(lambda name: not name.endswith(":"))
RULES = st.builds(
    Rule,
    behaviours(),
    first=st.none() | st.integers(0, 1000),
    key=st.none() | NAMES,
    model=st.none() | NAMES,
    provider=st.none() | NAMES,
    percent=st.none() | st.integers(0, 100),
    on=st.sampled_from(["answers", "lists", "all"]),
)


@given(st.lists(RULES, max_size=4).map(lambda rules: Plan(tuple(rules))))
def test_what_is_written_is_read_as_the_same(plan: Plan) -> None:
    assert read_plan(write_plan(plan)) == plan


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        plan = read_plan(text)
    except NotUnderstood:
        return
    assert read_plan(write_plan(plan)) == plan


def statuses(text: str, *cases: Case) -> list[int | None]:
    progress, plan = Progress(), read_plan(text)
    return [progress.behaviour(plan, case).status for case in cases]


def test_a_sequence() -> None:
    assert statuses("first 2: status=500; then ok", *[Case()] * 4) == [500, 500, None, None]
    assert statuses("first 1: 500; first 2: 429; then 400", *[Case()] * 5) == [500, 429, 429, 400, 400]


def test_by_key() -> None:
    asked = [Case(key=key) for key in "ABAB"]
    assert statuses("key A: 401", *asked) == [401, None, 401, None]
    assert statuses("key A first 1: 401; key B: 403; then 400", *asked) == [401, 403, 400, 403]


def test_by_model_and_provider() -> None:
    asked = [Case(model="llama3.2:1b"), Case(model="x", provider="groq"), Case()]
    assert statuses("model llama3.2:1b: 404; provider groq: 500", *asked) == [404, 500, None]


def test_lists_are_left_alone_unless_named() -> None:
    asked = [Case("answers"), Case("lists")]
    assert statuses("500", *asked) == [500, None]
    assert statuses("on lists: 500", *asked) == [None, 500]
    assert statuses("on all: 500", *asked) == [500, 500]


def test_by_chance_but_always_the_same() -> None:
    first, second = (statuses("30%: 500; ok", *[Case()] * 1000) for _ in range(2))
    assert first == second
    assert 250 < Counter(first)[500] < 350


def test_the_same_plan_in_two_places_is_counted_apart() -> None:
    progress, plan = Progress(), read_plan("first 1: 500")
    seen = [progress.behaviour(plan, Case(), scope) for scope in ("a", "b", "a")]
    assert seen == [Behaviour(status=500), Behaviour(status=500), OK]


@pytest.mark.parametrize(
    "text", ["first x: 500", "first: 500", "key: 500", "when 3: 500", "on never: 500", "frist 2: 500"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood, match="condition"):
        read_plan(text)
