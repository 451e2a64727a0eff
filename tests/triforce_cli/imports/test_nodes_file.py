"""`federation_nodes.json` as the original writes it."""

from typing import Any

import pytest

from triforce_cli.errors import InputInvalid
from triforce_cli.imports.nodes_file import read


def node(**more: object) -> dict[str, Any]:
    usual = {"id": "a", "name": "A", "role": "hub", "vpn_ip": "10.10.0.1", "public_ip": None, "port": 9000}
    return {**usual, "mcp_port": 9001, "specs": {"cores": 20}, "services": ["triforce"], "status": "active", **more}


def one(name: str = "a", **more: object) -> Any:
    [entry] = read({"version": "1.1", "nodes": {name: node(**more)}, "totals": {"nodes": 1}})
    return entry


def test_a_node_is_told_and_waits_for_an_invitation() -> None:
    entry = one("zombie-pc")
    assert (entry.state, entry.name, entry.body) == ("left", "zombie-pc", None)
    assert "10.10.0.1:9000, hub" in entry.note
    assert "192.0.2.1:9100" in one(vpn_ip=None, public_ip="192.0.2.1", port=9100).note


@pytest.mark.parametrize(
    "wrong",
    [
        {"vpn_ip": None},
        {"vpn_ip": "nowhere"},
        {"port": 0},
        {"port": "9000"},
        {"port": True},
        {"port": None},
        {"vpn_ip": 7.5},
    ],
)
def test_one_that_cannot_be_reached_is_refused(wrong: dict[str, object]) -> None:
    assert one(**wrong).state == "refused"


def test_nor_one_that_no_peer_can_be_called() -> None:
    assert one("../x").state == "refused"
    [entry] = read({"nodes": {"a": "text"}})
    assert entry.state == "refused"


@pytest.mark.parametrize("content", [None, [], {}, {"nodes": []}])
def test_another_file_is_none(content: object) -> None:
    with pytest.raises(InputInvalid, match=r"federation_nodes\.json"):
        read(content)
