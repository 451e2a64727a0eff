"""An upstream in a process of its own does the same."""

import http.client
import json
import signal
import socket
from typing import Any

import pytest

from tests.scriptable_upstream.__main__ import parser
from tests.scriptable_upstream.process import RemoteUpstream, run_upstream
from tests.scriptable_upstream.script import Call, Script, say
from tests.scriptable_upstream.wire_reading import request_bytes

BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello?"}]}


def asked(upstream: RemoteUpstream, **more: Any) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", upstream.port, timeout=5)
    try:
        connection.request(
            "POST", "/openai/v1/chat/completions", json.dumps(BODY | more), {"Authorization": "Bearer k"}
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def said(upstream: RemoteUpstream, **more: Any) -> str:
    status, body = asked(upstream, **more)
    assert status == 200, body
    return body["choices"][0]["message"]["content"]


def test_scripts_plans_and_records(upstream_process: RemoteUpstream) -> None:
    upstream = upstream_process
    upstream.enqueue(say("Queued"))
    upstream.script("mine", say("Mine"))
    assert [said(upstream), said(upstream, model="mine")] == ["Queued", "Mine"]
    upstream.plan("first 1: status=429; then ok")
    assert [asked(upstream)[0] for _ in range(2)] == [429, 200]
    assert asked(upstream, model="any!503")[0] == 503
    found = upstream.asked(5, provider="openai")
    assert [each["status"] for each in found] == [200, 200, 429, 200, 503]
    assert found[2]["behaviour"] == "status=429"
    assert json.loads(found[0]["body"]) == BODY
    assert upstream.requests(since=3, status=503)[0]["model"] == "any!503"
    assert (upstream.state()["requests"], upstream.state()["failures"]) == (5, [])


def test_a_script_with_a_call(upstream_process: RemoteUpstream) -> None:
    upstream_process.enqueue(Script((Call("add", ('{"a"', ":1}"), "c1"),)))
    _, body = asked(upstream_process)
    assert body["choices"][0]["message"]["tool_calls"][0]["function"] == {"name": "add", "arguments": '{"a":1}'}


def test_keys_and_reset(upstream_process: RemoteUpstream) -> None:
    upstream_process.accept("openai", "other")
    assert asked(upstream_process)[0] == 401
    upstream_process.reset()
    assert asked(upstream_process)[0] == 200
    assert len(upstream_process.requests()) == 1


def test_what_is_not_understood_is_said(upstream_process: RemoteUpstream) -> None:
    with pytest.raises(ValueError, match="explode"):
        upstream_process.plan("explode")
    with pytest.raises(ValueError, match="NotUnderstood"):
        upstream_process.enqueue(plan="split=0")
    with pytest.raises(TimeoutError):
        upstream_process.asked(within=0.05)


def test_by_its_command_line(folder: str) -> None:
    path = f"{folder}/u.sock"
    with run_upstream("--plan", "delay=10ms", "--socket", path, "--key", "openai=k", "--github-alive") as upstream:
        assert asked(upstream)[0] == 200
        assert upstream.requests()[0]["behaviour"] == "delay=10ms"
        assert upstream.base_url("groq") == f"http://127.0.0.1:{upstream.port}/groq/openai/v1"
    with pytest.raises(ConnectionRefusedError):
        asked(upstream)


def test_a_command_line_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--plan", "explode"])
    assert "--plan" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_a_signal(number: signal.Signals) -> None:
    with run_upstream() as upstream:
        upstream.end(number)
        assert upstream.ended(within=5) == 0


def test_a_cut_is_a_reset_there_too(upstream_process: RemoteUpstream) -> None:
    """There the loop may be another one."""
    with socket.create_connection(("127.0.0.1", upstream_process.port)) as client:
        client.settimeout(5)
        client.sendall(request_bytes(BODY | {"stream": True}, x_upstream_plan="cut-after=3 every=1ms"))
        data = b""
        with pytest.raises(ConnectionResetError):
            while read := client.recv(1 << 16):
                data += read
    assert data.count(b"data: ") == 3
    assert upstream_process.asked()[0]["ended"] == "cut"


def test_who_leaves_is_seen_there_too(upstream_process: RemoteUpstream) -> None:
    with socket.create_connection(("127.0.0.1", upstream_process.port)) as client:
        client.sendall(request_bytes(BODY | {"stream": True}, x_upstream_plan="stall-after=1"))
        assert client.recv(100)
    assert upstream_process.asked(ended="hung up")
    assert upstream_process.state()["hung_up"] == 1
