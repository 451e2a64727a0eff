"""`triforce models`."""

import json

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import DEFAULT, MODEL_ID, MODELS, PULLING

PULL = ("POST", "/v1/registry/pull")
PATH = "/home/a/.local/share/triforce/models/smollm2.gguf"


def test_list(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert json.loads(triforce("models", "list", "--json").out) == MODELS
    first, second = triforce("models", "list").out.splitlines()
    assert first == f"{MODEL_ID}\ttrue\tok\t8192\t93000000\tchat,json_schema"
    assert second == "builtin/other\tfalse\tabsent\t\t\tchat,json_schema"


def test_list_narrowed(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("models", "list", "-q", "SMOL", "--quiet").out == f"{MODEL_ID}\n"
    assert fake_daemon.asked[-1].query == {}
    done = triforce("models", "list", "-q", "gpt", "--provider", "builtin")
    assert (done.out, done.err) == ("", "There is no such model.\n")
    assert fake_daemon.asked[-1].query == {"provider": "builtin"}


def test_show(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    shown = triforce("models", "show", MODEL_ID).out
    assert "8,192 tokens" in shown and "93 MB" in shown and PATH in shown
    assert triforce("models", "show", MODEL_ID, "--fields", "path").out == f"{PATH}\n"


def test_a_model_that_is_not_there(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.refuses("GET", "/v1/registry/models/gpt", 404, "model_not_found", "There is none.", near=[MODEL_ID])
    done = triforce("models", "show", "gpt")
    assert done.status == 5
    assert MODEL_ID in done.err


def test_the_default(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("models", "default").out == f"{MODEL_ID}\n"
    assert json.loads(triforce("models", "default", "--json").out) == DEFAULT
    assert triforce("models", "default", "builtin/x").status == 0
    assert fake_daemon.asked[-1].body == {"model": "builtin/x"}


def test_pull(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("models", "pull")
    assert (done.status, done.out) == (0, f"{PATH}\n")
    assert fake_daemon.asked[-1].body == {}
    assert triforce("models", "pull", MODEL_ID, "--quiet").err == ""
    assert fake_daemon.asked[-1].body == {"model": MODEL_ID}


def test_pull_as_json(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("models", "pull", "--json")
    assert done.err == ""
    reply = json.loads(done.out)
    assert reply["schema"] == "triforce.models.pull/1"
    assert {**PULLING[-1], "schema": reply["schema"]} == {**reply, "type": "done"}


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([{"type": "error", "error": {"code": "model_fetch_failed", "message": "No.", "hint": None}}], 69),
        ([{"type": "error", "error": {"code": "model_file_invalid", "message": "No.", "hint": None}}], 65),
        ([PULLING[0], b""], 69),
        ([b""], 69),
    ],
)
def test_a_pull_that_fails(fake_daemon: FakeDaemon, triforce: Triforce, events: list[object], status: int) -> None:
    fake_daemon.streams(*PULL, events)
    done = triforce("models", "pull")
    assert (done.status, done.out) == (status, "")
    assert "error: " in done.err
