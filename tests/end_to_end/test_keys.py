"""Keys, from the prompt to the provider, with real processes: they arrive there, and nowhere else."""

import asyncio
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.processes import Daemon, running, triforce
from tests.scriptable_upstream.process import run_upstream

#: Of no known look, so that only knowing them can keep them out.
SET, SECOND, FROM_ENVIRONMENT, WRONG = (f"canary/{word}+{word}=x" for word in ("anna", "bert", "carl", "dora"))
CANARIES = (SET, SECOND, FROM_ENVIRONMENT, WRONG)
FORBIDDEN = {form.encode() for canary in CANARIES for form in (canary, canary.replace("/", "%2F"), canary[:-2])}


@contextmanager
def silent_bus(path: str) -> Iterator[str]:
    """A D-Bus that takes the log-in and then says nothing, as a keyring that waits to be unlocked."""
    loop = asyncio.new_event_loop()
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await reader.readuntil(b"\r\n")
        writer.write(b"OK 1234deadbeef\r\n")

    server = loop.run_until_complete(asyncio.start_unix_server(serve, path))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"unix:path={path}"
    finally:

        async def end() -> None:
            server.close()
            for writer in writers:
                writer.close()
            loop.call_soon(loop.stop)

        asyncio.run_coroutine_threadsafe(end(), loop)
        thread.join()
        loop.close()


class Watch:
    """Looks at all processes below the daemon, over and over: their arguments and their environments."""

    def __init__(self, daemon: Daemon) -> None:
        assert daemon.process is not None
        self._parent = psutil.Process(daemon.process.pid)
        self.seen: dict[int, bytes] = {}
        self.names: set[str] = set()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.02):
            for child in self._parent.children(recursive=True):
                try:
                    words = _proc(child.pid, "cmdline")
                    environ = _proc(child.pid, "environ")
                except OSError:
                    continue
                # Between fork and exec a child is still its parent, which was given a key in its environment.
                if words != _proc(self._parent.pid, "cmdline"):
                    self.seen[child.pid] = self.seen.get(child.pid, b"") + words + environ
                    self.names |= {word for word in words.decode(errors="replace").split("\0") if "triforce" in word}


def _proc(pid: int, file: str) -> bytes:
    return Path(f"/proc/{pid}/{file}").read_bytes()


def leaks(content: bytes) -> set[bytes]:
    return {form for form in FORBIDDEN if form in content}


def files_below(folder: str) -> Iterator[Path]:
    yield from (path for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink())


@pytest.mark.model
@pytest.mark.timeout(120)
def test_a_key_reaches_its_provider_and_nothing_else(home: dict[str, str], model_file: str, folder: str) -> None:
    printed = b""
    with run_upstream() as upstream, silent_bus(f"{folder}/bus") as bus:
        upstream.accept("groq", SET, SECOND)
        upstream.accept("mistral", FROM_ENVIRONMENT)
        environ = {
            **home,
            "DBUS_SESSION_BUS_ADDRESS": bus,
            "MISTRAL_API_KEY": FROM_ENVIRONMENT,
            "TRIFORCE_LOG_LEVEL": "debug",
            "TRIFORCE_BUILTIN_MODEL": model_file,
            "TRIFORCE_PROVIDERS_GROQ_BASE_URL": upstream.base_url("groq"),
            "TRIFORCE_PROVIDERS_MISTRAL_BASE_URL": upstream.base_url("mistral"),
        }
        with running(environ) as daemon, Watch(daemon) as watch:

            def run(*words: str, stdin: str = "", expected: int = 0) -> bytes:
                nonlocal printed
                done = triforce(home, *words, stdin=stdin.encode())
                printed += done.stdout + done.stderr
                assert done.returncode == expected, done.stderr
                return done.stdout

            run("keys", "set", "groq", "--name", "bad", stdin=WRONG)
            run("keys", "set", "groq", stdin=f"{SET}\n")
            run("keys", "set", "groq", "--name", "more", stdin=SECOND)
            run("keys", "set", "groq", "--name", "spoilt", stdin=f"'{SET}'", expected=65)
            run("keys", "set", "groq", "--name", SET, stdin=SET, expected=65)
            run("keys", "set", "grok", stdin=SET, expected=5)
            run("keys", "set", "groq", SET, expected=2)
            tested = json.loads(run("keys", "test", "--json", expected=1))["items"]
            assert {(item["provider"], item["name"], item["state"]) for item in tested} == {
                ("groq", "bad", "key-rejected"),
                ("groq", "default", "ok"),
                ("groq", "more", "ok"),
                ("mistral", "MISTRAL_API_KEY", "ok"),
            }
            chat = {"model": "groq/llama-3.3-70b-versatile", "messages": [{"role": "user", "content": "Hi"}]}
            status, answer = daemon.call("POST", "/v1/chat/completions", chat)
            assert (status, answer["choices"][0]["finish_reason"]) == (200, "stop"), answer
            used = {key["name"]: key["last_used"] for key in json.loads(run("keys", "list", "--json"))["items"]}
            assert used["default"], "the key that the provider takes was used"
            run("keys", "list")
            run("chat", "--max-tokens", "4", "hi")
            run("keys", "remove", "groq", "--name", "bad", "--yes")
            run("status", "--json")
            run("doctor", expected=0)
            run("config", "list", "--json")
            vault = Path(folder, ".local/state/triforce/vault")
            assert {path.name for path in vault.iterdir()} >= {"keys.sealed", "key", "lock"}
            assert not {path for path in files_below(folder) if leaks(path.read_bytes())}
    assert any("keyring_process" in name for name in watch.names), "the keyring's program was seen"
    assert any("builtin.engine" in name for name in watch.names), "the engine was seen"
    assert not {pid for pid, content in watch.seen.items() if leaks(content)}
    assert not leaks(printed)
    assert not {path for path in files_below(folder) if leaks(path.read_bytes())}
    assert os.stat(vault).st_mode & 0o777 == 0o700


@pytest.mark.timeout(60)
def test_without_keyring_and_with_a_damaged_vault_it_starts_and_says_so(home: dict[str, str], folder: str) -> None:
    sealed = Path(folder, ".local/state/triforce/vault/keys.sealed")
    with running(home):
        assert b"D-Bus" in triforce(home, "keys", "set", "groq", stdin=b"gsk-one-two").stderr
    sealed.write_bytes(sealed.read_bytes()[:-1])
    before = sealed.read_bytes()
    with running(home) as daemon:
        _, status = daemon.call("GET", "/v1/status")
        assert "vault.closed" in [line["code"] for line in status["health"]]
        assert b"cannot be opened" in triforce(home, "keys", "list").stderr
        done = triforce(home, "keys", "set", "groq", stdin=b"gsk-three")
        assert (done.returncode, b"damaged" in done.stderr) == (1, True)
        assert triforce(home, "doctor").returncode == 1
    assert sealed.read_bytes() == before
