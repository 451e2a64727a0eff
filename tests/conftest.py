"""What all tests share: a private home with a short path, and the real model, fetched once."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.homes import environment
from triforce_daemon.access import passwords
from triforce_daemon.runtime import collector

#: What a hash of a password costs, in KiB of memory and passes over it: in earnest, and in the tests' own process.
DEAR, CHEAP = (passwords._MEMORY_KIB, passwords._PASSES), (8, 1)
CACHE = Path(__file__).parent.parent / ".cache" / "models"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked `long` in full, as `make test-all` does")


def pytest_configure(config: pytest.Config) -> None:
    """Generated examples: always the same few in short runs, many and new ones in long runs."""
    # How long one example takes says nothing on a machine that does other things as well.
    calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
    settings.register_profile("short", calm, derandomize=True, max_examples=30)
    settings.register_profile("long", calm, max_examples=1_000)
    settings.load_profile("long" if config.getoption("--long") else "short")
    # Of what it costs to have an account most is the hash of its password.
    passwords._MEMORY_KIB, passwords._PASSES = CHEAP
    # Eleven thousand tests are as much to look through as a daemon, and stay as long: the collector is told the same.
    collector.rest()


def pytest_collection_finish() -> None:
    collector.look_seldom()


@pytest.fixture(scope="session")
def in_full(request: pytest.FixtureRequest) -> bool:
    """Whether a test that is marked `long` goes all the way, or a short part of it."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def dear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as in earnest."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", DEAR[0])
    monkeypatch.setattr(passwords, "_PASSES", DEAR[1])


@pytest.fixture
def folder() -> Iterator[str]:
    """An empty folder whose path is short enough for a Unix socket below it."""
    path = tempfile.mkdtemp(prefix="tf-")
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def home(folder: str) -> dict[str, str]:
    """The environment of a person who has never used triforce: an empty HOME, nothing of ours set."""
    return environment(folder)


@pytest.fixture(scope="session")
def model_file() -> str:
    """The embedded model's file, fetched once by the product itself and kept in the checkout's cache."""
    return asyncio.run(_fetched())


async def _fetched() -> str:
    from triforce_daemon.errors import ModelFetchFailed
    from triforce_daemon.outbound.client import Outbound
    from triforce_daemon.providers.builtin.provider import Builtin
    from triforce_daemon.runtime.tasks import Tasks
    from triforce_daemon.settings import Builtin as Settings

    outbound = Outbound(os.environ)
    builtin = Builtin(
        Settings(),
        models_folder=str(CACHE),
        run_folder=tempfile.gettempdir(),
        outbound=outbound,
        tasks=Tasks(),
        environ=os.environ,
        keep_secret=lambda secret: None,
    )
    try:
        done = await builtin.pull("smollm2-135m-instruct", lambda progress: None)
    except ModelFetchFailed as error:
        pytest.skip(f"the embedded model cannot be had here: {error.message}")
    finally:
        await builtin.close()
        await outbound.close()
    return done["path"]
