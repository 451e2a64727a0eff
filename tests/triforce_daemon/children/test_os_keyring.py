"""The session's keyring, in real children: one that works, and each way in which it does not."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.triforce_daemon.children import keyrings
from triforce_daemon.children.os_keyring import SECONDS, TRUSTED, OsKeyring
from triforce_daemon.errors import VaultUnavailable
from triforce_daemon.runtime.tasks import Tasks

ROOT = Path(__file__).parents[3]

Open = Callable[..., OsKeyring]


@pytest.fixture
async def keyring(tmp_path: Path) -> AsyncIterator[Open]:
    """Makes an `OsKeyring` that asks these classes; words become additions to its environment."""
    tasks = Tasks()
    session = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}

    def open(*kinds: type, seconds: float = SECONDS, **environ: str) -> OsKeyring:
        names = [f"{keyrings.__name__}.{kind.__name__}" for kind in kinds]
        return OsKeyring({**session, **environ}, tasks, names or TRUSTED, seconds)

    yield open
    await tasks.stop()


async def refusal(keyring: OsKeyring) -> str:
    with pytest.raises(VaultUnavailable) as refused:
        await keyring.make()
    return refused.value.message


async def test_a_key_is_made_once(keyring: Open) -> None:
    ring = keyring(keyrings.Working)
    assert await ring.read() is None
    key = await ring.make()
    assert len(key) >= 32
    assert await ring.make() == key == await keyring(keyrings.Working).read()


async def test_one_that_hangs_costs_three_seconds(keyring: Open) -> None:
    begun = time.monotonic()
    assert "no answer within 3 seconds" in await refusal(keyring(keyrings.Hanging))
    assert time.monotonic() - begun < 3.5


async def test_a_bus_that_hangs_is_given_up(keyring: Open, folder: str) -> None:
    """The real libraries, and a D-Bus that takes the log-in and says nothing more."""
    held: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
        await reader.readuntil(b"\r\n")
        writer.write(b"OK 1234deadbeef\r\n")

    async with await asyncio.start_unix_server(serve, f"{folder}/bus"):
        begun = time.monotonic()
        words = await refusal(keyring(DBUS_SESSION_BUS_ADDRESS="", XDG_RUNTIME_DIR=folder, seconds=1))
        assert time.monotonic() - begun < 1.5
        assert "no answer within 1 seconds" in words
        for writer in held:
            writer.close()


@pytest.fixture
def bus(folder: str) -> Iterator[str]:
    """The address of a D-Bus session of its own."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("there is no dbus-daemon here")
    words = [program, "--session", "--nofork", "--print-address", f"--address=unix:path={folder}/bus"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()


@contextmanager
def secret_service(bus: str, *words: str) -> Generator[None]:
    environ = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus}
    command = [sys.executable, "-m", "tests.triforce_daemon.children.secret_service", *words]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True, cwd=ROOT) as service:
        assert service.stdout is not None
        try:
            assert service.stdout.readline() == "ready\n"
            yield
        finally:
            service.terminate()


async def test_the_real_library_on_a_real_bus(keyring: Open, bus: str) -> None:
    ring = keyring(DBUS_SESSION_BUS_ADDRESS=bus)
    assert "neither running nor activatable" in await refusal(ring)
    with secret_service(bus):
        assert await ring.read() is None
        key = await ring.make()
        assert len(key) >= 32
        assert await ring.make() == key == await ring.read()


async def test_a_locked_keyring_is_given_up(keyring: Open, bus: str) -> None:
    with secret_service(bus, "locked"):
        assert "it may be locked" in await refusal(keyring(DBUS_SESSION_BUS_ADDRESS=bus, seconds=1))


async def test_a_bus_that_is_gone_is_said_to_be(keyring: Open) -> None:
    assert "The keyring cannot be used: " in await refusal(keyring())


async def test_without_a_session_nobody_is_asked(keyring: Open) -> None:
    begun = time.monotonic()
    for runtime in ("", "/nowhere"):
        ring = keyring(DBUS_SESSION_BUS_ADDRESS="", XDG_RUNTIME_DIR=runtime)
        assert "no D-Bus session" in await refusal(ring)
    assert time.monotonic() - begun < 0.1


async def test_one_that_forgets_is_found_out(keyring: Open) -> None:
    assert "does not keep" in await refusal(keyring(keyrings.Forgetful))


async def test_what_it_says_is_passed_on(keyring: Open) -> None:
    assert "the prompt was dismissed" in await refusal(keyring(keyrings.Locked))


async def test_one_that_crashes_takes_nobody_along(keyring: Open) -> None:
    assert "ended with 3" in await refusal(keyring(keyrings.Crashing))


async def test_the_next_one_is_asked_where_the_first_cannot_be(keyring: Open) -> None:
    assert await keyring(keyrings.Unusable, keyrings.Working).make()
    assert "nobody is there" in await refusal(keyring(keyrings.Unusable))


@pytest.mark.parametrize(
    "backend", ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring", "keyrings.alt.file.PlaintextKeyring"]
)
async def test_what_keeps_nothing_safe_is_not_asked(keyring: Open, backend: str) -> None:
    assert "does not trust" in await refusal(keyring(keyrings.Working, PYTHON_KEYRING_BACKEND=backend))


async def test_one_that_is_trusted_may_be_chosen(keyring: Open) -> None:
    name = f"{keyrings.__name__}.Working"
    assert await keyring(keyrings.Hanging, keyrings.Working, PYTHON_KEYRING_BACKEND=name).make()


async def test_the_child_gets_no_key_of_a_provider(keyring: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from triforce_daemon.children import os_keyring

    given: list[dict[str, str]] = []
    run = os_keyring.run

    async def watched(argv: list[str], **options: object) -> object:
        given.append(dict(options["environ"]))  # type: ignore[call-overload]
        assert not any("proposal" in word for word in argv)
        return await run(argv, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os_keyring, "run", watched)
    await keyring(keyrings.Working, GROQ_API_KEY="gsk-canary-1").make()
    assert "gsk-canary-1" not in str(given)
    assert os.environ.get("GROQ_API_KEY") is None
