"""A chat by any dialect: Responses by OpenAI's client, and what all dialects promise."""

import json

import pytest

from tests.scriptable_upstream.script import Script, Text, Usage, say
from tests.triforce_daemon.routes.real_clients import openai_client
from tests.triforce_daemon.served_daemon import ServedDaemon

HI = {"role": "user", "content": "hi"}
STREAMS = {
    "/v1/chat/completions": {"messages": [HI], "stream": True},
    "/v1/completions": {"prompt": "hi", "stream": True},
    "/v1/responses": {"input": "hi", "stream": True},
    "/v1/messages": {"messages": [HI], "max_tokens": 9, "stream": True},
    "/v1beta/models/small:streamGenerateContent?alt=sse": {"contents": [{"parts": [{"text": "hi"}]}]},
    "/api/chat": {"model": "small", "messages": [HI]},
    "/api/generate": {"model": "small", "prompt": "hi"},
}


async def test_a_response(served: ServedDaemon) -> None:
    async with openai_client(served) as client:
        answer = await client.responses.create(model="default", input="hi", instructions="Be brief.")
        stream = await client.responses.create(model="default", input="hi", stream=True)
        events = [event async for event in stream]
    assert answer.output_text == "Hello there"
    assert (answer.status, answer.usage.output_tokens) == ("completed", 2)
    assert events[0].type == "response.created"
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == "Hello there"
    assert [event.sequence_number for event in events] == list(range(len(events)))


async def test_a_completion(served: ServedDaemon) -> None:
    async with openai_client(served) as client:
        answer = await client.completions.create(model="default", prompt="hi", max_tokens=9, logprobs=2)
        stream = await client.completions.create(model="default", prompt=["hi"], stream=True)
        text = "".join([chunk.choices[0].text async for chunk in stream])
    assert (answer.choices[0].text, answer.choices[0].finish_reason, text) == ("Hello there", "stop", "Hello there")
    assert answer.usage.completion_tokens == 2
    assert served.upstream.records[0].json["messages"] == [{"role": "user", "content": "hi"}]
    status, body = await served.post("/v1/completions", {"prompt": "hi", "n": 2})
    assert (status, body["error"]["type"]) == (400, "invalid_request_error")


async def test_a_whole_answer_is_gathered_where_the_upstream_only_streams(served: ServedDaemon) -> None:
    served.provider.streams_only = True
    async with openai_client(served) as client:
        chat = await client.chat.completions.create(model="default", messages=[HI], max_tokens=9)
        answer = await client.responses.create(model="default", input="hi")
    assert (chat.choices[0].message.content, chat.choices[0].finish_reason) == ("Hello there", "stop")
    assert (chat.usage.completion_tokens, answer.output_text) == (2, "Hello there")
    assert [asked.json["stream"] for asked in served.upstream.records] == [True, True]
    served.upstream.plan("cut-after=2")
    status, body = await served.post("/v1/chat/completions", {"messages": [HI]})
    assert (status, body["error"]["code"]) == (502, "upstream_failed")


@pytest.mark.parametrize("path", STREAMS)
async def test_every_stream_tells_all_and_is_paid_for_before_its_end(served: ServedDaemon, path: str) -> None:
    words = tuple(f"w{number} " for number in range(30))
    served.upstream.enqueue(Script((Text(words),), usage=Usage(7, 30)))
    async with served.client.post(f"http://triforced{path}", json=STREAMS[path]) as reply:
        assert reply.status == 200, await reply.text()
        text = await reply.text()
    assert all(word in text for word in words)
    _, usage = await served.get("/v1/usage")
    assert (usage["items"][0]["tokens_in"], usage["items"][0]["tokens_out"]) == (7, 30)


@pytest.mark.parametrize("path", STREAMS)
async def test_no_stream_that_was_cut_looks_like_success(served: ServedDaemon, path: str) -> None:
    served.upstream.enqueue(say("half"), "cut-after=2")
    async with served.client.post(f"http://triforced{path}", json=STREAMS[path]) as reply:
        text = await reply.text()
    assert "half" in text
    assert "broke off" in text or "upstream_failed" in text
    for success in ("[DONE]", "response.completed", "message_stop", '"finishReason": "STOP"', '"done":true'):
        assert success not in text
    _, usage = await served.get("/v1/usage")
    assert (usage["items"][0]["errors"], usage["items"][0]["tokens_out"]) == (1, 1)


@pytest.mark.parametrize("path", STREAMS)
async def test_what_nests_deeply_is_never_a_mistake_of_ours(served: ServedDaemon, path: str) -> None:
    body = json.dumps(STREAMS[path])[:-1] + ', "metadata": ' + '{"a":' * 300 + "1" + "}" * 301
    async with served.client.post(f"http://triforced{path}", data=body) as reply:
        assert reply.status in (200, 400), await reply.text()


@pytest.mark.parametrize("path", STREAMS)
async def test_bad_input_is_told_in_each_dialects_own_shape(served: ServedDaemon, path: str) -> None:
    for body in (b"{", b"[]", json.dumps({**STREAMS[path], "model": "nope/none"}).encode()):
        async with served.client.post(f"http://triforced{path.replace('small', 'nope')}", data=body) as reply:
            assert reply.status in (400, 404)
            error = (await reply.json())["error"]
        assert error if isinstance(error, str) else error["message"]
    assert not served.upstream.records


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/v1beta/models/small:generateContent", {"generationConfig": {"topK": 5}}, "generationConfig.topK"),
        ("/api/chat", {"messages": [HI], "stream": False, "options": {"top_k": 5}}, "options.top_k"),
        ("/v1/messages", {"messages": [HI], "max_tokens": 9, "top_k": 5}, "top_k"),
        ("/v1/completions", {"prompt": "hi", "logprobs": 2}, "logprobs"),
    ],
)
async def test_what_is_dropped_is_named_as_its_client_wrote_it(
    served: ServedDaemon, path: str, body: dict, named: str
) -> None:
    body = {"model": "small", "contents": [{"parts": [{"text": "hi"}]}], **body} if "models" in path else body
    async with served.client.post(f"http://triforced{path}", json={"model": "small", **body}) as reply:
        assert reply.status == 200, await reply.text()
        assert reply.headers["x-triforce-dropped"] == named


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a\r\nset-cookie: b"], "a??set-cookie: b"),
        (["ä\x00", "b"], "??,b"),
        (["x" * 9_000], "..."),
        ([f"field{number:04}" for number in range(9_000)], "field0000,"),
    ],
)
async def test_what_no_header_holds_is_dropped_all_the_same(served: ServedDaemon, names: list[str], told: str) -> None:
    body = {"model": "small", "max_tokens": 9, "messages": [HI], **dict.fromkeys(names, 1)}
    async with served.client.post("http://triforced/v1/messages", json=body) as reply:
        assert reply.status == 200, await reply.text()
        named = reply.headers["x-triforce-dropped"]
    assert named == told if len(names) < 3 else named.startswith(told) and named.endswith(",...")
    assert len(named) <= 2_010


async def test_a_daemon_that_can_wait_no_longer_ends_a_stream_honestly(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("half ", "never"), "stall-after=2")
    body = {**STREAMS["/v1/chat/completions"], "model": "scripted/small"}
    async with served.client.post("http://triforced/v1/chat/completions", json=body) as reply:
        await reply.content.readany()
        served.lifecycle.cut_all()
        rest = await reply.content.read()
    assert b"stopping" in rest and b"[DONE]" not in rest
