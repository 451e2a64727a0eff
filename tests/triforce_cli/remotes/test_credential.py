"""By what a person is known."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from triforce_cli.errors import DaemonError
from triforce_cli.remotes.context import Context
from triforce_cli.remotes.credential import Given, Kept, Nobody, Prolong, secret_of
from triforce_cli.remotes.token_store import TokenStore

PROD = Context("prod", "https://prod", store="file")


def never(refresh: str) -> object:
    raise AssertionError(refresh)


def test_what_is_kept_is_sent_and_looked_up_again_once_refused(home: Path) -> None:
    store = TokenStore({"HOME": str(home)})
    known = Kept(PROD, store, never)
    assert known.token() is None
    store.keep(PROD, {"token": "tf_a"})
    assert known.renewed("") == "tf_a"
    assert known.renewed("tf_a") is None
    store.keep(PROD, {"token": "tf_b"})
    assert known.token() == "tf_a"
    assert known.renewed("tf_a") == "tf_b"


def answer(number: int) -> dict[str, object]:
    tokens = {"access_token": f"a{number}", "refresh_token": f"r{number}"}
    return {**tokens, "refresh_expires": "2030-01-01T00:00:00.000Z", "user": {"tier": "pro"}}


def test_of_all_runs_one_prolongs_a_log_in(home: Path) -> None:
    store = TokenStore({"HOME": str(home)})
    store.keep(PROD, secret_of(answer(1)))
    asked: list[str] = []

    def prolong(refresh: str) -> object:
        asked.append(refresh)
        time.sleep(0.05)
        return answer(2)

    runs = [Kept(PROD, store, prolong) for _ in range(4)]
    assert {run.token() for run in runs} == {"a1"}
    with ThreadPoolExecutor() as threads:
        assert {done.result() for done in [threads.submit(run.renewed, "a1") for run in runs]} == {"a2"}
    assert asked == ["r1"]


def test_a_log_in_that_has_ended_has_nothing_better_and_trouble_is_told(home: Path) -> None:
    store = TokenStore({"HOME": str(home)})
    store.keep(PROD, secret_of(answer(1)))

    def refusing(code: str) -> Prolong:
        def prolong(refresh: str) -> object:
            raise DaemonError({"code": code})

        return prolong

    assert Kept(PROD, store, refusing("unauthenticated")).renewed("a1") is None
    with pytest.raises(DaemonError):
        Kept(PROD, store, refusing("draining")).renewed("a1")
    assert store.read(PROD) == secret_of(answer(1))


def test_nobody_sends_nothing_and_what_is_given_is_not_renewed() -> None:
    assert (Nobody().token(), Nobody().renewed("x")) == (None, None)
    assert (Given("tf_x").token(), Given("tf_x").renewed("tf_x")) == ("tf_x", None)
