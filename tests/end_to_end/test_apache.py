"""The configuration of docs/operations/apache.md in a real Apache, in front of a real listener."""

import asyncio
import json
import ssl
import time
from itertools import pairwise

import pytest

from tests.end_to_end.apache import NEEDED, Front, asking
from tests.scriptable_upstream.script import say

pytestmark = NEEDED


async def test_a_stream_comes_piece_by_piece(front: Front) -> None:
    token = await front.served.token("inference")
    front.served.upstream.enqueue(say("one", " two", " three", " four"), "every=150ms")
    body = json.dumps({"model": "scripted/small", "stream": True, "messages": [{"role": "user", "content": "x"}]})
    reader, writer = await asyncio.open_connection("127.0.0.1", front.port, ssl=front.context)
    writer.write(
        asking(
            "POST",
            "/v1/chat/completions",
            f"Authorization: Bearer {token}",
            "Accept-Encoding: gzip",
            body=body.encode(),
        )
    )
    came: list[float] = []
    while b"[DONE]" not in (line := await asyncio.wait_for(reader.readline(), 10)):
        if b'"content"' in line:
            came.append(time.monotonic())
    writer.close()
    gaps = [after - before for before, after in pairwise(came)]
    assert len([gap for gap in gaps if gap > 0.05]) >= 3, gaps


async def test_it_speaks_http_2_and_tls_1_3_alone(front: Front) -> None:
    context = front.context
    context.set_alpn_protocols(["h2", "http/1.1"])
    _, writer = await asyncio.open_connection("127.0.0.1", front.port, ssl=context)
    spoken = writer.get_extra_info("ssl_object")
    assert (spoken.version(), spoken.selected_alpn_protocol()) == ("TLSv1.3", "h2")
    writer.close()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", front.port, ssl=context)


SPOOFS = (
    "X-Forwarded-For: 9.9.9.9",
    "X-Forwarded-For: 9.9.9.9, 8.8.8.8\r\nX-Forwarded-For: 7.7.7.7",
    "Forwarded: for=9.9.9.9\r\nX-Real-IP: 9.9.9.9\r\nCF-Connecting-IP: 9.9.9.9\r\nX-User-ID: root",
    "X-Forwarded-Proto: unix\r\nRemote-User: root",
    "X-Forwarded-User: root\r\nX-Forwarded-Port: 9000\r\nX-Forwarded-Host: localhost\r\nTrue-Client-IP: 9.9.9.9",
)


async def test_what_a_client_says_of_itself_is_gone(front: Front) -> None:
    for spoof in SPOOFS:
        got = await front.send(asking("GET", "/v1/health", "Connection: close", spoof))
        assert got.startswith(b"HTTP/1.1 200"), spoof
        assert (await front.send(asking("GET", "/v1/tokens", "Connection: close", spoof))).startswith(b"HTTP/1.1 401")
    assert {client for _, client in front.seen} == {"127.0.0.1"}
    got = await front.send(asking("GET", "/v1/health", "X_Forwarded_For: 9.9.9.9"))
    assert got.startswith(b"HTTP/1.1 400")


HIDDEN = b"GET /v1/hidden HTTP/1.1\r\nHost: tri.example\r\n\r\n"
CHUNKED = b"0\r\n\r\n" + HIDDEN

#: Requests of which two programs may see different ends.
SMUGGLED = {
    "CL.TE": asking("POST", "/v1/models", "Transfer-Encoding: chunked", body=CHUNKED),
    "TE.CL": asking("POST", "/v1/models", "Content-Length: 4", "Transfer-Encoding: chunked")
    + b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN),
    "TE.TE": asking("POST", "/v1/models", "Transfer-Encoding: chunked", "Transfer-Encoding: x", body=CHUNKED),
    "TE.TE in one": asking("POST", "/v1/models", "Transfer-Encoding: x, chunked", body=CHUNKED),
    "a space before the colon": asking("POST", "/v1/models", "Transfer-Encoding : chunked", body=CHUNKED),
    "a tab behind it": asking("POST", "/v1/models", "Transfer-Encoding:\tchunked", body=CHUNKED),
    "a vertical tab": asking("POST", "/v1/models", "Transfer-Encoding: \x0bchunked", body=CHUNKED),
    "an underscore": asking("POST", "/v1/models", "Transfer_Encoding: chunked", body=CHUNKED),
    "a folded line": asking("POST", "/v1/models", "X: y\r\n Transfer-Encoding: chunked", body=CHUNKED),
    "a bare line feed": asking("POST", "/v1/models", "X: y\nTransfer-Encoding: chunked", body=CHUNKED),
    "a bare carriage return": asking("POST", "/v1/models", "X: y\rTransfer-Encoding: chunked", body=CHUNKED),
    "two lengths": asking("POST", "/v1/models", "Content-Length: 0", body=HIDDEN),
    "a signed length": asking("POST", "/v1/models", "Content-Length: +0") + HIDDEN,
    "a length in a GET": asking("GET", "/v1/models", body=HIDDEN),
    "a chunk's long extension": asking("POST", "/v1/models", "Transfer-Encoding: chunked")
    + b"1;" + b"x" * 20_000 + b"\r\nx\r\n" + CHUNKED[:5],
    "a line feed in an extension": asking("POST", "/v1/models", "Transfer-Encoding: chunked") + b"2;\nxx\r\n" + HIDDEN,
    "a chunk that is too large": asking("POST", "/v1/models", "Transfer-Encoding: chunked") + b"F" * 17 + b"\r\n",
}  # fmt: skip


#: Of these Apache sees the second request, as this daemon would: it is nobody's secret, and has an answer of its own.
PLAIN = ("CL.TE", "a tab behind it")


async def test_no_request_hides_in_another(front: Front) -> None:
    """Nor does an answer go to somebody else: the next clients get their own."""
    for name, request in SMUGGLED.items():
        front.seen.clear()
        got = await front.send(request)
        hidden = [path for path, _ in front.seen if path == "/v1/hidden"]
        assert len(hidden) <= got.count(b"/v1/hidden") <= int(name in PLAIN), (name, got)
        for _ in range(3):
            answer = await front.send(asking("GET", "/v1/health", "Connection: close"))
            assert answer.startswith(b"HTTP/1.1 200"), (name, answer)
            assert b'"ready"' in answer


async def test_an_encoded_slash_arrives_as_it_was_sent(front: Front) -> None:
    token = await front.served.token("inference")
    got = await front.send(asking("GET", "/v1/models/scripted%2Fsmall", f"Authorization: Bearer {token}"))
    assert got.startswith(b"HTTP/1.1 200"), got


async def test_another_name_is_not_answered_to(front: Front) -> None:
    got = await front.send(b"GET /v1/health HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 403")
