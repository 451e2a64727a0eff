"""The daemon does not start behind a lock to which everybody has the key."""

import os
import subprocess
import sys
from typing import Any

import pytest

from tests.end_to_end.processes import running
from triforce_daemon.assemble.places import Places
from triforce_daemon.assemble.secrets import refuse_known
from triforce_daemon.configuration import sources
from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.settings import Settings

#: The same in every process that collects the tests.
GOOD = "0pen-sesame-" * 4


def places(folder: str) -> Places:
    environ = {"HOME": folder}
    return Places.of(sources.load(os.path.join(folder, "none.toml"), environ, {}), environ)


def settings(**sections: Any) -> Settings:
    return Settings.model_validate(sections)


def put(folder: str, name: str, content: str) -> None:
    os.makedirs(folder, mode=0o700, exist_ok=True)
    with open(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(content)


REDIS = {
    "redis://:changeme@127.0.0.1:6379": "known to everybody",
    "redis://default:foobared@10.0.0.9": "known to everybody",
    "rediss://u:your-password@redis.internal": "an example's",
    "redis://:%70assword@127.0.0.1": "known to everybody",
    "redis://10.0.0.9:6379": "missing, and that is another machine",
    "redis://redis.internal": "missing, and that is another machine",
    "redis://:@127.0.0.1": "empty",
}


@pytest.mark.parametrize("url", REDIS)
def test_a_redis_that_is_open_is_refused(folder: str, url: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=REDIS[url]) as raised:
        refuse_known(settings(redis={"url": url}), places(folder), {})
    assert "redis.url" in raised.value.message
    assert "changeme" not in raised.value.message
    assert "--dev" in str(raised.value.hint)


@pytest.mark.parametrize(
    "url", [f"redis://:{GOOD}@10.0.0.9", "redis://127.0.0.1:6379", "redis://localhost", "unix:///run/redis.sock", ""]
)
def test_one_with_a_secret_or_on_this_machine_is_not(folder: str, url: str) -> None:
    refuse_known(settings(redis={"url": url}), places(folder), {})


@pytest.mark.parametrize(
    ("section", "url"), [("redis", "redis://10.0.0.9"), ("database", "postgresql://triforce@10.0.0.9/triforce")]
)
def test_a_password_in_a_file_is_looked_at_too(folder: str, section: str, url: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="missing"):
        refuse_known(settings(**{section: {"url": url}}), places(folder), {})
    put(folder, "password", "changeme\n")
    told = {section: {"url": url, "password_file": os.path.join(folder, "password")}}
    with pytest.raises(ConfigurationInvalid, match="password"):
        refuse_known(settings(**told), places(folder), {})
    os.unlink(os.path.join(folder, "password"))
    put(folder, "password", GOOD)
    refuse_known(settings(**told), places(folder), {})


@pytest.mark.parametrize("place", ["logins", "vault", "credential"])
@pytest.mark.parametrize("key", ["secret", "x" * 48, "generate-a-random-64-char-string-here", ""])
def test_a_key_that_everybody_knows_is_refused(folder: str, place: str, key: str) -> None:
    at, environ = places(folder), {"CREDENTIALS_DIRECTORY": os.path.join(folder, "credentials")}
    where = {"logins": (at.logins, "key"), "vault": (at.vault, "key")}
    put(*where.get(place, (environ["CREDENTIALS_DIRECTORY"], "triforce-vault-key")), key)
    with pytest.raises(ConfigurationInvalid):
        refuse_known(settings(), at, environ)


def test_those_of_chance_are_not(folder: str) -> None:
    at = places(folder)
    put(at.logins, "key", GOOD)
    put(at.vault, "key", GOOD)
    refuse_known(settings(), at, {"CREDENTIALS_DIRECTORY": folder})


def test_the_daemon_starts_with_dev_alone(home: dict[str, str]) -> None:
    known = ("--set", "builtin.enabled=false", "--set", "redis.url=redis://:changeme@127.0.0.1:1")
    command = [sys.executable, "-m", "triforce_daemon", "run", *known]
    done = subprocess.run(command, env=home, capture_output=True, text=True, timeout=30)
    assert done.returncode == 78
    assert "The secret of redis.url is known to everybody." in done.stderr
    with running(home, *known, "--dev") as daemon:
        assert daemon.answers()
        assert "a secret protects nothing" in daemon.words()
        assert "changeme" not in daemon.words()
