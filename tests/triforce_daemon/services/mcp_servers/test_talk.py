"""A call with all that is asked on the way, until there is an answer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from tests.triforce_daemon.services.mcp_servers.a_client import ACCEPTED, FORM, AClient
from tests.triforce_daemon.toolbox.bench import OWNER
from triforce_daemon.errors import ToolFailed
from triforce_daemon.mcp_client.needed import Lacking, Needed, Resumed
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.mcp_servers import talk
from triforce_daemon.services.mcp_servers.caller_line import CallerLine
from triforce_daemon.services.mcp_servers.talk import Speaker, Talks, speaker_of
from triforce_daemon.services.mcp_servers.turn import Turn
from triforce_daemon.services.mcp_servers.unfinished import UnfinishedCalls
from triforce_daemon.toolbox.client import CapabilityMissing, InputRequired

WHAT = ("tools/call deploy", "digest")
ASKED: dict[str, Mapping[str, Any]] = {"name": {"method": "elicitation/create", "params": FORM}}


@pytest.fixture
async def talks() -> AsyncIterator[Talks]:
    tasks = Tasks()
    yield Talks("s", UnfinishedCalls(Clock()), tasks)
    await tasks.stop()


class Server:
    """Answers each time with the next of these; what it was sent is noted."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.sent: list[Resumed] = []

    async def __call__(self, line: CallerLine, resumed: Resumed) -> Any:
        line.within(Turn(5, asyncio.Semaphore(1)), 5)
        self.sent.append(resumed)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return await answer(line) if isinstance(answer, Callable) else answer  # type: ignore[arg-type]


def speaker(client: AClient | None, asker: str = "token/a") -> Speaker:
    return Speaker(asker, WHAT, client)


async def test_whoever_can_be_asked_at_once_is_and_the_call_is_sent_once_more(talks: Talks) -> None:
    server, client = Server(Needed(ASKED, "seen"), "done"), AClient(ACCEPTED)
    assert await talks.answer(speaker(client), server, stateless=True) == "done"
    assert [(one.answers, one.state) for one in server.sent] == [({}, None), ({"name": ACCEPTED}, "seen")]
    assert client.asked[0][1]["message"] == "The server s asks: Name?"


async def test_whoever_cannot_sends_it_once_more_himself(talks: Talks) -> None:
    server = Server(Needed(ASKED, "seen"), "done")
    with pytest.raises(InputRequired) as asked:
        await talks.answer(speaker(AClient(at_once=False)), server, stateless=True)
    assert asked.value.requests["name"]["params"]["message"] == "The server s asks: Name?"
    state = asked.value.state
    assert state is not None and "seen" not in state
    back = AClient(at_once=False, state=state, answers={"name": ACCEPTED})
    assert await talks.answer(speaker(back), server, stateless=True) == "done"
    assert server.sent[1] == Resumed({"name": ACCEPTED}, "seen")
    with pytest.raises(ToolFailed, match="is over"):
        await talks.answer(speaker(back), server, stateless=True)
    assert len(server.sent) == 2, "it goes on once"


@pytest.mark.parametrize("other", [{"asker": "token/b"}, {"what": ("tools/call deploy", "other")}])
async def test_nobody_goes_on_with_what_is_not_his(talks: Talks, other: dict[str, Any]) -> None:
    server = Server(Needed(ASKED, "seen"), "done")
    with pytest.raises(InputRequired) as asked:
        await talks.answer(speaker(AClient(at_once=False)), server, stateless=True)
    thief = AClient(at_once=False, state=asked.value.state, answers={"name": ACCEPTED})
    with pytest.raises(ToolFailed, match="is over"):
        await talks.answer(
            Speaker(**{"asker": "token/a", "what": WHAT, "client": thief} | other), server, stateless=True
        )
    assert len(server.sent) == 1


@pytest.mark.parametrize("client", [None, AClient(can={}), AClient(can={}, at_once=False), AClient(can=None)])
async def test_who_has_not_said_that_he_answers_is_not_asked(talks: Talks, client: AClient | None) -> None:
    server = Server(Needed(ASKED, None), "done")
    with pytest.raises(ToolFailed, match="The server s gets no answer to what it asks"):
        await talks.answer(speaker(client), server, stateless=True)
    assert len(server.sent) == 1 and (client is None or client.asked == [])


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_server_that_asks_for_ever_comes_to_an_end(
    talks: Talks, at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "MOST_QUESTIONS", 3)
    server = Server(Needed(ASKED, "again"))
    client, raised = AClient(ACCEPTED, at_once=at_once), 0
    with pytest.raises(ToolFailed, match="has asked 3 times"):
        while True:
            try:
                await talks.answer(speaker(client), server, stateless=True)
            except InputRequired as asked:
                raised += 1
                client = AClient(at_once=False, state=asked.state, answers={"name": ACCEPTED})
    assert len(server.sent) == 3 and raised == (0 if at_once else 3)


async def test_what_a_client_lacks_is_told_to_it_where_that_is_so(talks: Talks) -> None:
    with pytest.raises(CapabilityMissing) as lacking:
        await talks.answer(speaker(AClient(can={})), Server(Lacking("sampling")), stateless=True)
    assert lacking.value.capability == "sampling"
    for client, capability in ((AClient(), "sampling"), (AClient(can={}), "x\x1b"), (None, "sampling")):
        with pytest.raises(ToolFailed, match="more of whoever calls it"):
            await talks.answer(speaker(client), Server(Lacking(capability)), stateless=True)


async def test_a_server_that_waits_is_answered_by_whoever_comes_back(talks: Talks) -> None:
    async def ask(line: CallerLine) -> Any:
        await line.log("info", "working")
        answer = await line.ask("elicitation/create", FORM)
        await line.log("info", "still")
        return answer

    first, server = AClient(at_once=False), Server(ask)
    with pytest.raises(InputRequired) as asked:
        await talks.answer(speaker(first), server, stateless=False)
    again = AClient(at_once=False, state=asked.value.state, answers={"other": ACCEPTED})
    with pytest.raises(InputRequired) as once_more:
        await talks.answer(speaker(again), server, stateless=False)
    thief = AClient(at_once=False, state=once_more.value.state, answers={"question-1": ACCEPTED})
    with pytest.raises(ToolFailed, match="is over"):
        await talks.answer(speaker(thief, "token/b"), server, stateless=False)
    last = AClient(at_once=False, state=once_more.value.state, answers={"question-1": ACCEPTED})
    assert await talks.answer(speaker(last), server, stateless=False) == ACCEPTED
    assert len(server.sent) == 1, "the server was called once"
    assert [said[1] for said in first.logged] == ["working"] and [said[1] for said in last.logged] == ["still"]


def test_a_speaker_is_known_by_who_he_is_and_what_he_calls() -> None:
    mine = speaker_of(OWNER, "tools/call", "deploy", {"a": 1})
    assert mine == speaker_of(OWNER, "tools/call", "deploy", {"a": 1})
    assert mine.what != speaker_of(OWNER, "tools/call", "deploy", {"a": 2}).what
    assert mine.what != speaker_of(OWNER, "prompts/get", "deploy", {"a": 1}).what
