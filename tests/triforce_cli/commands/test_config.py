"""`triforce config`, with a daemon and without."""

import json
from pathlib import Path

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import CHECKED, SETTING, SETTINGS


def test_list(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("config", "list", "-q").out == "builtin.context\nlog.level\n"
    assert "\tdebug\tfile\t" in triforce("config", "list", "--origin").out
    assert "file" not in triforce("config", "list").out
    assert [line.split("\t")[2] for line in triforce("config", "list").out.splitlines()[-2:]] == ["false", "true"]
    assert json.loads(triforce("config", "list", "--json").out) == SETTINGS


def test_get(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("config", "get", "builtin.context").out == "4096\n"
    reply = json.loads(triforce("config", "get", "builtin.context", "--json").out)
    assert (reply["schema"], reply["value"]) == ("triforce.config.get/1", 4096)
    fake_daemon.refuses("GET", "/v1/config/log.levl", 404, "not_found", near=["log.level"])
    done = triforce("config", "get", "log.levl")
    assert done.status == 5
    assert "Did you mean: log.level" in done.err


def test_set_and_unset(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("config", "set", "builtin.context", "2048")
    assert (done.status, fake_daemon.asked[-1].body) == (0, {"value": "2048"})
    assert "triforce daemon restart" in done.err
    fake_daemon.answers("PUT", "/v1/config/log.level", {**SETTING, "at_once": True, "restart": False})
    assert triforce("config", "set", "log.level", "info").err == "builtin.context = 4096.\n"
    assert triforce("config", "unset", "builtin.context").status == 0
    assert fake_daemon.asked[-1].method == "DELETE"
    gone = {**SETTING, "key": "aliases.fast", "value": None, "restart": True}
    fake_daemon.answers("DELETE", "/v1/config/aliases.fast", gone)
    assert triforce("config", "unset", "aliases.fast").err.startswith("aliases.fast is gone. ")


@pytest.mark.parametrize("origin", ["environment", "flag"])
def test_a_value_that_does_not_win(fake_daemon: FakeDaemon, triforce: Triforce, origin: str) -> None:
    fake_daemon.answers("PUT", "/v1/config/builtin.context", {**SETTING, "origin": origin, "restart": True})
    assert f"the {origin} wins" in triforce("config", "set", "builtin.context", "1").err


def test_a_file_with_problems(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("config", "validate").status == 0
    problem = {"key": "a.b", "line": 3, "message": "There is no such setting.", "hint": "Did you mean a.c?"}
    fake_daemon.answers("GET", "/v1/config/check", {**CHECKED, "ok": False, "items": [problem]})
    done = triforce("config", "validate")
    assert done.status == 78
    assert done.out.splitlines()[1:] == ["line 3  a.b: There is no such setting.", "        Did you mean a.c?"]


def test_the_schema(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert json.loads(triforce("config", "schema").out) == {"type": "object"}
    assert json.loads(triforce("config", "schema", "--json").out)["json_schema"] == {"type": "object"}


def test_the_path(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("config", "path").out == "/home/a/.config/triforce/config.toml\n"
    assert triforce("config", "path", "--config", "/x.toml").out == "/x.toml\n"


def test_without_a_daemon(triforce: Triforce, home: Path) -> None:
    path = home / ".config/triforce/config.toml"
    assert triforce("config", "path").out == f"{path}\n"
    assert "aliases" in json.loads(triforce("config", "schema").out)["properties"]
    done = triforce("config", "set", "builtin.context", "2048")
    assert (done.status, done.out) == (0, "")
    assert "2048" in path.read_text()
    path.write_text("[builtin]\ncontxt = 3\n")
    assert triforce("config", "validate").status == 78
    done = triforce("config", "list")
    assert done.status == 78
    assert "line 2" in done.err


def test_another_file_is_not_the_daemons(fake_daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    (home / "c.toml").write_text("[builtin]\ncontext = 512\n")
    assert triforce("config", "get", "builtin.context", "--config", str(home / "c.toml")).out == "512\n"
    assert fake_daemon.asked == []
