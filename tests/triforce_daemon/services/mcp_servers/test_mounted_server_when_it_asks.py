"""A mounted server asks whoever called it, with the official client at the other end: each pair of revisions."""

import asyncio
import json
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import CreateMessageResult, ElicitResult, InputRequiredResult, TextContent

from tests.triforce_daemon.mcp_client.small_server import SmallServer
from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected, mount_fixtures
from tests.triforce_daemon.served_daemon import serve
from tests.triforce_daemon.services.mcp_servers.test_mounts import daemon, until, up

QUESTION = "The server small asks: Your name?"
SAMPLE = {
    "method": "sampling/createMessage",
    "params": {"messages": [{"role": "user", "content": {"type": "text", "text": "Hi"}}], "maxTokens": 5},
}


class Person:
    """Answers what his program shows him, or thinks about it for ever."""

    def __init__(self, *, answers: bool = True) -> None:
        self.seen: list[str] = []
        self.answers = answers

    async def elicit(self, context: Any, params: Any) -> ElicitResult:
        self.seen.append(params.message)
        if not self.answers:
            await asyncio.sleep(60)
        return ElicitResult(action="accept", content={"name": "Anna"})


async def sample(context: Any, params: Any) -> CreateMessageResult:
    return CreateMessageResult(role="assistant", content=TextContent(type="text", text="Paris"), model="m")


def told(result: Any) -> Any:
    return json.loads(result.content[0].text)


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_program_asks_through_its_pipes(folder: str, revision: str) -> None:
    async with daemon(folder, small=SmallServer(folder).table()) as served:
        await until(served, "small", up)
        token, anna = await served.token("tools:mounted"), Person()
        options = {"elicitation_callback": anna.elicit, "sampling_callback": sample}
        async with connected(served, token, revision, "/servers/small", **options) as client:
            answers = told(await client.call_tool("ask", {"times": 2}))
            assert [answer["content"] for answer in answers] == [{"name": "Anna"}] * 2
            assert anna.seen == [QUESTION] * 2
            (sampled,) = told(await client.call_tool("ask", {"question": SAMPLE}))
            assert sampled["content"]["text"] == "Paris"
        async with connected(served, token, revision) as mute:
            (refused,) = told(await mute.call_tool("small__ask", {}))
            assert "has not said that he answers elicitation/create" in refused["error"]


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_server_of_the_newest_revision_has_the_call_sent_once_more(folder: str, revision: str) -> None:
    async with serve(folder + "/.up") as upstream:
        mount_fixtures(upstream)
        header = f"Authorization: Bearer {await upstream.token('tools')}"
        async with daemon(folder, small={"url": f"{upstream.http.url}/v1/mcp", "headers": [header]}) as served:
            await until(served, "small", up)
            anna = Person()
            options: dict[str, Any] = {"elicitation_callback": anna.elicit}
            token = await served.token("tools:mounted")
            async with connected(served, token, revision, "/servers/small", **options) as client:
                greeted = await client.call_tool("test_input_required_result_elicitation", {})
                assert greeted.content[0].text == "Hello, Anna!"  # type: ignore[union-attr]
                assert anna.seen == ["The server small asks: What is your name?"]


async def test_what_one_was_asked_another_cannot_answer(folder: str) -> None:
    async with daemon(folder, small=SmallServer(folder).table()) as served:
        await until(served, "small", up)
        mine, other = (
            await served.token("tools:mounted", name="mine"),
            await served.token("tools:mounted", name="other"),
        )
        options: dict[str, Any] = {"elicitation_callback": Person().elicit}
        answer = {"question-1": ElicitResult(action="accept", content={"name": "Eve"})}
        async with (
            connected(served, mine, query="/servers/small", **options) as client,
            connected(served, other, query="/servers/small", **options) as thief,
            connected(served, mine, **options) as elsewhere,
        ):
            asked = await client.session.call_tool("ask", {}, allow_input_required=True)
            assert isinstance(asked, InputRequiredResult) and asked.request_state is not None
            state = asked.request_state
            attempts = (
                (thief, "ask", {}, state),
                (elsewhere, "small__ask", {}, state),
                (client, "ask", {"times": 2}, state),
                (client, "ask", {}, state[:-2] + ("A" if state[-2] != "A" else "B") + state[-1]),
            )
            for one, tool, arguments, shown in attempts:
                with pytest.raises(MCPError, match="Invalid or expired requestState"):
                    await one.session.call_tool(
                        tool, arguments, request_state=shown, input_responses=answer, allow_input_required=True
                    )
            done = await client.session.call_tool("ask", {}, request_state=state, input_responses=answer)
            assert told(done)[0]["content"] == {"name": "Eve"}
            again = await client.session.call_tool("ask", {}, request_state=state, input_responses=answer)
            assert again.is_error and "is over" in str(again.content)


async def test_a_call_is_agreed_to_once_whatever_is_asked_on_the_way(folder: str) -> None:
    async with daemon(folder, small={**SmallServer(folder).table(), "approval": "always"}) as served:
        await until(served, "small", up)
        options: dict[str, Any] = {"elicitation_callback": Person().elicit}
        async with connected(served, await served.token("tools:mounted"), query="/servers/small", **options) as client:
            waits = await client.call_tool("ask", {"times": 2})
            approval = (waits.meta or {})["triforce/error"]["approval"]
            assert (await served.post(f"/v1/approvals/{approval}", {"verdict": "granted"}))[0] == 200
            assert len(told(await client.call_tool("ask", {"times": 2}))) == 2
            assert (await client.call_tool("ask", {"times": 2})).is_error, "it was agreed to once"
        _, written = await served.get("/v1/audit", kind="tool")
        assert [row["what"] for row in written["items"]][::-1] == [
            "called small__ask approval_needed",
            *["called small__ask asked"] * 2,
            "called small__ask",
            "called small__ask approval_needed",
        ]


async def test_who_hangs_up_while_he_is_asked_ends_it_there_as_well(folder: str) -> None:
    small = SmallServer(folder)
    async with daemon(folder, small=small.table()) as served:
        await until(served, "small", up)
        token, away = await served.token("tools:mounted"), Person(answers=False)
        options = {"elicitation_callback": away.elicit}
        async with connected(served, token, "legacy", "/servers/small", **options) as client:
            asking = asyncio.create_task(client.call_tool("ask", {}))
            while not away.seen:
                await asyncio.sleep(0.01)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            async with asyncio.timeout(5):
                while not small.cancelled:
                    await asyncio.sleep(0.01)


async def test_who_does_not_answer_is_waited_for_so_long(folder: str) -> None:
    async with daemon(folder, small={**SmallServer(folder).table(), "answer_seconds": 0.1}) as served:
        await until(served, "small", up)
        options = {"elicitation_callback": Person(answers=False).elicit}
        token = await served.token("tools:mounted")
        async with connected(served, token, "legacy", "/servers/small", **options) as client:
            (refused,) = told(await client.call_tool("ask", {}))
            assert refused == {"error": "Nobody has answered."}


async def test_a_call_by_the_api_can_ask_nobody(folder: str) -> None:
    async with daemon(folder, small=SmallServer(folder).table()) as served:
        await until(served, "small", up)
        _, called = await served.post("/v1/tools/small__ask/run", {"arguments": {"question": SAMPLE}})
        assert "cannot be asked anything" in str(called["content"])
