"""A kept prompt as what is sent."""

import pytest

from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.conversation.template import pairs, rendered
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import WrongUsage


def kept(fake_daemon: FakeDaemon, variables: list[str], text: str, missing: list[str]) -> DaemonClient:
    fake_daemon.answers("GET", "/v1/prompts/x", {"variables": variables, "version": 3})
    fake_daemon.answers("POST", "/v1/prompts/x/render", {"text": text, "missing": missing})
    return DaemonClient.at(fake_daemon.socket)


def test_what_is_typed_goes_into_its_gap(fake_daemon: FakeDaemon) -> None:
    client = kept(fake_daemon, ["a", "input"], "filled", [])
    assert rendered(client, "x", "words", ["a=1"]) == "filled"
    assert fake_daemon.asked[-1].body == {"variables": {"a": "1", "input": "words"}, "version": 3}


def test_where_there_is_no_gap_for_it_it_follows(fake_daemon: FakeDaemon) -> None:
    client = kept(fake_daemon, [], "Be kind.", [])
    assert rendered(client, "x", "words", []) == "Be kind.\n\nwords"
    assert rendered(client, "x", " ", []) == "Be kind."


def test_gaps_that_stay_open(fake_daemon: FakeDaemon) -> None:
    client = kept(fake_daemon, ["a", "input"], "{{a}} {{input}}", ["a", "input"])
    with pytest.raises(WrongUsage, match="a, input") as refused:
        rendered(client, "x", "", [])
    assert "--var a=" in (refused.value.hint or "")


def test_pairs() -> None:
    assert pairs(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    for word in ("a", "=1", ""):
        with pytest.raises(WrongUsage, match="NAME=VALUE"):
            pairs([word])
