from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.services.routing.budget import Budget


@given(st.lists(st.booleans(), max_size=500), st.sampled_from([0.0, 0.05, 0.2, 1.0]))
def test_extra_requests_are_a_share_of_the_wanted_ones(steps: list[bool], share: float) -> None:
    """True: a request is wanted; False: an extra one is asked for."""
    budget = Budget(share, reserve=3)
    extra = 0
    for wanted in steps:
        if wanted:
            budget.wanted("groq")
        else:
            extra += budget.take("groq")
    assert extra <= 3 + share * steps.count(True) + 1e-9


def test_each_upstream_has_a_bucket_of_its_own() -> None:
    budget = Budget(0.2, reserve=1)
    assert budget.take("groq")
    assert not budget.take("groq")
    assert budget.take("mistral")
