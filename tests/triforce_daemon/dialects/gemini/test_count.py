"""How many tokens a prompt has, both ways."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import Request
from triforce_daemon.dialects.gemini.count import (
    pass_count,
    read_count,
    read_count_request,
    write_count,
    write_count_request,
)
from triforce_daemon.errors import InvalidRequest, UpstreamFailed

CONTENTS = [{"role": "user", "parts": [{"text": "Hi"}]}]
INNER: dict[str, Any] = {"model": "models/a", "contents": CONTENTS, "systemInstruction": {"parts": [{"text": "Be."}]}}


def test_contents_alone() -> None:
    request = read_count_request({"contents": CONTENTS}, "a")
    written = write_count_request(request)
    assert (written.path, written.body) == ("/models/a:countTokens", {"contents": CONTENTS})


@pytest.mark.parametrize("name", ["generateContentRequest", "generate_content_request"])
def test_a_whole_request(name: str) -> None:
    request = read_count_request({name: INNER}, None)
    assert (request.model, len(request.messages)) == ("a", 2)
    assert write_count_request(request).body == {"generateContentRequest": INNER}
    request.model = "models/a"
    assert write_count_request(request).body == {"generateContentRequest": INNER}


def test_what_is_missing_is_named() -> None:
    with pytest.raises(InvalidRequest, match=r"^`contents`"):
        read_count_request({}, "a")


def test_the_answer() -> None:
    assert write_count(31) == {"totalTokens": 31}
    assert read_count({"totalTokens": 31, "promptTokensDetails": []}) == 31
    for body in ({}, {"totalTokens": "31"}, {"totalTokens": None}):
        with pytest.raises(UpstreamFailed):
            read_count(body)


def test_a_question_that_passes_through() -> None:
    assert pass_count({"contents": CONTENTS}, "b") == ("/models/b:countTokens", {"contents": CONTENTS})
    assert pass_count({"generateContentRequest": INNER}, "models/b") == (
        "/models/b:countTokens",
        {"generateContentRequest": {**INNER, "model": "models/b"}},
    )


def test_what_is_dropped_is_said() -> None:
    assert write_count_request(Request("a", [], user="u")).dropped == ["user"]
