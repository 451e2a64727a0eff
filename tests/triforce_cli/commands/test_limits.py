"""Limits as a person reads them."""

import pytest

from triforce_cli.commands._limits import NOTHING_SET, limits_in_words, own_limits
from triforce_daemon.wire.users import OwnLimits

NONE: OwnLimits = {"requests_per_minute": None, "parallel": None, "tokens_per_day": None, "spend": None, "models": []}


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({}, "those of the tier"),
        ({"requests_per_minute": 1_000}, "1,000 requests a minute"),
        ({"tokens_per_day": 0}, "any number of tokens a day"),
        ({"spend": "0", "models": ["groq/*", "builtin/*"]}, "$0, the models groq/*, builtin/*"),
    ],
)
def test_what_is_set_in_words(own: OwnLimits, words: str) -> None:
    assert limits_in_words({**NONE, **own}) == words


def test_only_what_is_said_is_set_and_none_takes_a_cap_away() -> None:
    assert own_limits(None, None, None, None, None) == {}
    assert own_limits(0, None, 7, "none", ["x"]) == {
        "requests_per_minute": 0,
        "tokens_per_day": 7,
        "spend": None,
        "models": ["x"],
    }
    assert NOTHING_SET == NONE
