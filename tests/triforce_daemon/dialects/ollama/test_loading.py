"""Requests that only want a model to be there, or to go."""

from typing import Any

import pytest

from triforce_daemon.dialects.ollama.loading import only_loads, write_loaded


@pytest.mark.parametrize(
    ("body", "loads"),
    [
        ({"model": "m"}, True),
        ({"model": "m", "messages": []}, True),
        ({"model": "m", "prompt": ""}, True),
        ({"model": "m", "prompt": "a"}, False),
        ({"model": "m", "messages": [{"role": "user"}]}, False),
        ({"model": "m", "images": ["AA"]}, False),
    ],
)
def test_who_says_nothing_only_loads(body: dict[str, Any], loads: bool) -> None:
    assert only_loads(body) is loads


@pytest.mark.parametrize(
    ("kept", "reason"), [(None, "load"), ("5m", "load"), (-1, "load"), (0, "unload"), ("0", "unload"), ("0s", "unload")]
)
def test_what_was_done_is_said(kept: Any, reason: str) -> None:
    written = write_loaded({"model": "m", "keep_alive": kept}, 0)
    assert (written["model"], written["done"], written["done_reason"], written["response"]) == ("m", True, reason, "")


def test_to_a_chat_it_is_said_in_a_message() -> None:
    written = write_loaded({"model": "m", "messages": []}, 0)
    assert written["message"] == {"role": "assistant", "content": ""}
    assert "response" not in written
