"""What stands beside an answer."""

from typing import Any

import pytest

from tests.triforce_cli.replies import SESSION_ID, TURN
from triforce_cli.contexts import Globals
from triforce_cli.conversation.answer import Answer
from triforce_cli.conversation.conversation import Conversation
from triforce_cli.conversation.remarks import loading, remark, remark_on_the_end, usage_line
from triforce_cli.output.pull_progress import Progress

DONE: Any = TURN[-1]
CUT: Any = {**DONE, "finish_reason": "length"}
PLAIN = Globals({})


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "12 tokens in, 34 out, 0.4 s, 110 tokens/s, m"),
        (
            {"usage": {"input_tokens": 1, "output_tokens": 1, "estimated": True}},
            "1 token in, 1 out (estimated), 0.4 s, m",
        ),
        ({"first_token_ms": None, "total_ms": 2_000}, "12 tokens in, 34 out, 2.0 s, 17 tokens/s, m"),
        ({"first_token_ms": 400}, "12 tokens in, 34 out, 0.4 s, m"),
    ],
)
def test_what_an_answer_took(changes: dict[str, Any], line: str) -> None:
    result: Any = {**DONE, "model": "m", **changes}
    assert usage_line(result) == line


@pytest.mark.parametrize(
    ("answer", "conversation", "said"),
    [
        (Answer(done=DONE), Conversation(), ""),
        (Answer(stopped=True), Conversation(session=SESSION_ID), "Stopped. What came is kept.\n"),
        (Answer(stopped=True), Conversation(session=SESSION_ID, keep=False), "Stopped.\n"),
        (Answer(stopped=True), Conversation(), "Stopped.\n"),
        (
            Answer(done=CUT),
            Conversation(),
            "The answer was cut after 34 tokens. More may come with --max-tokens, or ask it to go on.\n",
        ),
    ],
)
def test_how_it_ended(
    answer: Answer, conversation: Conversation, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    remark_on_the_end(answer, conversation, PLAIN)
    assert capsys.readouterr() == ("", said)
    remark_on_the_end(answer, conversation, PLAIN._replace(quiet=True))
    assert capsys.readouterr() == ("", "")


def test_a_remark_is_one_harmless_line(capsys: pytest.CaptureFixture[str]) -> None:
    remark("a\x1b[31m\nb", PLAIN)
    assert capsys.readouterr().err == "a␛[31m b\n"


def test_loading_is_shown_to_those_who_look(capsys: pytest.CaptureFixture[str]) -> None:
    assert type(loading(PLAIN)) is Progress
    assert type(loading(PLAIN._replace(verbose=True))) is not Progress
