"""kill -9 at any moment of a turn: what was acknowledged is there, once; and the daemon starts again."""

import random
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from tests.end_to_end.processes import Daemon

pytestmark = [pytest.mark.model, pytest.mark.long, pytest.mark.timeout(1_800)]


def converse(daemon: Daemon, done: list[dict], session: str) -> None:
    """Talk until the daemon is gone; note each `done` that arrived."""
    while True:
        finished = False
        for event in daemon.turn("Count from one to five.", session, options={"max_tokens": 12, "seed": 1}):
            if event["type"] == "done":
                done.append(event)
                session = event["session"]
                finished = True
        if not finished:
            return


def test_nothing_acknowledged_is_lost(home: dict[str, str], model_file: str, in_full: bool) -> None:
    rounds = 200 if in_full else 6
    dice = random.Random(4)
    done: list[dict] = []
    for _ in range(rounds):
        daemon = Daemon({**home, "TRIFORCE_BUILTIN_MODEL": model_file}).start()
        talkers = [threading.Thread(target=converse, args=(daemon, done, "new")) for _ in range(2)]
        for talker in talkers:
            talker.start()
        time.sleep(dice.uniform(0.05, 2.5))
        daemon.kill()
        for talker in talkers:
            talker.join(20)
            assert not talker.is_alive()
    daemon = Daemon({**home, "TRIFORCE_BUILTIN_MODEL": model_file}).start()
    _, status = daemon.call("GET", "/v1/status")
    assert daemon.stop() == 0
    assert len(done) >= rounds // 3, "the test must reach the end of some turns"
    with closing(sqlite3.connect(status["daemon"]["database"])) as database:
        _check(database, done)


def _check(database: sqlite3.Connection, done: list[dict]) -> None:
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("SELECT count(*) FROM turns WHERE state = 'running'").fetchone() == (0,)
    for event in done:
        turn = database.execute(
            "SELECT output, state FROM turns WHERE session = ? AND number = ?", (event["session"], event["turn"])
        ).fetchall()
        assert turn == [(event["message"], "done")]
        usage = database.execute(
            "SELECT tokens_in, tokens_out FROM ledger WHERE request = ?", (event["receipt"],)
        ).fetchall()
        assert usage == [(event["usage"]["input_tokens"], event["usage"]["output_tokens"])]
    # The index must agree with the text, or this raises.
    database.execute("INSERT INTO turns_text(turns_text, rank) VALUES ('integrity-check', 1)")
