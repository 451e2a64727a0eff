"""Answers, whatever way they came; the ways are tried in test_unix_socket.py and test_remote.py."""

import pytest

from triforce_cli.transport.replies import error_in, parsed, request_of, with_query


def test_a_question_carries_what_is_given() -> None:
    assert with_query("/v1/x", {"a": "ä", "b": None}) == "/v1/x?a=%C3%A4"
    assert with_query("/v1/x", {"b": None}) == "/v1/x"
    headers, content = request_of(None)
    assert (content, "content-type" in headers) == (None, False)


@pytest.mark.parametrize("reply", [None, [], {"error": "x"}, {"error": {"message": "no code"}}])
def test_what_is_no_error_is_none(reply: object) -> None:
    assert error_in(reply) is None


def test_text_that_is_no_json_has_no_value() -> None:
    assert parsed(b"{") is None
