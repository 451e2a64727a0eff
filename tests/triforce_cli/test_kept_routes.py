"""Each method asks its route."""

import pytest

from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.daemon_client import DaemonClient

ASKED = [
    ("memory", ("a b",), "GET", "/v1/memory/a b"),
    ("memory_history", ("a",), "GET", "/v1/memory/a/history"),
    ("undo_memory", ("c/d",), "POST", "/v1/memory/changes/c/d/undo"),
    ("jobs", ("running", 5), "GET", "/v1/jobs"),
    ("job", ("k7",), "GET", "/v1/jobs/k7"),
    ("cancel_job", ("k7",), "POST", "/v1/jobs/k7/cancel"),
    ("prompts", (), "GET", "/v1/prompts"),
    ("prompt", ("x",), "GET", "/v1/prompts/x"),
    ("set_prompt", ("x", {"content": "y"}), "PUT", "/v1/prompts/x"),
    ("delete_prompt", ("x",), "DELETE", "/v1/prompts/x"),
    ("render_prompt", ("x", {}), "POST", "/v1/prompts/x/render"),
]


@pytest.mark.parametrize(("name", "arguments", "method", "path"), ASKED, ids=[one[0] for one in ASKED])
def test_each_method_asks_its_route(
    fake_daemon: FakeDaemon, name: str, arguments: tuple[object, ...], method: str, path: str
) -> None:
    fake_daemon.answers(method, path, {"said": "yes"})
    assert getattr(DaemonClient.at(fake_daemon.socket), name)(*arguments) == {"said": "yes"}
    assert (fake_daemon.asked[-1].method, fake_daemon.asked[-1].path) == (method, path)
