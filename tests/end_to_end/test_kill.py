"""kill -9 at any moment of a turn: what was acknowledged is there, once; and the daemon starts again."""

import random
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from tests.end_to_end.processes import Daemon

pytestmark = [pytest.mark.model, pytest.mark.long, pytest.mark.timeout(1_800)]


#: Events of one turn, about: a session that starts, twelve words, the usage and the end.
EVENTS = 15


@dataclass
class Heard:
    """What two clients were told before the daemon died."""

    done: list[dict] = field(default_factory=list)
    events: int = 0


def converse(daemon: Daemon, heard: Heard) -> None:
    """Talk until the daemon is gone."""
    session = "new"
    while True:
        finished = False
        for event in daemon.turn("Count from one to five.", session, options={"max_tokens": 12, "seed": 1}):
            heard.events += 1
            if event["type"] == "done":
                heard.done.append(event)
                session = event["session"]
                finished = True
        if not finished:
            return


def test_nothing_acknowledged_is_lost(home: dict[str, str], model_file: str, in_full: bool) -> None:
    rounds = 200 if in_full else 2
    environ = {**home, "TRIFORCE_BUILTIN_MODEL": model_file}
    dice = random.Random(5)
    heard = Heard()
    for _ in range(rounds):
        daemon = Daemon(environ).start()
        talkers = [threading.Thread(target=converse, args=(daemon, heard)) for _ in range(2)]
        for talker in talkers:
            talker.start()
        # Counted in events, so that a busy machine is killed at the same places as an idle one.
        enough = heard.events + dice.randrange(4 * EVENTS)
        while heard.events < enough and any(talker.is_alive() for talker in talkers):
            time.sleep(0.001)
        daemon.kill()
        for talker in talkers:
            talker.join(20)
            assert not talker.is_alive()
    daemon = Daemon(environ).start()
    _, status = daemon.call("GET", "/v1/status")
    assert daemon.stop() == 0
    assert len(heard.done) >= rounds // 2, "the test must reach the end of some turns"
    with closing(sqlite3.connect(status["daemon"]["database"])) as database:
        _check(database, heard.done)


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
