"""Which model and which session are meant by what was said."""

from typing import Any

import pytest

from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL, MODEL_ID, MODELS, OTHER_MODEL, SESSION_ID
from triforce_cli.conversation.choice import Choice, model_by_words
from triforce_cli.conversation.conversation import Conversation
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import NotFound, WrongUsage


@pytest.fixture
def client(fake_daemon: FakeDaemon) -> DaemonClient:
    return DaemonClient.at(fake_daemon.socket)


def settled(client: DaemonClient, choice: Choice, **before: Any) -> Conversation:
    conversation = Conversation(**before)
    choice.settle(conversation, client, {"TRIFORCE_MODEL": "builtin/environment"})
    return conversation


def test_nothing_said_is_a_new_session_with_the_model_of_the_environment(client: DaemonClient) -> None:
    conversation = settled(client, Choice())
    assert not conversation.begun and conversation.model == "builtin/environment"


@pytest.mark.parametrize("choice", [Choice(go_on=True), Choice(resume=SESSION_ID[:3])])
def test_a_session_brings_its_model(client: DaemonClient, choice: Choice) -> None:
    conversation = settled(client, choice)
    assert (conversation.session, conversation.model) == (SESSION_ID, MODEL_ID)


def test_what_is_said_wins_over_the_session(client: DaemonClient) -> None:
    conversation = settled(client, Choice(model="builtin/other", go_on=True), system="Be brief.")
    assert (conversation.session, conversation.model) == (SESSION_ID, "builtin/other")
    assert conversation.system == "Be brief."


def test_of_several_models_the_one_that_can_answer(client: DaemonClient, fake_daemon: FakeDaemon) -> None:
    down = {**MODEL, "id": "builtin/a", "state": "down"}
    usable = {**OTHER_MODEL, "id": "builtin/a-long-name", "state": "ok"}
    short = {**usable, "id": "builtin/abc"}
    fake_daemon.answers("GET", "/v1/registry/models", {**MODELS, "items": [down, usable, short, MODEL]})
    assert model_by_words(client, ["A"]) == MODEL_ID, "the default"
    assert model_by_words(client, ["/a"]) == "builtin/abc", "then the shortest"
    assert model_by_words(client, ["/a", "LONG"]) == "builtin/a-long-name"
    assert model_by_words(client, ["proves"]) == MODEL_ID, "a word of the description"
    with pytest.raises(NotFound):
        model_by_words(client, ["a", "nowhere"])


@pytest.mark.parametrize("choice", [Choice(model="a", words=("b",)), Choice(resume="a", go_on=True)])
def test_two_things_at_once(choice: Choice) -> None:
    with pytest.raises(WrongUsage, match="Both"):
        choice.checked()


def test_what_is_old_has_its_title() -> None:
    Choice().checked("A title")
    with pytest.raises(WrongUsage, match="--title"):
        Choice(go_on=True).checked("A title")
