"""kill -9 while programs ask over HTTP with tokens: what was acknowledged is in the ledger and in the audit, once."""

import http.client
import json
import os
import random
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from tests.end_to_end.processes import Daemon, triforce
from tests.scriptable_upstream.process import run_upstream

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

ON = ("--set", "builtin.enabled=false", "--set", "http.enabled=true", "--set", "http.port=0")
CLIENTS = 6
ROUNDS, ROUNDS_IN_SHORT = 100, 3


@dataclass
class Acknowledged:
    """The ids of requests whose last byte was seen."""

    ids: list[str] = field(default_factory=list[str])


def ask_for_ever(port: int, token: str, stream: bool, heard: Acknowledged) -> None:
    """Ask until the daemon is gone."""
    body = json.dumps({"model": "played/m", "messages": [{"role": "user", "content": "hi"}], "stream": stream})
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    while True:
        try:
            connection.request("POST", "/v1/chat/completions", body, headers)
            reply = connection.getresponse()
            content = reply.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return
        assert reply.status == 200, content
        if not stream or content.rstrip().endswith(b"data: [DONE]"):
            heard.ids.append(reply.headers["x-triforce-request-id"])


def port_of(daemon: Daemon) -> int:
    _, status = daemon.call("GET", "/v1/status")
    return int(status["daemon"]["listen"][0].rpartition(":")[2])


def test_nothing_acknowledged_is_lost_or_doubled(home: dict[str, str], in_full: bool) -> None:
    dice, heard = random.Random(11), Acknowledged()
    with run_upstream() as upstream:
        flags = (*ON, "--set", f"providers.played.base_url={upstream.base_url('compatible')}")
        daemon = Daemon(home, *flags).start()
        _, made = daemon.call("POST", "/v1/tokens", {"name": "load", "scopes": ["inference"]})
        for _ in range(ROUNDS if in_full else ROUNDS_IN_SHORT):
            port, enough = port_of(daemon), len(heard.ids) + dice.randrange(1, 60)
            clients = [
                threading.Thread(target=ask_for_ever, args=(port, made["token"], number % 2 == 0, heard), daemon=True)
                for number in range(CLIENTS)
            ]
            for client in clients:
                client.start()
            while len(heard.ids) < enough and any(client.is_alive() for client in clients):
                time.sleep(0.001)
            daemon.kill()
            for client in clients:
                client.join(30)
                assert not client.is_alive()
            daemon = Daemon(home, *flags).start()
        verified = triforce(home, "logs", "audit", "verify", "--json")
        assert verified.returncode == 0, verified.stdout
        assert daemon.stop() == 0
    _check(os.path.join(home["HOME"], ".local/state/triforce/triforce.db"), heard.ids)


def _check(path: str, acknowledged: list[str]) -> None:
    assert len(acknowledged) > CLIENTS, "the test must see the ends of some answers"
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        paid = Counter(request for (request,) in database.execute("SELECT request FROM ledger"))
        kept = Counter(request for (request,) in database.execute("SELECT request FROM audit WHERE kind = 'request'"))
        numbers = [number for (number,) in database.execute("SELECT number FROM audit ORDER BY number")]
    assert {request: (paid[request], kept[request]) for request in acknowledged} == dict.fromkeys(acknowledged, (1, 1))
    # One commit writes both, also where nobody saw the end.
    assert paid == kept
    assert numbers == list(range(1, len(numbers) + 1))
