"""A conversation as clients write it reaches every provider, and each takes it: none sees what it would refuse."""

import json
from typing import Any

import pytest

from tests.scriptable_upstream.fixtures import upstream
from tests.scriptable_upstream.script import say
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.remotes import remotes
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.setting_values import CATALOGUE

__all__ = ["upstream"]

TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}
CALL = {"id": "call_62136354", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}}
#: What the OpenAI client's own answers look like when a program sends them back, and what else programs send along.
BODY: dict[str, Any] = {
    "messages": [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "1+1?"},
        {
            "role": "assistant", "content": None, "tool_calls": [CALL], "refusal": None, "annotations": [],
            "audio": None, "function_call": None, "reasoning_content": "Hm.",
        },
        {"role": "tool", "tool_call_id": CALL["id"], "content": "2"},
    ],
    "tools": [TOOL],
    "seed": 7, "user": "anna", "max_completion_tokens": 64, "store": False, "logprobs": False, "temperature": 0.5,
}  # fmt: skip
ANTHROPIC = {
    "max_tokens": 64,
    "top_k": 3,
    "messages": [
        {"role": "user", "content": "1+1?"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_01", "name": "add", "input": {"a": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_01", "content": "2"}]},
    ],
    "tools": [{"name": "add", "input_schema": {"type": "object"}}],
}


async def asked(served: ServedDaemon, path: str, body: dict[str, Any]) -> tuple[int, str, str]:
    """The status, the text of the answer as it came, and what was dropped."""
    async with served.client.post("http://triforced" + path, json=body) as reply:
        return reply.status, await reply.text(), reply.headers.get("x-triforce-dropped", "")


@pytest.mark.parametrize("name", CATALOGUE)
async def test_every_provider_takes_it(folder: str, upstream: Upstream, name: str) -> None:
    upstream.github_retired = False
    upstream.script("model-x", say("It", " is", " two."))
    async with serve(folder, remotes(upstream, name)) as served:
        for path, body in (("/v1/chat/completions", BODY), ("/v1/messages", ANTHROPIC)):
            for stream in (False, True):
                status, text, _ = await asked(served, path, {**body, "model": f"{name}/model-x", "stream": stream})
                assert status == 200, (path, stream, text)
                assert "two." in text
                assert "error" not in text
                assert not stream or _ended(text), text


def _ended(text: str) -> bool:
    last = text.rstrip().rsplit("data: ", 1)[-1]
    return last == "[DONE]" or json.loads(last)["type"] == "message_stop"


async def test_what_is_left_out_is_named(folder: str, upstream: Upstream) -> None:
    async with serve(folder, remotes(upstream, "mistral")) as served:
        status, _, dropped = await asked(
            served, "/v1/chat/completions", {**BODY, "model": "mistral/mistral-small-latest"}
        )
    assert status == 200
    assert dropped.split(",") == ["user", "messages.reasoning_content"]
    sent = upstream.records.last.json
    assert (sent["random_seed"], sent["max_tokens"], sent["messages"][0]["role"]) == (7, 64, "system")
    assert len(sent["messages"][3]["tool_call_id"]) == 9


async def test_too_many_tools_are_trimmed_with_a_word(folder: str, upstream: Upstream) -> None:
    tools = [{"type": "function", "function": {"name": f"t{number}", "parameters": {}}} for number in range(134)]
    body = {"model": "groq/llama-3.1-8b-instant", "messages": [{"role": "user", "content": "Hi"}], "tools": tools}
    async with serve(folder, remotes(upstream, "groq")) as served:
        status, text, dropped = await asked(served, "/v1/chat/completions", body)
        assert status == 200, text
        assert dropped == "tools (6 of 134)"
        assert len(upstream.records.last.json["tools"]) == 128
        messages = [{"role": "assistant", "tool_calls": [
            {**CALL, "id": f"c{number}", "function": {"name": f"t{number}", "arguments": "{}"}} for number in range(130)
        ]}]  # fmt: skip
        before = len(upstream.records)
        status, text, _ = await asked(served, "/v1/chat/completions", {**body, "messages": messages})
    assert (status, len(upstream.records)) == (400, before)
    assert "Groq takes at most 128 tools" in text
