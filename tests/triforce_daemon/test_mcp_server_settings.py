"""What may stand in a table of a mounted server, and what may not."""

import pytest
from pydantic import ValidationError

from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.settings import Settings


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, "either a command or a url"),
        ({"command": "x", "url": "http://h"}, "either a command or a url"),
        ({"command": "x", "env": ["A"]}, "NAME=VALUE"),
        ({"command": "x", "env": ["A B=c"]}, "NAME=VALUE"),
        ({"url": "http://h", "headers": ["Authorization"]}, "Name: value"),
        ({"url": "http://h", "headers": ["A: b\r\nC: d"]}, "Name: value"),
        ({"url": "http://h", "headers": ["Authorization: Bearer {key}"]}, "say of which"),
        ({"url": "ftp://h"}, "http:// or https://"),
        ({"url": "http://user:password@h"}, "user or a password"),
        ({"url": "http://169.254.169.254/mcp"}, "is there"),
        ({"url": "http://h/mcp?a=b#c"}, "no address holds"),
        ({"command": "x", "read": ["relative"]}, "absolute path"),
        ({"command": "x", "write": [""]}, "absolute path"),
        ({"command": "a\0b"}, "pattern"),
        ({"command": "x", "secret": "y"}, "Extra inputs"),
    ],
)
def test_what_makes_no_sense(table: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        McpServer.model_validate(table)


def test_an_address_is_kept_as_it_is_written() -> None:
    assert McpServer(url="https://h/mcp/?toolset=code").url == "https://h/mcp/?toolset=code"


@pytest.mark.parametrize("name", ["a__b", "a_", "-a", "A", "triforce", "all", "search", "a.b", "a" * 33])
def test_what_no_server_is_called(name: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"mcp_servers": {name: {"command": "x"}}})
    with pytest.raises(ValidationError, match="in - and _ alone"):
        Settings.model_validate({"mcp_servers": {"a-b": {"command": "x"}, "a_b": {"command": "x"}}})
