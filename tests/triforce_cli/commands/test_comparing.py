"""Several models are asked at the same time, and each answer finds its place."""

import time

from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL_ID, TURN, USAGE
from triforce_cli.commands._comparing import compare_models
from triforce_cli.daemon_client import DaemonClient

TURNS = ("POST", "/v1/sessions/new/turns")


def test_all_are_asked_at_once(fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams(*TURNS, [TURN[0], 0.3, *TURN[1:]])
    began = time.monotonic()
    reply = compare_models(DaemonClient.at(fake_daemon.socket), "Why?", ["a", "b", "c"], {})
    assert time.monotonic() - began < 0.8
    assert [item["model"] for item in reply["items"]] == [MODEL_ID] * 3
    first = reply["items"][0]
    assert (first["text"], first["ttft_ms"], first["total_ms"]) == ("Because of Rayleigh scattering.", 90, 400)
    assert (first["usage"], first["cost"], first["error"]) == (USAGE, None, None)


def test_one_that_fails_does_not_stop_the_others(fake_daemon: FakeDaemon) -> None:
    fake_daemon.refuses(*TURNS, 404, "model_not_found", "There is no such model.")
    fake_daemon.streams(*TURNS, TURN)
    reply = compare_models(DaemonClient.at(fake_daemon.socket), "x", ["a", "b"], {})
    errors = [item["error"] for item in reply["items"]]
    assert sorted(map(str, errors)) == ["None", "There is no such model."]
