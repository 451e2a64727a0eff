"""`federation_nodes.json` of the original: machines with their addresses, held together by one shared secret."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any, cast

from triforce_cli.errors import InputInvalid
from triforce_cli.imports.entry import Entry

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_PORTS = range(1, 65_536)


def read(content: Any) -> list[Entry]:
    """The nodes of the file: those that could be peers are `left` for an invitation. Raises InputInvalid."""
    nodes = cast("dict[str, Any]", content).get("nodes") if isinstance(content, dict) else None
    if not isinstance(nodes, dict):
        raise InputInvalid("This is no federation_nodes.json: an object with `nodes` was expected.")
    return list(_entries(cast("dict[str, Any]", nodes)))


def _entries(nodes: dict[str, Any]) -> Iterator[Entry]:
    for name, node in nodes.items():
        problem = _problem_with(name, node)
        if problem is not None:
            yield Entry("node", name, None, "refused", problem)
        else:
            place = f"{node.get('vpn_ip') or node.get('public_ip')}:{node['port']}"
            yield Entry("node", name, name, "left", f"{place}, {node.get('role', 'node')}. It joins by an invitation.")


def _problem_with(name: str, node: Any) -> str | None:
    if not _NAME.fullmatch(name):
        return "No peer can have that name."
    if not isinstance(node, dict):
        return "Its record is no object."
    record = cast("dict[str, Any]", node)
    addresses = [record[field] for field in ("vpn_ip", "public_ip") if record.get(field)]
    if not addresses:
        return "It has no address."
    for address in addresses:
        try:
            ip_address(address)
        except ValueError:
            return f"{str(address)[:64]!r} is no address."
    port = record.get("port")
    if not isinstance(port, int) or isinstance(port, bool) or port not in _PORTS:
        return f"{str(port)[:32]!r} is no port."
    return None
