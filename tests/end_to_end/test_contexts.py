"""Two real daemons over TLS: what the command line says of one by its socket, it says of the other by a context."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.end_to_end.processes import Daemon, running, triforce
from tests.scriptable_upstream.process import run_upstream

ON = ("--set", "https.enabled=true", "--set", "https.port=0", "--set", "https.host=127.0.0.1")
NO_MODEL = ("--set", "builtin.enabled=false")
SCOPES = ("--scope", "inference", "--scope", "read", "--scope", "sessions")

#: Every command that only looks, and what the token above may see.
READING = [
    ("models", "list"),
    ("models", "default"),
    ("models", "alias", "list"),
    ("models", "show", "default"),
    ("models", "ps"),
    ("models", "why", "no/such"),
    ("providers", "list"),
    ("providers", "show", "groq"),
    ("sessions", "list"),
    ("sessions", "search", "x"),
    ("sessions", "show", "nothing"),
    ("usage",),
    ("usage", "--by", "day"),
    ("version",),
]
#: What everybody sees, but only the owner and admins with the places of files, and with everybody's usage.
SEEING = [("status",), ("daemon", "status"), ("daemon", "wait")]
#: What belongs to the owner and to admins, and what to the owner alone.
ADMINISTERING = [("providers", "limits"), ("users", "list")]
OWNING = [("keys", "list"), ("keys", "where"), ("config", "list"), ("config", "set", "builtin.context", "2048")]
#: These change from one moment to the next.
FLEETING = {"since", "request_id", "latency_ms", "checked", "at", "ms", "streams", "uptime_ms", "refreshed"}


class Far:
    """A daemon, and what its certificate is known by."""

    def __init__(self, daemon: Daemon, fingerprint: str) -> None:
        self.environ = daemon.environ
        self.fingerprint = fingerprint
        status = json.loads(triforce(daemon.environ, "status", "--json").stdout)
        self.url: str = status["daemon"]["listen"][0]


@pytest.fixture(scope="module")
def far() -> Iterator[Far]:
    """A daemon on another machine: with a home of its own, and a certificate."""
    folder = tempfile.mkdtemp(prefix="tf-")
    environ = {"HOME": folder, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    made = json.loads(triforce(environ, "daemon", "cert", "--host", "127.0.0.1", "--json").stdout)
    with run_upstream() as upstream:
        provider = ("--set", f"providers.played.base_url={upstream.base_url('compatible')}")
        with running(environ, *ON, *NO_MODEL, *provider) as daemon:
            yield Far(daemon, made["fingerprint"])
    shutil.rmtree(folder)


def token_name(home: dict[str, str]) -> str:
    return f"t{abs(hash(home['HOME']))}"


@pytest.fixture
def near(far: Far, home: dict[str, str]) -> dict[str, str]:
    """The environment of a person elsewhere who knows the daemon as `prod` and is logged in there."""
    added = triforce(home, "context", "add", "prod", far.url, "--fingerprint", far.fingerprint)
    assert added.returncode == 0, added.stderr
    made = triforce(far.environ, "auth", "token", "create", token_name(home), *SCOPES)
    assert made.returncode == 0, made.stderr
    done = triforce(home, "auth", "login", "--context", "prod", "--token", "-", stdin=made.stdout)
    assert done.returncode == 0, done.stderr
    return home


def lasting(value: Any) -> Any:
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: lasting(one) for name, one in fields.items() if name not in FLEETING}
    return [lasting(one) for one in cast("list[Any]", value)] if isinstance(value, list) else value


def said(environ: dict[str, str], *words: str) -> tuple[int, Any]:
    done = triforce(environ, *words, "--json")
    return done.returncode, lasting(json.loads(done.stdout or done.stderr.splitlines()[-1]))


def test_what_only_looks_says_the_same(far: Far, near: dict[str, str]) -> None:
    for words in READING:
        assert said(near, *words, "--context", "prod") == said(far.environ, *words), words


def test_the_page_of_the_daemon_without_the_places_of_its_files(far: Far, near: dict[str, str]) -> None:
    (status, told), (_, whole) = said(near, "status", "--context", "prod"), said(far.environ, "status")
    assert status == 0
    hidden = {"socket": None, "database": None, "config": None}
    assert told["daemon"] == {**whole["daemon"], **hidden}
    assert told["providers"] == whole["providers"]
    for words in SEEING:
        done = triforce(near, *words, "--context", "prod")
        page = done.stdout + done.stderr
        assert done.returncode == 0
        assert b"None" not in page
        assert far.environ["HOME"].encode() not in page


def test_an_admin_sees_what_the_owner_sees(far: Far, near: dict[str, str]) -> None:
    secret = b"correct horse battery staple"
    made = triforce(far.environ, "users", "create", "berta", "--role", "admin", stdin=secret)
    assert made.returncode == 0, made.stderr
    done = triforce(near, "auth", "login", "berta", "--context", "prod", stdin=secret)
    assert done.returncode == 0, done.stderr
    for words in [*SEEING, *ADMINISTERING]:
        assert said(near, *words, "--context", "prod") == said(far.environ, *words), words
    for words in OWNING:
        assert said(near, *words, "--context", "prod")[0] == 77, words


def test_a_conversation_is_kept_there(far: Far, near: dict[str, str]) -> None:
    model = json.loads(triforce(near, "models", "list", "--provider", "played", "--json", "--context", "prod").stdout)
    name = model["items"][0]["id"]
    words = ("chat", "hi", "-m", name, "--json", "--context", "prod")
    done = triforce(near, *words)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    kept = triforce(near, "sessions", "show", answer["session"], "--json", "--context", "prod")
    assert json.loads(kept.stdout)["id"] == answer["session"]
    assert not Path(near["HOME"], ".local/state/triforce/triforce.db").exists(), "nothing was started here"


def test_what_belongs_to_others_is_refused(near: dict[str, str]) -> None:
    for words in [*ADMINISTERING, *OWNING]:
        status, reply = said(near, *words, "--context", "prod")
        assert (status, reply["error"]["code"]) == (77, "forbidden"), words


def test_a_revoked_token_and_another_certificate(far: Far, near: dict[str, str]) -> None:
    assert triforce(near, "auth", "whoami", "--context", "prod").returncode == 0
    assert triforce(far.environ, "auth", "token", "revoke", token_name(near)).returncode == 0
    done = triforce(near, "usage", "--context", "prod")
    assert done.returncode == 4
    assert b"revoked" in done.stderr
    file = Path(near["HOME"], ".config/triforce/cli.toml")
    text = file.read_text()
    known = text.split('fingerprint = "')[1][:2]
    file.write_text(text.replace(f'fingerprint = "{known}', f'fingerprint = "{"00" if known != "00" else "01"}'))
    done = triforce(near, "usage", "--context", "prod")
    assert done.returncode == 76
    assert b"Nothing was sent." in done.stderr


def test_an_account_logs_in_and_out(far: Far, near: dict[str, str]) -> None:
    made = triforce(far.environ, "users", "create", "anna", stdin=b"correct horse battery")
    assert made.returncode == 0, made.stderr
    done = triforce(near, "auth", "login", "anna", "--context", "prod", stdin=b"wrong horse")
    assert done.returncode == 4
    assert b"password is wrong" in done.stderr
    done = triforce(near, "auth", "login", "anna", "--context", "prod", stdin=b"correct horse battery\n")
    assert done.returncode == 0, done.stderr
    assert said(near, "auth", "whoami", "--context", "prod")[1]["user"]["name"] == "anna"
    tokens = Path(near["HOME"], ".local/state/triforce/tokens.json")
    kept = json.loads(tokens.read_text())
    for secret in kept.values():
        secret["token"] = secret["token"][:-4] + "AAAA"
    tokens.write_text(json.dumps(kept))
    assert triforce(near, "usage", "--context", "prod").returncode == 0, "it was prolonged"
    assert triforce(near, "auth", "logout", "--context", "prod").returncode == 0
    assert triforce(near, "usage", "--context", "prod").returncode == 4
