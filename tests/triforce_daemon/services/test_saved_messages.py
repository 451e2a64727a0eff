"""Messages become turns and come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.saved_messages import _turns, messages_of
from triforce_daemon.wire.sessions import SessionDetail

TEXT = st.text("ab c", min_size=1)
TALK = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4)


def document(system: str | None, history: list) -> SessionDetail:
    return {"system": system, "history": history}  # type: ignore[typeddict-item]


@given(st.none() | TEXT, TALK)
def test_there_and_back(system: str | None, talk: list[tuple[str, str]]) -> None:
    messages = [{"role": "system", "content": system}] if system else []
    for asked, said in talk:
        messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
    assert messages_of(document(*_turns(messages, "m", "2026-01-01T00:00:00Z"))) == messages


@pytest.mark.parametrize("wrong", [{}, {"role": "user"}, {"role": "tool", "content": "x"}])
def test_what_is_no_message(wrong: dict) -> None:
    with pytest.raises(InvalidArguments, match="Message 0"):
        _turns([wrong], "m", "")
