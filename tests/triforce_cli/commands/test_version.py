"""`triforce version`."""

import json
import platform

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon


def test_without_a_daemon(triforce: Triforce) -> None:
    assert json.loads(triforce("version", "--json").out) == {
        "schema": "triforce.version/1",
        "version": "0.1.0",
        "protocol": 1,
        "daemon": None,
        "python": platform.python_version(),
    }
    assert "not running" in triforce("version").out


def test_with_one(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("version", "--fields", "daemon").out == "0.1.0\n"
