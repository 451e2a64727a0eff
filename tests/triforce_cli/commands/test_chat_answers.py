"""What `triforce chat` prints of an answer, and where."""

import json
from pathlib import Path

import pytest

from tests.triforce_cli.commands.chatting import ANSWER, NEW, STARTED, Chat, chat, failed, sent, turn
from tests.triforce_cli.conftest import Outcome
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL_ID, SESSION_ID, TURN

__all__ = ["chat"]


def test_a_pipe_gets_what_the_model_wrote(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("**bold** \x1b[31m", "[red]\n"))
    assert chat("Hi") == Outcome(0, "**bold** \x1b[31m[red]\n", "")


def test_json_is_one_object(chat: Chat, fake_daemon: FakeDaemon) -> None:
    ended = chat("Hi", "--json")
    reply = json.loads(ended.out)
    assert ended.err == "" and ended.out.count("\n") == 1
    assert reply["schema"] == "triforce.chat/1" and reply["message"] == ANSWER
    assert not {"type", "ts"} & set(reply)


def test_json_can_be_narrowed(chat: Chat, fake_daemon: FakeDaemon) -> None:
    assert json.loads(chat("Hi", "--json", "--fields", "message").out) == {
        "schema": "triforce.chat/1",
        "message": ANSWER,
    }


def test_events_come_a_line_each(chat: Chat, fake_daemon: FakeDaemon) -> None:
    ended = chat("Hi", "--jsonl")
    assert [json.loads(line) for line in ended.out.splitlines()] == TURN


def test_an_event_can_be_an_error(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, [STARTED, failed()])
    ended = chat("Hi", "--jsonl")
    assert json.loads(ended.out.splitlines()[-1])["error"]["code"] == "upstream_failed"
    assert ended.status == 69 and "The engine broke." in ended.err


CODE = ("Look:\n\n```sh\nls", " -l\n```\n\nor\n\n- item\n\n  ````\n  ```\n  ````\n\n", "```py\nf(\n)\n```\n")


@pytest.mark.parametrize(("flag", "code"), [("-x", "ls -l\n"), ("--extract", "ls -l\n"), ("-xl", "f(\n)\n")])
def test_code_alone(chat: Chat, fake_daemon: FakeDaemon, flag: str, code: str) -> None:
    fake_daemon.streams("POST", NEW, turn(*CODE))
    assert chat("Hi", flag) == Outcome(0, code, "")


def test_there_may_be_no_code(chat: Chat, fake_daemon: FakeDaemon) -> None:
    ended = chat("Hi", "-x")
    assert (ended.status, ended.out) == (65, "") and f"triforce sessions show {SESSION_ID}" in ended.err


def test_an_answer_can_be_printed_when_it_is_whole(chat: Chat, fake_daemon: FakeDaemon) -> None:
    assert chat("Hi", "--no-stream") == Outcome(0, ANSWER + "\n", "")


def test_usage_stands_beside_the_answer(chat: Chat, fake_daemon: FakeDaemon) -> None:
    ended = chat("Hi", "-u")
    assert ended.out == ANSWER + "\n"
    assert ended.err == f"12 tokens in, 34 out, 0.4 s, 110 tokens/s, {MODEL_ID}\n"


def test_verbose_says_how_to_go_on(chat: Chat, fake_daemon: FakeDaemon) -> None:
    assert f"triforce chat -r {SESSION_ID}" in chat("Hi", "-v").err


def test_an_answer_that_was_cut_says_so(chat: Chat, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("Because", finish_reason="length"))
    ended = chat("Hi")
    assert (ended.status, ended.out) == (0, "Because\n")
    assert "cut after 34 tokens" in ended.err and "--max-tokens" in ended.err
    assert chat("Hi", "--quiet").err == ""


def test_a_schema_is_sent_and_the_answer_checked(chat: Chat, fake_daemon: FakeDaemon, home: Path) -> None:
    schema = {"type": "object"}
    file = home / "schema.json"
    file.write_text(json.dumps(schema))
    fake_daemon.streams("POST", NEW, turn('{"a":', " 1}"))
    fake_daemon.streams("POST", NEW, turn('{"a":', " 1}"))
    fake_daemon.streams("POST", NEW, turn('{"a":', finish_reason="length"))
    for given in (json.dumps(schema), f"@{file}"):
        assert chat("Hi", "--schema", given) == Outcome(0, '{"a": 1}\n', "")
        assert sent(fake_daemon)["json_schema"] == schema
    ended = chat("Hi", "--schema", str(file))
    assert (ended.status, ended.out) == (65, '{"a":\n') and "--max-tokens" in ended.err
