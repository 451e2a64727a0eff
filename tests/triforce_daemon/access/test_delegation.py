"""Nobody hands on more than he has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.access.admission import allows
from triforce_daemon.access.caller import Caller
from triforce_daemon.access.delegation import Rights, covers, handed_on
from triforce_daemon.errors import Forbidden

NARROW = Caller(
    kind="token", name="t", scopes=frozenset({"inference", "account"}), models=("groq/*", "small"), boundary="mesh",
    expires=1_000,
)  # fmt: skip
WIDE = Caller(kind="user", name="u", scopes=frozenset({"inference", "read", "sessions", "account"}))
ASKED: Rights = {"scopes": ["inference"], "models": ["groq/*"], "boundary": "mesh", "expires": 1_000}


def test_what_one_has_one_may_hand_on() -> None:
    for creator in (NARROW, WIDE, Caller(kind="owner", name="o")):
        assert handed_on(creator, ASKED) == ASKED


def test_what_was_left_open_is_filled_with_what_the_creator_has() -> None:
    asked: Rights = {"scopes": ["inference"], "models": [], "boundary": "machine", "expires": None}
    assert handed_on(NARROW, asked) == {**asked, "models": ("groq/*", "small"), "expires": 1_000}
    assert handed_on(WIDE, asked) == {**asked, "models": ()}


MORE = [
    {"scopes": ["read"]}, {"scopes": ["inference", "sessions"]}, {"models": ["*"]}, {"models": ["groq/*", "mistral/x"]},
    {"models": ["smal*"]}, {"boundary": "any"}, {"expires": 1_001},
]  # fmt: skip


@pytest.mark.parametrize("more", MORE, ids=str)
def test_more_is_refused(more: dict[str, object]) -> None:
    asked: Rights = {**ASKED, **more}  # type: ignore[typeddict-item]
    assert handed_on(WIDE, asked) == asked
    with pytest.raises(Forbidden, match="cannot hand on"):
        handed_on(NARROW, asked)


_PATTERN = st.text("ab/*?[]", min_size=1, max_size=6)


@given(_PATTERN, _PATTERN, st.text("ab", min_size=1, max_size=3), st.text("ab/*?[]", min_size=1, max_size=4))
def test_whatever_fits_the_narrower_pattern_fits_the_wider_one(
    wide: str, narrow: str, provider: str, name: str
) -> None:
    if covers(wide, narrow):
        assert not allows([narrow], f"{provider}/{name}") or allows([wide], f"{provider}/{name}")


def test_a_pattern_covers_what_begins_like_it() -> None:
    assert covers("groq/*", "groq/llama*")
    assert covers("*", "[ab]?")
    assert not covers("?", "*")
    assert not covers("g?oq/*", "groq/x")
