"""What goes along with a message, and what the daemon's answer changes."""

from typing import Any

import pytest

from tests.triforce_cli.replies import MODEL_ID, SESSION, SESSION_ID, TURN
from triforce_cli.conversation.conversation import Conversation

STARTED: Any = TURN[0]


@pytest.mark.parametrize(
    ("conversation", "more"),
    [
        (Conversation(), {}),
        (Conversation(title="T", cwd="/a", keep=False), {"title": "T", "cwd": "/a", "keep": False}),
        (Conversation(session=SESSION_ID, title="T", cwd="/a"), {}),
        (Conversation(system="", options={"seed": 0}, model="m"), {"system": "", "options": {"seed": 0}, "model": "m"}),
        (Conversation(json_schema={}), {"json_schema": {}}),
    ],
)
def test_only_what_was_said_is_sent(conversation: Conversation, more: dict[str, Any]) -> None:
    assert conversation.request("Hi") == {"input": "Hi", **more}


def test_again_replaces_the_last_answer() -> None:
    assert Conversation(session="s").request("", again=True) == {"input": "", "replace_last": True}


def test_a_session_that_is_kept_goes_on() -> None:
    conversation = Conversation()
    conversation.begins(STARTED)
    assert (conversation.session, conversation.title, conversation.model) == (SESSION_ID, STARTED["title"], MODEL_ID)
    assert conversation.begun


def test_a_session_that_is_not_kept_does_not_go_on() -> None:
    conversation = Conversation()
    not_kept: Any = {**STARTED, "kept": False}
    conversation.begins(not_kept)
    assert not conversation.begun and conversation.model == MODEL_ID


def test_a_session_is_taken_up_with_its_instructions() -> None:
    conversation = Conversation(system="of before")
    conversation.goes_on_with({**SESSION, "system": "of then"})
    assert (conversation.session, conversation.system) == (SESSION_ID, "of then")
