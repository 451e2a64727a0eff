"""What a person is told whose questions a context's daemon does not get or refuses: for its certificate, a clock, the
token or the tier. That daemon is a real one, over TLS."""

import json
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.processes import TRIFORCE, Daemon, running, triforce
from tests.scriptable_upstream.process import run_upstream
from tests.triforce_cli.tls_door import Pair
from triforce_daemon.access.signing import Claims, Signer
from triforce_daemon.wire.paths import state_folder

ON = ("--set", "https.enabled=true", "--set", "https.port=0", "--set", "https.host=127.0.0.1")
NO_MODEL = ("--set", "builtin.enabled=false")
PASSWORD = b"correct horse battery staple"
ASKING = [("chat", "hi"), ("models", "list"), ("usage",), ("status",)]


class Far:
    """A daemon elsewhere, whose certificate can be another one from one moment to the next."""

    def __init__(self, daemon: Daemon, folder: Path, first: Pair) -> None:
        self.daemon = daemon
        self.first = first
        self.environ = daemon.environ
        self.folder = folder
        status = json.loads(triforce(daemon.environ, "status", "--json").stdout)
        self.port = urlsplit(status["daemon"]["listen"][0]).port
        self.url = f"https://localhost:{self.port}"

    def shows(self, pair: Pair) -> Pair:
        shutil.copyfile(pair.key, self.folder / "own.key")
        shutil.copyfile(pair.certificate, self.folder / "own.pem")
        assert self.daemon.process is not None
        self.daemon.process.send_signal(signal.SIGHUP)
        wanted, deadline = Path(pair.certificate).read_text().strip(), time.monotonic() + 10
        while ssl.get_server_certificate(("127.0.0.1", self.port)).strip() != wanted:
            assert time.monotonic() < deadline, self.daemon.words()
            time.sleep(0.02)
        return pair


@pytest.fixture(scope="module")
def far() -> Iterator[Far]:
    folder = Path(tempfile.mkdtemp(prefix="tf-"))
    environ = {"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    first, own = Pair(folder, "first"), Pair(folder, "own")
    shutil.copyfile(first.certificate, own.certificate)
    shutil.copyfile(first.key, own.key)
    os.chmod(own.key, 0o600)
    files = ("--set", f"https.certificate={own.certificate}", "--set", f"https.key={own.key}")
    with run_upstream() as upstream:
        # Of a model that is not on this machine, nobody asks here.
        elsewhere = ("--set", "providers.elsewhere.base_url=http://nowhere.invalid/v1")
        provider = ("--set", f"providers.played.base_url={upstream.base_url('compatible')}", *elsewhere)
        with running(environ, *ON, *NO_MODEL, *files, *provider) as daemon:
            for name, tier in (("anna", "free"), ("otto", "pro")):
                assert triforce(environ, "users", "create", name, "--tier", tier, stdin=PASSWORD).returncode == 0
            yield Far(daemon, folder, first)
    shutil.rmtree(folder)


@pytest.fixture
def near(far: Far, home: dict[str, str]) -> dict[str, str]:
    """A person who knows it as `prod` by its issuer, and is logged in."""
    added = triforce(home, "context", "add", "prod", far.url, "--ca", far.first.certificate)
    assert added.returncode == 0, added.stderr
    log_in(home, "otto")
    return home


def log_in(near: dict[str, str], name: str) -> None:
    done = triforce(near, "auth", "login", name, "--context", "prod", stdin=PASSWORD)
    assert done.returncode == 0, done.stderr


def said(near: dict[str, str], *commands: tuple[str, ...]) -> dict[str, tuple[int, str]]:
    """How each ended and what it said of it; they run side by side."""
    words = {" ".join(one): [TRIFORCE, "--context", "prod", *one] for one in commands}
    pipe = subprocess.PIPE
    begun = {
        name: subprocess.Popen(line, env=near, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)
        for name, line in words.items()
    }
    ended = {name: (process.communicate(timeout=60), process.returncode) for name, process in begun.items()}
    assert all(not out for (out, _), status in ended.values() if status)
    return {name: (status, err.decode()) for name, ((_, err), status) in ended.items()}


def all_say(near: dict[str, str], status: int, *words: str) -> None:
    for name, (ended, told) in said(near, *ASKING).items():
        assert ended == status, (name, told)
        assert [word for word in words if word not in told] == [], (name, told)
        assert "Traceback" not in told


CERTIFICATES: dict[str, tuple[dict[str, int], list[str]]] = {
    "ended": ({"begins": -30, "ends": -1}, ["has expired", "Your clock says", "renewed"]),
    "not yet": ({"begins": 1, "ends": 30}, ["is not valid yet", "Your clock says"]),
    "another issuer": ({}, ["Nobody whom this machine trusts", "--fingerprint"]),
}


@pytest.mark.parametrize("fault", CERTIFICATES)
def test_the_certificate_is_wrong(far: Far, near: dict[str, str], fault: str) -> None:
    dates, words = CERTIFICATES[fault]
    pair = far.shows(Pair(Path(near["HOME"]), "other", **dates))
    try:
        if dates:
            file = Path(near["HOME"], ".config/triforce/cli.toml")
            file.write_text(file.read_text().replace(far.first.certificate, pair.certificate))
        all_say(near, 76, *words, "Nothing was sent")
    finally:
        far.shows(far.first)


def test_it_is_reached_by_a_name_that_its_certificate_does_not_have(far: Far, near: dict[str, str]) -> None:
    file = Path(near["HOME"], ".config/triforce/cli.toml")
    file.write_text(file.read_text().replace("localhost", "127.0.0.1"))
    all_say(near, 76, "made for another name than 127.0.0.1", "Nothing was sent")


def test_the_clock_was_set_back_there(far: Far, near: dict[str, str]) -> None:
    """Tokens that were signed an hour from now: what the daemon sees once its clock goes right again."""
    key = Path(state_folder(far.environ), "logins", "key").read_bytes()
    tokens = Path(near["HOME"], ".local/state/triforce/tokens.json")
    kept = json.loads(tokens.read_text())
    later = int(time.time()) + 3_600
    claims = Claims(sub="a", sid="b", jti="c", exp=later + 900)
    for secret in kept.values():
        secret["token"] = Signer(key).sign("access", claims, later)
        secret["refresh"] = Signer(key).sign("refresh", claims, later)
    tokens.write_text(json.dumps(kept))
    all_say(near, 4, "begins in the future", "the daemon's clock says 2", "Set the clock of the daemon's machine")


def token(far: Far, near: dict[str, str], name: str, *words: str) -> None:
    made = triforce(far.environ, "auth", "token", "create", name, *words)
    assert made.returncode == 0, made.stderr
    done = triforce(near, "auth", "login", "--context", "prod", "--token", "-", stdin=made.stdout)
    assert done.returncode == 0, done.stderr


def test_the_token_is_wrong(far: Far, near: dict[str, str]) -> None:
    scopes = ("--scope", "inference", "--scope", "read")
    token(far, near, "old", *scopes)
    assert triforce(far.environ, "auth", "token", "revoke", "old").returncode == 0
    all_say(near, 4, "revoked", "triforce auth login --context prod")
    token(far, near, "short", *scopes, "--expires", "2s")
    time.sleep(2.1)
    all_say(near, 4, "has expired", "triforce auth login --context prod")
    tokens = Path(near["HOME"], ".local/state/triforce/tokens.json")
    tokens.write_text(tokens.read_text().replace("tf_", "tf_0"))
    all_say(near, 4, "triforce auth login --context prod")
    assert triforce(near, "auth", "logout", "--context", "prod").returncode == 0
    all_say(near, 4, "You are not logged in to prod", "triforce auth login --context prod")


def test_the_token_may_not(far: Far, near: dict[str, str]) -> None:
    token(far, near, "narrow", "--scope", "inference", "--model", "no/*")
    found = said(near, *ASKING)
    for name in ("usage", "status"):
        assert (found[name][0], "It is for: read." in found[name][1]) == (77, True), found[name]


def test_the_tier_does_not_hold_it(far: Far, near: dict[str, str]) -> None:
    model = "elsewhere/large"
    log_in(near, "anna")
    found = said(near, ("chat", "hi", "-m", model), ("models", "list"), ("usage",), ("status",))
    status, told = found.pop(f"chat hi -m {model}")
    assert (status, f"The tier free does not hold {model}" in told, "The tier pro holds it" in told) == (77, True, True)
    assert {status for status, _ in found.values()} == {0}
    log_in(near, "otto")
    assert said(near, ("chat", "hi", "-m", model))[f"chat hi -m {model}"][0] == 69, "it may be asked, and is not there"
