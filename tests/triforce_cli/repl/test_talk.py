"""What a conversation knows between two messages."""

import pytest

from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import SESSION_ID, TURN
from triforce_cli.contexts import Globals
from triforce_cli.conversation.conversation import Conversation
from triforce_cli.errors import DaemonError, DaemonWentAway, InputInvalid
from triforce_cli.repl.talk import Talk

NEW = "/v1/sessions/new/turns"


@pytest.fixture
def talk(environ: dict[str, str], fake_daemon: FakeDaemon) -> Talk:
    return Talk(Conversation(), Globals(environ))


def test_a_message_and_its_answer_are_remembered(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.send("Why?")
    assert talk.answer is not None and talk.answer.text == "Because of Rayleigh scattering."
    assert (talk.said, talk.tokens, talk.conversation.session) == ("Why?", 46, SESSION_ID)
    assert capsys.readouterr() == ("Because of Rayleigh scattering.\n", "")
    talk.send("And?")
    assert (talk.said, talk.tokens) == ("And?", 92)


def test_usage_is_told_where_it_is_wanted(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.usage = True
    talk.send("Why?")
    assert "110 tokens/s" in capsys.readouterr().err


def test_what_is_attached_waits_until_it_is_sent(talk: Talk, fake_daemon: FakeDaemon) -> None:
    talk.attached = ["A"]
    fake_daemon.refuses("POST", NEW, 404, "model_not_found")
    fake_daemon.streams("POST", NEW, TURN)
    with pytest.raises(DaemonError):
        talk.send("Read it.")
    talk.send("Read it.")
    assert [asked.body["input"] for asked in fake_daemon.asked if asked.path == NEW] == ["Read it.\n\nA"] * 2
    assert talk.attached == []


def test_what_broke_off_is_remembered_too(talk: Talk, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, [*TURN[:2], b": ping\n\n"])
    with pytest.raises(DaemonWentAway):
        talk.send("Why?")
    assert talk.answer is not None and talk.answer.text == "Because of "
    assert (talk.said, talk.tokens) == ("Why?", 0)


def test_what_cannot_be_sent_is_told(talk: Talk) -> None:
    with pytest.raises(InputInvalid):
        talk.send("\udcff")
