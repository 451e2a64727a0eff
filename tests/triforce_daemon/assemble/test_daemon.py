"""The daemon put together: it starts without anything, and its places follow its settings."""

import json
import os

from tests.end_to_end.processes import Daemon, running
from triforce_daemon.assemble.places import Places
from triforce_daemon.configuration import sources


def places(environ: dict[str, str], **flags: str) -> Places:
    named = {name.replace("__", "."): value for name, value in flags.items()}
    return Places.of(sources.load("/nowhere/config.toml", environ, named), environ)


def test_places_follow_home_and_settings() -> None:
    at_home = places({"HOME": "/home/anna"})
    assert at_home.database == "/home/anna/.local/state/triforce/triforce.db"
    assert at_home.run == os.path.dirname(at_home.socket)
    moved = places({"HOME": "/home/anna"}, daemon__socket="/run/t/s.sock", database__path="/data/t.db")
    assert (moved.socket, moved.run, moved.database) == ("/run/t/s.sock", "/run/t", "/data/t.db")


def test_it_starts_without_model_network_or_configuration_and_says_what_is_missing(home: dict[str, str]) -> None:
    bare = {"HOME": home["HOME"], "PATH": "/nonexistent"}
    with running(bare, "--set", "builtin.enabled=false", "--set", "providers.ollama.enabled=false") as daemon:
        _, status = daemon.call("GET", "/v1/status")
        assert [line["code"] for line in status["health"]] == ["providers.none"]
        code, body = daemon.call("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]})
        assert (code, body["error"]["code"]) == (404, "model_not_found")


def test_it_leaves_nothing_behind_and_finds_its_data_again(home: dict[str, str]) -> None:
    daemon = Daemon(home, "--set", "builtin.enabled=false").start()
    assert daemon.stop() == 0
    assert not os.path.exists(daemon.socket)
    with running(home, "--set", "builtin.enabled=false") as again:
        assert again.answers()


def test_the_log_has_one_json_object_a_line_and_no_bodies(home: dict[str, str]) -> None:
    with running(home, "--set", "builtin.enabled=false", "--set", "log.level=debug") as daemon:
        daemon.call("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "canary-7321"}]})
        daemon.call("GET", "/v1/nothing")
    lines = [json.loads(line) for line in daemon.words().splitlines()]
    assert (lines[0]["msg"], lines[-1]["msg"]) == ("ready", "stopped")
    assert "canary-7321" not in daemon.words()
