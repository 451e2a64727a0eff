"""What a server asks and tells goes to whoever made the call of which it speaks."""

from typing import Any

from mcp_types import CreateMessageRequestParams, ElicitRequestFormParams, ErrorData, LoggingMessageNotificationParams

from tests.triforce_daemon.mcp_client.a_line import ACCEPTED, ALine
from triforce_daemon.mcp_client.hearing import Hearing
from triforce_daemon.mcp_client.line import Unasked
from triforce_daemon.mcp_client.lines import Lines

NOBODY: Any = None
FORM = ElicitRequestFormParams(message="x", requested_schema={"type": "object", "properties": {}})
SAMPLE = CreateMessageRequestParams(messages=[], max_tokens=5)
SAID = LoggingMessageNotificationParams(level="info", data="x")


async def test_the_caller_is_asked_and_told() -> None:
    lines, line = Lines(60), ALine(ACCEPTED, elicitation={})
    hearing = Hearing(lines)
    with lines.held(line):
        answer = await hearing.elicitation(NOBODY, FORM)
        await hearing.logged(SAID)
    assert answer.model_dump(include={"action", "content"}) == ACCEPTED
    assert line.asked == [("elicitation/create", FORM.model_dump(by_alias=True, exclude_none=True))]
    assert line.logged == [("info", "x")]


async def test_where_nobody_is_meant_nobody_is_asked_or_told() -> None:
    lines, first, second = Lines(60), ALine(ACCEPTED), ALine(ACCEPTED)
    hearing = Hearing(lines)
    for ask in (hearing.elicitation(NOBODY, FORM), hearing.sampling(NOBODY, SAMPLE), hearing.roots(NOBODY)):
        assert isinstance(await ask, ErrorData)
    await hearing.logged(SAID)
    with lines.held(first):
        pass
    with lines.held(second):
        pass
    assert first.asked == second.asked == [] and first.logged == second.logged == []


async def test_what_is_not_answered_or_no_answer_is_an_error() -> None:
    class Refusing(ALine):
        async def ask(self, method: str, params: Any) -> Any:
            raise Unasked("He does not want to.")

    lines = Lines(60)
    hearing = Hearing(lines)
    with lines.held(Refusing()):
        refused = await hearing.sampling(NOBODY, SAMPLE)
    assert isinstance(refused, ErrorData) and refused.message == "He does not want to."
    with lines.held(ALine({"roots": "nonsense"})):
        assert isinstance(await hearing.roots(NOBODY), ErrorData)
