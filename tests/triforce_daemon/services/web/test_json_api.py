"""Servers asked for JSON: what is sent, what is read, and what is not followed."""

import pytest

from tests.triforce_daemon.site import Answer, site
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.services.web import json_api
from triforce_daemon.services.web.json_api import JsonAnswer, JsonApi


async def get(answer: Answer, **query: str | int) -> JsonAnswer:
    outbound = Outbound({})
    try:
        async with site({"/api": answer}) as running:
            told = await JsonApi(outbound, "triforce/test").get(running.url, "/api", query, 2)
            assert running.query() == {name: str(value) for name, value in query.items()}
            assert "User-Agent: triforce/test" in running.heads[0]
            return told
    finally:
        await outbound.close()


async def test_what_it_answers() -> None:
    assert await get(Answer('{"a": 1}'), q="a&b=c #?", n=1) == JsonAnswer(200, {"a": 1})
    assert await get(Answer("<html>", 503)) == JsonAnswer(503, None)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("<html>"), "not answer with JSON"),
        (Answer("[" * 100_000), "not answer with JSON"),
        (Answer(status=301, headers={"Location": "/elsewhere"}), "sends us on"),
    ],
)
async def test_what_is_no_answer(answer: Answer, said: str) -> None:
    with pytest.raises(UpstreamFailed, match=said):
        await get(answer)


async def test_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_api, "_BYTES", 100)
    with pytest.raises(UpstreamFailed, match="more than the 100 bytes"):
        await get(Answer(f'"{"x" * 200}"'))
